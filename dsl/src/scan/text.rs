//! Texts, with the code in their `${…}`.

use super::{FaultKind, Kind, Scanner};

/// More than these unclosed `${` are not told apart: each costs a second look at what follows it.
const DEAD_MAX: usize = 20;

/// A part of a text: from its quotes or a `}` to its quotes or a `${`.
#[derive(Clone, Copy)]
struct Part {
    start: usize,
    /// The byte where the text's quotes are.
    quotes: usize,
    /// It stands between `"""`.
    multi: bool,
    /// It begins with the quotes.
    head: bool,
}

/// A `${` that is open.
pub(super) struct Open {
    /// The `{` that are open within it.
    pub(super) braces: usize,
    /// What stands in front of it.
    part: Part,
    /// The byte of its `$`.
    at: usize,
    /// How much had been seen when it opened: the rest may have to be forgotten.
    tokens: usize,
    faults: usize,
    /// Whether the part's token began its line.
    first: bool,
}

impl Scanner<'_> {
    pub(super) fn closes_interpolation(&self) -> bool {
        self.open.last().is_some_and(|open| open.braces == 0)
    }

    pub(super) fn quote(&mut self) {
        let multi = self.rest().starts_with("\"\"\"");
        let start = self.at;
        let part = Part { start, quotes: start, multi, head: true };
        self.text_from(part, start + if multi { 3 } else { 1 });
    }

    /// A `}` closes `${`: the text goes on.
    pub(super) fn resume_text(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let part = Part { start: self.at, head: false, ..open.part };
        self.text_from(part, self.at + 1);
    }

    /// Reads on from `at` to the text's end or its next `${`.
    fn text_from(&mut self, part: Part, mut at: usize) {
        let multi = part.multi;
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let Some(letter) = rest.chars().next() else { return self.unterminated(part, at) };
            match letter {
                '\n' if !multi => return self.unterminated(part, at),
                '"' if !multi => return self.text_ends(part, at + 1),
                '"' if rest.starts_with("\"\"\"") => return self.text_ends(part, at + 3),
                '\\' if multi => at += if rest.starts_with("\\${") { 3 } else { 1 },
                '\\' => at += self.escape(at, rest),
                '$' if rest.starts_with("${") && !self.dead.contains(&at) => {
                    return self.interpolation(part, at);
                }
                _ => at += letter.len_utf8(),
            }
        }
    }

    fn text_ends(&mut self, part: Part, end: usize) {
        self.at = part.start;
        self.push(if part.head { Kind::Text } else { Kind::TextTail }, end - part.start);
    }

    fn interpolation(&mut self, part: Part, at: usize) {
        let (tokens, faults) = (self.scan.tokens.len(), self.scan.faults.len());
        self.open.push(Open { braces: 0, part, at, tokens, faults, first: self.first });
        self.at = part.start;
        self.push(if part.head { Kind::TextHead } else { Kind::TextMiddle }, at + 2 - part.start);
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
    fn unterminated(&mut self, part: Part, end: usize) {
        if self.open.last().is_some_and(|open| !open.part.multi) && self.dead.len() < DEAD_MAX {
            return self.forget_interpolation();
        }
        let trimmed = self.text.get(part.start..end).map_or(end, |text| part.start + text.trim_end().len());
        let end = if part.multi { end } else { trimmed };
        let kind = if part.multi { FaultKind::OpenMulti } else { FaultKind::OpenText };
        self.fault(kind, part.quotes, end);
        self.text_ends(part, end);
    }

    /// Goes back to the innermost `${` and takes it for plain letters.
    fn forget_interpolation(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.scan.tokens.truncate(open.tokens);
        self.scan.faults.truncate(open.faults);
        self.dead.insert(open.at);
        self.fault(FaultKind::OpenInterpolation, open.at, open.at + 2);
        self.first = open.first;
        self.text_from(open.part, open.at + 2);
    }

    /// The file ends; so does every `${`.
    pub(super) fn at_end(&mut self) -> bool {
        let forget = !self.open.is_empty() && self.dead.len() < DEAD_MAX;
        if forget {
            self.forget_interpolation();
        }
        forget
    }
}
