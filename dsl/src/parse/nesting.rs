//! Too deep nesting is found before the grammar is asked: it works by recursion, and so does everything behind it.

use super::messages::too_deep;
use crate::Diagnostic;
use crate::scan::{Kind, Token};
use crate::tree::Span;

/// More brackets within brackets than anybody reads. Measured: the parser takes about 8 KiB of stack a level in a debug
/// build, so that this is safe on a thread of 2 MiB.
pub(crate) const NESTING_MAX: usize = 100;

/// The first bracket that is too deep.
pub(crate) fn check(text: &str, tokens: &[Token]) -> Option<Diagnostic> {
    let mut depth: usize = 0;
    let mut choices: usize = 0;
    for token in tokens {
        let sign = text.get(token.start..token.end).unwrap_or_default();
        match (token.kind, sign) {
            (Kind::Sign, "(" | "[" | "{") | (Kind::TextHead, _) => depth += 1,
            (Kind::Sign, ")" | "]" | "}") | (Kind::TextTail, _) => depth = depth.saturating_sub(1),
            (Kind::Sign, "?") => choices += 1,
            (Kind::Sign, ":" | "," | "=" | "->") | (Kind::Word, _) if settles(sign, choices) => choices -= 1,
            _ => {}
        }
        if depth > NESTING_MAX || choices > NESTING_MAX {
            return Some(too_deep(Span::of(token.start, token.end), NESTING_MAX));
        }
    }
    None
}

/// `a ? b ? c …` nests without brackets; a `?` is settled by its `:`, and one behind a type by whatever begins anew.
fn settles(sign: &str, choices: usize) -> bool {
    choices > 0
        && (!sign.starts_with(|letter: char| letter.is_ascii_alphabetic()) || super::begins_item(sign))
}
