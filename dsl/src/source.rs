//! A text with a name, and where a byte of it stands for people.

/// A source text.
#[derive(Clone, Debug)]
pub struct Source {
    /// How messages call it, mostly the file's path.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// The byte that each line begins with.
    lines: Vec<u32>,
}

impl Source {
    /// Notes where the lines begin. Texts from 4 GiB on are cut there: nothing behind can be pointed at.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let ends = text.match_indices('\n').filter_map(|(end, _)| u32::try_from(end + 1).ok());
        let lines = std::iter::once(0).chain(ends).collect();
        Self { name: name.into(), text, lines }
    }

    /// The line and column of a byte, both from 1; columns count characters. A byte behind the end counts as the end.
    #[must_use]
    pub fn position(&self, byte: u32) -> (u32, u32) {
        let line = self.lines.partition_point(|&start| start <= byte).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or_default() as usize;
        let before = self.text.bytes().skip(start).take((byte as usize).saturating_sub(start));
        let column = before.filter(|byte| !is_continuation(*byte)).count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// The text of a line (from 1) without its end; `None` behind the last.
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
        assert_eq!(source.line(1), Some("let é = 1"));
        assert_eq!((source.line(3), source.line(4), source.line(0)), (Some(""), None, None));
    }
}
