//! Clauses and settings as YAML writes them.

use super::super::at::At;
use super::super::slip::Slip;
use crate::scan::Kind;

const WORDS: [&str; 21] = [
    "timeout", "retry", "cache", "unclear", "undo", "version", "key", "limits", "defaults", "within",
    "remind", "max", "first", "schedule", "zone", "return", "yield", "fail", "log", "expose", "sleep",
];

/// `timeout: 5s`, `version = 1`
pub(super) fn colon(at: &At<'_>) -> Option<Slip> {
    let sign = at.is_sign(0, &[":", "="]);
    if !sign || at.kind(-1) != Some(Kind::Word) || !at.is_word(-1, &WORDS) || at.is_sign(-2, &[",", "("]) {
        return None;
    }
    let word = at.letters(-1);
    let slip = Slip::new("E0156", at.span(0), format!("no `{}` stands behind `{word}`", at.letters(0)));
    let text = if at.span(1).start == at.span(0).end { " " } else { "" };
    let span = if at.span(-1).end == at.span(0).start { at.span(0) } else { at.with_blanks(0) };
    Some(slip.help(format!("write `{word} {}`", at.letters(1))).fix(span, text))
}

/// `retry 3`
pub(super) fn attempts(at: &At<'_>) -> Option<Slip> {
    let count = at.letters(0);
    let digits = !count.is_empty() && count.bytes().all(|digit| digit.is_ascii_digit());
    if !at.is_word(-1, &["retry"]) || at.kind(0) != Some(Kind::Number) || !digits {
        return None;
    }
    let ours = format!("{{ attempts: {count} }}");
    let slip = Slip::new("E0156", at.span(0), "a retry policy is a record, or the name of one");
    Some(slip.help(format!("write `retry {ours}`")).fix(at.span(0), ours))
}
