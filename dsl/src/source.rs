//! A text with a name, and where a byte of it stands for people. A file that uses others is followed by them in one text, so that a place
//! in any of them is a range of bytes like every other.

/// A source text.
#[derive(Clone, Debug)]
pub struct Source {
    /// How messages call it, mostly the file's path.
    pub name: String,
    /// The whole text, that of the files that it uses behind it.
    pub text: String,
    /// The byte that each line begins with.
    lines: Vec<u32>,
    /// The files that it uses, in the order of their bytes.
    used: Vec<Used>,
}

/// A used file: its name, and the byte that it begins with.
#[derive(Clone, Debug)]
struct Used {
    name: String,
    start: u32,
}

/// One of the files of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'s> {
    /// How messages call it.
    pub name: &'s str,
    /// The byte of the source that it begins with.
    pub start: u32,
    /// Its own text.
    pub text: &'s str,
}

impl Source {
    /// Notes where the lines begin. Texts from 4 GiB on are cut there: nothing behind can be pointed at.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let ends = text.match_indices('\n').filter_map(|(end, _)| u32::try_from(end + 1).ok());
        let lines = std::iter::once(0).chain(ends).collect();
        Self { name: name.into(), text, lines, used: Vec::new() }
    }

    /// Where the next used file would begin.
    #[must_use]
    pub fn behind(&self) -> u32 {
        u32::try_from(self.text.len() + 1).unwrap_or(u32::MAX)
    }

    /// Puts a used file behind what is there; its first byte is what [`behind`](Self::behind) gave.
    pub fn append(&mut self, name: impl Into<String>, text: &str) {
        let start = self.behind();
        self.text.push('\n');
        self.text.push_str(text);
        let ends = text.match_indices('\n').filter_map(|(end, _)| u32::try_from(end + 1).ok());
        self.lines.extend(std::iter::once(start).chain(ends.map(|end| start.saturating_add(end))));
        self.used.push(Used { name: name.into(), start });
    }

    /// The file that a byte stands in.
    #[must_use]
    pub fn part(&self, byte: u32) -> Part<'_> {
        let next = self.used.partition_point(|used| used.start <= byte);
        let end = self.used.get(next).map_or(self.text.len(), |used| used.start.saturating_sub(1) as usize);
        let own = next.checked_sub(1).and_then(|n| self.used.get(n));
        let (name, start) = own.map_or((self.name.as_str(), 0), |used| (used.name.as_str(), used.start));
        Part { name, start, text: self.text.get(start as usize..end).unwrap_or_default() }
    }

    /// All its files, the using one first.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        std::iter::once(0).chain(self.used.iter().map(|used| used.start)).map(|start| self.part(start))
    }

    /// The line and column of a byte in its file, both from 1; columns count characters. A byte behind the end counts as the end.
    #[must_use]
    pub fn position(&self, byte: u32) -> (u32, u32) {
        let line = self.lines.partition_point(|&start| start <= byte).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or_default() as usize;
        let before = self.text.bytes().skip(start).take((byte as usize).saturating_sub(start));
        let column = before.filter(|byte| !is_continuation(*byte)).count() + 1;
        let first = self.part(byte).start;
        let line = line - self.lines.partition_point(|&start| start < first).min(line - 1);
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// The text of a line (from 1, through all files) without its end; `None` behind the last.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<&str> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.lines.get(index)? as usize;
        let end = self.lines.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        Some(self.text.get(start..end)?.trim_end_matches(['\n', '\r']))
    }
}

/// The second and later bytes of a character in UTF-8.
fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn lines_and_columns_count_from_one_and_characters_not_bytes() {
        let source = Source::new("a", "let é = 1\r\nx\n");
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position(7), (1, 7));
        assert_eq!(source.position(12), (2, 1));
        assert_eq!(source.position(14), (3, 1));
        assert_eq!(source.position(999), (3, 1));
        let mut source = source;
        assert_eq!(source.behind(), 15);
        source.append("b", "x\ny");
        assert_eq!((source.position(13), source.position(15), source.position(17)), ((2, 2), (1, 1), (2, 1)));
        assert_eq!(source.part(17), super::Part { name: "b", start: 15, text: "x\ny" });
        assert_eq!(source.parts().map(|part| part.name).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(source.part(14).text, "let é = 1\r\nx\n");
        let source = Source::new("a", "let é = 1\r\nx\n");
        assert_eq!(source.line(1), Some("let é = 1"));
        assert_eq!((source.line(3), source.line(4), source.line(0)), (Some(""), None, None));
    }
}
