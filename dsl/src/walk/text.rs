//! Texts: escapes, and `${…}`.

use super::indent::{self, Piece};
use super::{Node, Walk, Walked};
use crate::grammar::Rule;
use crate::parse;
use crate::tree::{PlainText, TextPart};

impl Walk<'_> {
    /// The parts of a `string`, chunks joined.
    pub(super) fn text(&mut self, node: &Node<'_>) -> Walked<Vec<TextPart>> {
        match node.find(Rule::multi) {
            Some(multi) => self.multi(&multi),
            None => self.line(node),
        }
    }

    fn line(&mut self, node: &Node<'_>) -> Walked<Vec<TextPart>> {
        let mut parts = Vec::new();
        let mut raw = Raw::default();
        for part in node.children() {
            if part.rule() == Rule::interp {
                self.flush(&mut raw, &mut parts);
                parts.push(TextPart::Expr(self.need_expr(&part)?));
            } else {
                raw.push(&part);
            }
        }
        self.flush(&mut raw, &mut parts);
        Ok(parts)
    }

    fn flush(&mut self, raw: &mut Raw, parts: &mut Vec<TextPart>) {
        if !raw.text.is_empty() {
            parts.push(TextPart::Chunk(self.unescaped(&raw.text, raw.start)));
        }
        *raw = Raw::default();
    }

    fn multi(&mut self, node: &Node<'_>) -> Walked<Vec<TextPart>> {
        let mut pieces = Vec::new();
        for part in node.children() {
            match part.rule() {
                Rule::interp => pieces.push(Piece::Expr(self.need_expr(&part)?)),
                Rule::multi_escape => pieces.push(Piece::Raw("$")),
                _ => pieces.push(Piece::Raw(part.text())),
            }
        }
        Ok(indent::strip(pieces))
    }

    /// A text without `${…}`, with its quotes.
    pub(super) fn plain_text(&mut self, node: &Node<'_>) -> PlainText {
        let quoted = node.text();
        let bare = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(quoted);
        PlainText { value: self.unescaped(bare, node.start() + 1), span: self.span(node) }
    }

    /// `start` is the byte where `raw` begins.
    fn unescaped(&mut self, raw: &str, start: usize) -> String {
        let mut text = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some((before, behind)) = rest.split_once('\\') {
            text.push_str(before);
            let at = start + raw.len() - behind.len() - 1;
            let (letter, used) = escape(behind);
            if letter.is_none() {
                self.diagnostics.push(parse::lone_surrogate(self.places.span(at, at + 1 + used)));
            }
            text.push(letter.unwrap_or(char::REPLACEMENT_CHARACTER));
            rest = behind.get(used..).unwrap_or_default();
        }
        text.push_str(rest);
        text
    }
}

/// Neighbouring chunks and escapes, as they were written.
#[derive(Default)]
struct Raw {
    text: String,
    start: usize,
}

impl Raw {
    fn push(&mut self, part: &Node<'_>) {
        if self.text.is_empty() {
            self.start = part.start();
        }
        self.text.push_str(part.text());
    }
}

/// What stands behind a backslash, and how many bytes of it were used; `None` for half of a surrogate pair.
fn escape(behind: &str) -> (Option<char>, usize) {
    let letter = match behind.chars().next() {
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('u') => return unicode(behind),
        Some(same) => same,
        None => return (None, 0),
    };
    (Some(letter), 1)
}

/// `u00e9`, or the two halves of one character as JSON writes them: `ud83d\ude00`.
fn unicode(behind: &str) -> (Option<char>, usize) {
    let Some(first) = unit(behind) else { return (None, behind.len().min(5)) };
    let second = behind.get(5..).and_then(|rest| rest.strip_prefix('\\')).and_then(unit);
    let mut both = char::decode_utf16([first].into_iter().chain(second));
    match both.next() {
        Some(Ok(letter)) => (Some(letter), if letter.len_utf16() == 2 { 11 } else { 5 }),
        _ => (None, 5),
    }
}

fn unit(text: &str) -> Option<u16> {
    text.strip_prefix('u')?.get(..4).and_then(|digits| u16::from_str_radix(digits, 16).ok())
}
