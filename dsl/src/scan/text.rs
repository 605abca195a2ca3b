//! Texts, with the code in their `${…}`.

use super::{FaultKind, Kind, Scanner};

/// More than these unclosed `${` are not told apart: each costs a second look at what follows it.
const DEAD_MAX: usize = 20;

/// A `${` that is open.
pub(super) struct Open {
    /// The `{` that are open within it.
    pub(super) braces: usize,
    /// It stands in a `"""` text.
    multi: bool,
    /// The byte of its `$`.
    at: usize,
    /// What was seen when it opened: it may have to be forgotten.
    tokens: usize,
    faults: usize,
    /// Whether the text's token began its line, and where.
    first: bool,
    start: usize,
    /// The token before `${` was the text's first.
    head: bool,
}

impl Scanner<'_> {
    pub(super) fn closes_interpolation(&self) -> bool {
        self.open.last().is_some_and(|open| open.braces == 0)
    }

    pub(super) fn quote(&mut self) {
        let multi = self.rest().starts_with("\"\"\"");
        let start = self.at;
        self.text_from(start, if multi { 3 } else { 1 }, multi, true);
    }

    /// A `}` closes `${`: the text goes on.
    pub(super) fn resume_text(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.text_from(self.at, 1, open.multi, false);
    }

    /// Reads text from `start`, where a quote or `}` of `skip` bytes stands, to its end or its next `${`.
    fn text_from(&mut self, start: usize, skip: usize, multi: bool, head: bool) {
        let mut at = start + skip;
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let Some(letter) = rest.chars().next() else { return self.unterminated(start, at, multi) };
            match letter {
                '\n' if !multi => return self.unterminated(start, at, multi),
                '"' if !multi => return self.text_ends(start, at + 1, head),
                '"' if rest.starts_with("\"\"\"") => return self.text_ends(start, at + 3, head),
                '\\' if multi => at += if rest.starts_with("\\${") { 3 } else { 1 },
                '\\' => at += self.escape(at, rest),
                '$' if rest.starts_with("${") && !self.dead.contains(&at) => {
                    return self.interpolation(start, at, multi, head);
                }
                _ => at += letter.len_utf8(),
            }
        }
    }

    fn text_ends(&mut self, start: usize, end: usize, head: bool) {
        self.at = start;
        self.push(if head { Kind::Text } else { Kind::TextTail }, end - start);
    }

    fn interpolation(&mut self, start: usize, at: usize, multi: bool, head: bool) {
        let (tokens, faults) = (self.scan.tokens.len(), self.scan.faults.len());
        self.open.push(Open { braces: 0, multi, at, tokens, faults, first: self.first, start, head });
        self.at = start;
        self.push(if head { Kind::TextHead } else { Kind::TextMiddle }, at + 2 - start);
    }

    /// The length of an escape; a fault where it is none.
    fn escape(&mut self, at: usize, rest: &str) -> usize {
        let letter = rest.chars().nth(1);
        let digits = rest.get(2..6).is_some_and(|hex| hex.chars().all(|digit| digit.is_ascii_hexdigit()));
        match letter {
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | '$') => 2,
            Some('u') if digits => 6,
            Some('\n') | None => 1,
            Some(other) => {
                let length = 1 + other.len_utf8();
                self.fault(FaultKind::Escape, at, at + length);
                length
            }
        }
    }

    /// A text that does not end: perhaps because a `${` around it does not.
    fn unterminated(&mut self, start: usize, end: usize, multi: bool) {
        if self.open.last().is_some_and(|open| !open.multi) && self.dead.len() < DEAD_MAX {
            return self.forget_interpolation();
        }
        let trimmed = self.text.get(start..end).map_or(end, |text| start + text.trim_end().len());
        let end = if multi { end } else { trimmed };
        self.fault(if multi { FaultKind::OpenMulti } else { FaultKind::OpenText }, start, end);
        self.at = start;
        self.push(Kind::Text, end - start);
    }

    /// Goes back to the innermost `${` and takes it for plain letters.
    fn forget_interpolation(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.scan.tokens.truncate(open.tokens);
        self.scan.faults.truncate(open.faults);
        self.dead.insert(open.at);
        self.fault(FaultKind::OpenInterpolation, open.at, open.at + 2);
        self.first = open.first;
        self.at = open.start;
        let skip = open.at + 2 - open.start;
        self.text_from(open.start, skip, open.multi, open.head);
    }

    /// The file ends; so does every `${`.
    pub(super) fn at_end(&mut self) -> bool {
        match self.open.last() {
            Some(open) if !open.multi && self.dead.len() < DEAD_MAX => {
                self.forget_interpolation();
                true
            }
            _ => false,
        }
    }
}
