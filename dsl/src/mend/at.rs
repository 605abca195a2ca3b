//! The place where the grammar stopped, and what stands around it.

use crate::grammar::Rule;
use crate::scan::{Kind, Token};
use crate::tree::Span;

/// A place among the tokens.
#[derive(Clone, Copy)]
pub(super) struct At<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: &'t [Token],
    /// The token that could not stand there; the number of tokens at the end.
    pub(super) index: usize,
    /// What could have.
    pub(super) expected: &'t [Rule],
    /// All declarations of the file, and not only the one that is mended.
    pub(super) whole: &'t Whole,
}

/// The file as it was when the declarations were told apart.
pub(super) struct Whole {
    pub(super) text: String,
    pub(super) tokens: Vec<Token>,
}

impl<'t> At<'t> {
    /// The first token that ends behind the byte.
    pub(super) fn new(
        text: &'t str,
        tokens: &'t [Token],
        byte: usize,
        expected: &'t [Rule],
        whole: &'t Whole,
    ) -> Self {
        let index = tokens.partition_point(|token| token.end <= byte);
        Self { text, tokens, index, expected, whole }
    }

    /// The first token of the declaration.
    pub(super) fn segment(&self) -> Self {
        Self { index: self.tokens.iter().take_while(|token| token.kind == Kind::Doc).count(), ..*self }
    }

    /// The first token of the file.
    pub(super) fn top(&self) -> Self {
        Self { text: &self.whole.text, tokens: &self.whole.tokens, index: 0, ..*self }
    }

    /// The same place, `offset` tokens further.
    pub(super) fn step(&self, offset: isize) -> Self {
        Self { index: self.index.saturating_add_signed(offset), ..*self }
    }

    pub(super) fn token(&self, offset: isize) -> Option<&'t Token> {
        self.tokens.get(self.index.checked_add_signed(offset)?)
    }

    pub(super) fn kind(&self, offset: isize) -> Option<Kind> {
        self.token(offset).map(|token| token.kind)
    }

    /// The letters of a token; empty outside the text.
    pub(super) fn letters(&self, offset: isize) -> &'t str {
        self.token(offset).and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default()
    }

    pub(super) fn is_word(&self, offset: isize, words: &[&str]) -> bool {
        self.kind(offset) == Some(Kind::Word) && words.contains(&self.letters(offset))
    }

    pub(super) fn is_sign(&self, offset: isize, signs: &[&str]) -> bool {
        self.kind(offset) == Some(Kind::Sign) && signs.contains(&self.letters(offset))
    }

    /// Any kind of text begins there.
    pub(super) fn is_text(&self, offset: isize) -> bool {
        matches!(self.kind(offset), Some(Kind::Text | Kind::TextHead))
    }

    /// The token begins its line.
    pub(super) fn is_first(&self, offset: isize) -> bool {
        self.token(offset).is_none_or(|token| token.first)
    }

    /// The token's bytes; at the end, the empty place behind the last token.
    pub(super) fn span(&self, offset: isize) -> Span {
        match self.token(offset) {
            Some(token) => Span::of(token.start, token.end),
            None => {
                let end = self.tokens.last().map_or(0, |token| token.end);
                Span::of(end, end)
            }
        }
    }

    /// From one token to another.
    pub(super) fn stretch(&self, from: isize, to: isize) -> Span {
        self.span(from).to(self.span(to))
    }

    /// The token and the blanks behind it, to delete.
    pub(super) fn with_blanks(&self, offset: isize) -> Span {
        let span = self.span(offset);
        let next =
            self.token(offset + 1).filter(|next| !next.first).map_or(span.end as usize, |next| next.start);
        Span::of(span.start as usize, next)
    }

    pub(super) fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or_default()
    }

    pub(super) fn expects(&self, rules: &[Rule]) -> bool {
        self.expected.iter().any(|rule| rules.contains(rule))
    }

    /// A statement could begin here.
    pub(super) fn expects_stmt(&self) -> bool {
        self.expects(&[Rule::stmt, Rule::let_, Rule::effect_stmt, Rule::return_, Rule::if_, Rule::K_LET])
    }

    /// A declaration could begin here.
    pub(super) fn expects_item(&self) -> bool {
        self.expects(&[Rule::file, Rule::item, Rule::use_decl, Rule::workflow_decl, Rule::K_WORKFLOW])
    }

    /// A value could begin here.
    pub(super) fn expects_value(&self) -> bool {
        self.expects(&[Rule::expr, Rule::postfix, Rule::primary, Rule::rhs, Rule::fn_arg])
    }

    /// Where the bracket opens that the token stands in, as an offset.
    pub(super) fn opener(&self) -> Option<isize> {
        let mut depth = 0_usize;
        let mut offset = 0;
        loop {
            offset -= 1;
            let token = self.token(offset)?;
            match nesting(token, self.letters(offset)) {
                1 if depth == 0 => return Some(offset),
                1 => depth -= 1,
                -1 => depth += 1,
                _ => {}
            }
        }
    }

    /// Where the bracket at `offset` closes.
    pub(super) fn closer(&self, offset: isize) -> Option<isize> {
        let mut depth = 0_isize;
        let mut at = offset;
        loop {
            depth += nesting(self.token(at)?, self.letters(at));
            if depth == 0 {
                return Some(at);
            }
            at += 1;
        }
    }

    /// The letters of the tokens from one to in front of another.
    pub(super) fn tokens_between(&self, from: isize, to: isize) -> impl Iterator<Item = &'t str> {
        let at = *self;
        (from..to).map(move |offset| at.letters(offset))
    }

    /// Where `map` stands, if the place is in its `<…>`.
    pub(super) fn opener_of_map(&self) -> Option<isize> {
        (2..6)
            .map(|back: isize| -back)
            .find(|&offset| self.is_word(offset, &["map"]) && self.is_sign(offset + 1, &["<"]))
    }

    /// The last token of the line that the token stands in.
    pub(super) fn line_end(&self, offset: isize) -> isize {
        let mut last = offset;
        while self.token(last + 1).is_some_and(|next| !next.first) {
            last += 1;
        }
        last
    }

    /// Where the last token stands that begins a statement, at most here, in the same block.
    pub(super) fn stmt_start(&self) -> Option<isize> {
        let mut depth = 0_isize;
        let mut offset = 0;
        loop {
            let token = self.token(offset.min(0))?;
            if offset < 0 {
                depth -= nesting(token, self.letters(offset));
            }
            if depth <= 0 && self.begins_stmt(offset) {
                return Some(offset);
            }
            depth = depth.max(0);
            offset -= 1;
        }
    }

    /// A statement's word, or a setting's, stands there as one.
    pub(super) fn begins_stmt(&self, offset: isize) -> bool {
        let behind = self.is_sign(offset - 1, &["=", ":", ".", "=>"]) || self.is_word(offset - 1, &["undo"]);
        let name = self.is_sign(offset + 1, &[":", ".", "="]);
        let clause = self.is_word(offset, &["undo"]) && !self.is_word(offset + 1, &["all"]);
        let setting = self.is_first(offset) && self.is_word(offset, &SETTINGS);
        (setting || self.is_word(offset, &STATEMENTS)) && !behind && !name && !clause
    }
}

/// The words that settings begin with.
const SETTINGS: [&str; 5] = ["version", "key", "limits", "defaults", "on"];

/// The words that statements begin with.
pub(super) const STATEMENTS: [&str; 30] = [
    "let", "var", "set", "call", "do", "run", "spawn", "sleep", "wait", "ask", "parallel", "race", "for",
    "loop", "while", "if", "match", "try", "lock", "emit", "expose", "log", "fail", "return", "yield",
    "break", "continue", "restart", "undo", "else",
];

/// The words that are never names.
pub(super) const RESERVED: [&str; 36] = [
    "let", "var", "set", "call", "do", "run", "spawn", "sleep", "wait", "ask", "parallel", "race", "for",
    "loop", "while", "if", "else", "match", "try", "catch", "finally", "lock", "emit", "expose", "log",
    "fail", "return", "yield", "break", "continue", "restart", "true", "false", "null", "as", "in",
];

/// 1 for what opens a bracket, -1 for what closes one.
pub(super) fn nesting(token: &Token, letters: &str) -> isize {
    match (token.kind, letters) {
        (Kind::Sign, "(" | "[" | "{") | (Kind::TextHead, _) => 1,
        (Kind::Sign, ")" | "]" | "}") | (Kind::TextTail, _) => -1,
        _ => 0,
    }
}
