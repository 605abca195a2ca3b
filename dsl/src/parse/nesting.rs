//! Too deep nesting is found before the grammar is asked: it works by recursion, and so does everything behind it.

use super::messages::too_deep;
use crate::Diagnostic;
use crate::scan::{Kind, Token};
use crate::tree::Span;

/// More brackets within brackets than anybody reads. Measured in a debug build, the grammar takes about 13 KiB of stack
/// a level and the walk through a block up to 20, so that this much is safe on a thread of 2 MiB.
pub(crate) const NESTING_MAX: usize = 64;

/// The first bracket that is too deep.
pub(super) fn check(text: &str, tokens: &[Token]) -> Option<Diagnostic> {
    let mut levels = Levels::default();
    for token in tokens {
        levels.pass(text, token);
        if levels.depth.max(levels.choices) > NESTING_MAX {
            return Some(too_deep(Span::of(token.start, token.end), NESTING_MAX));
        }
    }
    None
}

/// Where the grammar has less stack than it should have: the deepest bracket is shown.
pub(super) fn exhausted(text: &str, tokens: &[Token]) -> Diagnostic {
    let mut levels = Levels::default();
    let mut deepest = (0, Span::default());
    for token in tokens {
        levels.pass(text, token);
        if levels.depth > deepest.0 {
            deepest = (levels.depth, Span::of(token.start, token.end));
        }
    }
    too_deep(deepest.1, deepest.0.saturating_sub(1))
}

/// What is open.
#[derive(Default)]
struct Levels {
    depth: usize,
    /// `a ? b ? c …` nests without brackets: the `?` that have not met their `:`.
    choices: usize,
    /// The `map<` that are open; `<` alone compares.
    maps: usize,
    after_map: bool,
}

impl Levels {
    fn pass(&mut self, text: &str, token: &Token) {
        let letters = text.get(token.start..token.end).unwrap_or_default();
        match (token.kind, letters) {
            (Kind::Sign, "(" | "[" | "{") | (Kind::TextHead, _) => self.depth += 1,
            (Kind::Sign, ")" | "]" | "}") | (Kind::TextTail, _) => self.depth = self.depth.saturating_sub(1),
            (Kind::Sign, "<") if self.after_map => {
                self.depth += 1;
                self.maps += 1;
            }
            (Kind::Sign, ">") if self.maps > 0 => {
                self.depth = self.depth.saturating_sub(1);
                self.maps -= 1;
            }
            (Kind::Sign, "?") => self.choices += 1,
            (Kind::Sign, ":") => self.choices = self.choices.saturating_sub(1),
            // A `?` behind a type has no `:`; it is over when something new begins.
            (Kind::Sign, "," | "=" | "->") => self.choices = 0,
            _ => {}
        }
        self.after_map = letters == "map";
    }
}
