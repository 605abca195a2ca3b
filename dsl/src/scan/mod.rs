//! A forgiving look at the letters: tokens, whatever the grammar thinks of them, and faults that no grammar needs to see.
//!
//! The grammar has no tokens of its own; these serve the limit on nesting and the explanation of what the grammar refused.

mod fault;
mod sign;
mod text;

pub(crate) use fault::{Fault, FaultKind};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a reserved word.
    Word,
    /// Digits and whatever letters stick to them.
    Number,
    /// A text without `${…}`, with its quotes.
    Text,
    /// `"…${`
    TextHead,
    /// `}…${`
    TextMiddle,
    /// `}…"`
    TextTail,
    /// Brackets and operators.
    Sign,
    /// `/// …`
    Doc,
    /// A letter that the language does not know.
    Other,
}

/// A token; comments are none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its first byte.
    pub(crate) start: usize,
    /// The byte behind it.
    pub(crate) end: usize,
    /// Only blanks stand before it on its line.
    pub(crate) first: bool,
}

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// In order.
    pub(crate) tokens: Vec<Token>,
    /// In order of their discovery.
    pub(crate) faults: Vec<Fault>,
}

/// Reads all of `text`; never fails.
pub(crate) fn scan(text: &str) -> Scan {
    let mut scanner = Scanner::new(text);
    while scanner.step() {}
    scanner.scan
}

/// The names and words of a text, those in `${…}` included, comments and what texts say left out.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = scan(text).tokens.into_iter().filter(|token| token.kind == Kind::Word);
    words.filter_map(|token| text.get(token.start..token.end))
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    first: bool,
    scan: Scan,
    /// The `${` that are open.
    open: Vec<text::Open>,
    /// The `${` that turned out to be never closed.
    dead: std::collections::BTreeSet<usize>,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, first: true, scan: Scan::default(), open: Vec::new(), dead: Default::default() }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let token = Token { kind, start: self.at, end: self.at + length, first: self.first };
        self.scan.tokens.push(token);
        self.first = false;
        self.at += length;
    }

    fn fault(&mut self, kind: FaultKind, start: usize, end: usize) {
        self.scan.faults.push(Fault { kind, start, end });
    }

    /// Reads one token or blank; `false` at the end.
    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(letter) = rest.chars().next() else { return self.at_end() };
        match letter {
            '\n' => {
                self.first = true;
                self.at += 1;
            }
            ' ' | '\t' | '\r' => self.at += blank_length(rest),
            '"' => self.quote(),
            '}' if self.closes_interpolation() => self.resume_text(),
            '\'' | '`' => self.foreign_quote(letter),
            '#' => self.foreign_comment(line_length(rest)),
            '/' if rest.starts_with("/*") => self.block_comment(),
            '/' if rest.starts_with("///") => self.push(Kind::Doc, line_length(rest)),
            '/' if rest.starts_with("//") => self.at += line_length(rest),
            '0'..='9' => self.push(Kind::Number, number_length(rest)),
            'a'..='z' | 'A'..='Z' | '_' => self.push(Kind::Word, word_length(rest)),
            _ => self.sign(letter),
        }
        true
    }

    fn sign(&mut self, letter: char) {
        let length = sign::length(self.rest());
        if letter == '{'
            && let Some(open) = self.open.last_mut()
        {
            open.braces += 1;
        } else if letter == '}'
            && let Some(open) = self.open.last_mut()
        {
            open.braces = open.braces.saturating_sub(1);
        }
        match length {
            Some(length) => self.push(Kind::Sign, length),
            None => self.push(Kind::Other, letter.len_utf8()),
        }
    }

    /// `'…'` and `` `…` `` on one line.
    fn foreign_quote(&mut self, quote: char) {
        let rest = self.rest();
        let line = rest.get(..line_length(rest)).unwrap_or(rest);
        match line.get(1..).and_then(|behind| behind.find(quote)) {
            Some(inner) => {
                self.fault(FaultKind::Quotes, self.at, self.at + inner + 2);
                self.push(Kind::Text, inner + 2);
            }
            None => self.push(Kind::Other, 1),
        }
    }

    fn foreign_comment(&mut self, length: usize) {
        self.fault(FaultKind::Hash, self.at, self.at + length);
        self.at += length;
    }

    fn block_comment(&mut self) {
        let rest = self.rest();
        let length = rest.find("*/").map_or(rest.len(), |end| end + 2);
        self.fault(FaultKind::Block, self.at, self.at + length);
        self.at += length;
    }
}

fn line_length(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

fn blank_length(rest: &str) -> usize {
    rest.bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count()
}

fn word_length(rest: &str) -> usize {
    rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

/// Digits, letters that stick to them, a fraction and an exponent.
fn number_length(rest: &str) -> usize {
    let whole = word_length(rest);
    let behind = rest.get(whole..).unwrap_or_default();
    let exponent = rest.get(..whole).is_some_and(|digits| digits.ends_with(['e', 'E']));
    if exponent && let Some(tail) = behind.strip_prefix(['+', '-']) {
        return whole + 1 + word_length(tail);
    }
    match behind.strip_prefix('.') {
        Some(tail) if tail.starts_with(|letter: char| letter.is_ascii_digit()) => {
            whole + 1 + number_length(tail)
        }
        _ => whole,
    }
}
