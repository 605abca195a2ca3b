//! Columns of text, aligned by characters.

/// Rows with their columns padded to the widest cell, two spaces between; nothing behind the last.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width =
        |n: usize| rows.iter().filter_map(|row| row.get(n)).map(|cell| shown(cell)).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(width).collect();
    rows.iter().map(|row| line(row, &widths) + "\n").collect()
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cells = row.iter().zip(widths).map(|(cell, width)| left(cell, *width));
    cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

/// A text and spaces up to so many characters.
pub(crate) fn left(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(shown(text))))
}

/// Spaces and a text, up to so many characters.
pub(crate) fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(shown(text))))
}

/// How many characters are seen: escapes of colour are not.
pub(crate) fn shown(text: &str) -> usize {
    let mut escaped = false;
    let seen = text.chars().filter(|&c| {
        let hidden = escaped || c == '\x1b';
        escaped = hidden && c != 'm';
        !hidden
    });
    seen.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_by_what_is_seen() {
        let row = |cells: &[&str]| cells.iter().map(ToString::to_string).collect();
        let text =
            table(&[row(&["ID", "STATE", "X"]), row(&["über", "\x1b[31mno\x1b[0m", "1"]), row(&["a"])]);
        assert_eq!(text, "ID    STATE  X\nüber  \x1b[31mno\x1b[0m     1\na\n");
        assert_eq!(right("12 ms", 7), "  12 ms");
    }
}
