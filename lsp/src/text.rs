//! Places: the protocol counts lines from 0 and UTF-16 units in them, the compiler counts bytes of the text.

use cairn_dsl::tree::Span;
use lsp_types::{Position, Range};

/// The byte of a place; the end of the line or text where it is beyond that.
pub(crate) fn byte(text: &str, place: Position) -> usize {
    let start = match place.line {
        0 => 0,
        line => match text.match_indices('\n').nth(line as usize - 1) {
            Some((end, _)) => end + 1,
            None => return text.len(),
        },
    };
    let line = text.get(start..).unwrap_or_default();
    let line = line.split(['\n', '\r']).next().unwrap_or_default();
    let mut units = 0;
    for (at, c) in line.char_indices() {
        if units >= place.character as usize {
            return start + at;
        }
        units += c.len_utf16();
    }
    start + line.len()
}

/// The place of a byte.
pub(crate) fn place(text: &str, byte: usize) -> Position {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    let before = text.get(..byte).unwrap_or_default();
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let units = before.get(start..).unwrap_or_default().encode_utf16().count();
    Position::new(number(line), number(units))
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The places of a span.
pub(crate) fn range(text: &str, span: Span) -> Range {
    Range::new(place(text, span.start as usize), place(text, span.end as usize))
}

/// What stands there.
pub(crate) fn slice(text: &str, span: Span) -> &str {
    text.get(span.range()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_a_place_and_every_place_a_byte() {
        let text = "let é = \"🦀\"\r\nx\n\n  y";
        for (at, _) in text.char_indices().filter(|(_, c)| !matches!(c, '\r' | '\n')) {
            assert_eq!(byte(text, place(text, at)), at, "byte {at}");
        }
        assert_eq!(place(text, text.find("\"\r").unwrap()), Position::new(0, 11));
        assert_eq!(byte(text, Position::new(0, 99)), text.find('\r').unwrap());
        assert_eq!(byte(text, Position::new(99, 0)), text.len());
    }
}
