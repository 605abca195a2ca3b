//! Steps: marked the wrong way, not marked, or in the middle of a value.

use super::super::at::At;
use super::super::region::stmt_end;
use super::super::slip::{Slip, before};
use crate::scan::Kind;

const EFFECTS: [&str; 12] =
    ["call", "do", "run", "spawn", "sleep", "wait", "ask", "parallel", "race", "for", "loop", "match"];

/// `let c = await payments.charge(…)`
pub(super) fn awaited(at: &At<'_>) -> Option<Slip> {
    if at.is_word(0, &["async"]) && at.expects_item() {
        return None;
    }
    let place = [at.step(0), at.step(-1)]
        .into_iter()
        .find(|place| place.is_word(0, &["await", "async", "yield*"]))?;
    if place.index < at.index && at.is_first(0) {
        return None;
    }
    let word = place.letters(0);
    let slip = Slip::new("E0105", place.span(0), format!("there is no `{word}`"));
    if place.is_word(1, &EFFECTS) {
        let help = format!("`{}` waits by itself: delete `{word}`", place.letters(1));
        return Some(slip.help(help).fix(place.with_blanks(0), ""));
    }
    let help = format!("write `call {}`: a step waits by itself", signature(&place.step(1)));
    Some(slip.help(help).fix(place.span(0), "call"))
}

/// `call wait paid(…)`
pub(super) fn marked_twice(at: &At<'_>) -> Option<Slip> {
    if !at.is_word(-1, &["call", "do", "run"]) || !at.is_word(0, &EFFECTS) || at.is_first(0) {
        return None;
    }
    let (word, step) = (at.letters(-1), at.letters(0));
    let slip =
        Slip::new("E0113", at.span(-1), format!("`{step}` is a step by itself: no `{word}` stands in front"));
    Some(slip.help(format!("delete `{word}`")).fix(at.with_blanks(-1), ""))
}

/// The path that stands there, with brackets.
fn signature(at: &At<'_>) -> String {
    let end = path_end(at);
    format!("{}(…)", at.slice(at.stretch(0, end)))
}

/// The last token of the path that begins at the place.
pub(super) fn path_end(at: &At<'_>) -> isize {
    let mut end = 0;
    while at.is_sign(end + 1, &["."]) && at.kind(end + 2) == Some(Kind::Word) {
        end += 2;
    }
    end
}

/// A statement `payments.charge(…)`, or a value that nobody uses.
pub(super) fn unmarked(at: &At<'_>) -> Option<Slip> {
    if !at.expects_stmt() || at.kind(0) != Some(Kind::Word) {
        return None;
    }
    let end = path_end(at);
    let path = at.slice(at.stretch(0, end));
    let is_call = at.is_sign(end + 1, &["("]);
    let slip =
        Slip::new("E0113", at.stretch(0, end), "a statement begins with a word that says what it does");
    if !is_call {
        let help = "`let name = …` keeps a value, `return …` and `yield …` give it away";
        return Some(slip.label("this is a value alone").help(help));
    }
    let Some(word) = marker(at, path) else {
        let help = format!(
            "write `call tool.{path}(…)` for a tool, `do {path}(…)` for a flow, `let x = {path}(…)` for a `fn`"
        );
        return Some(slip.help(help));
    };
    Some(slip.help(format!("write `{word} {path}(…)`")).fix(before(at.span(0)), format!("{word} ")))
}

/// The word that such a call is marked with.
fn marker(at: &At<'_>, path: &str) -> Option<&'static str> {
    let top = at.top();
    let count = isize::try_from(top.tokens.len()).unwrap_or_default();
    let declared = |word: &str| {
        (0..count).any(|offset| top.is_word(offset, &[word]) && top.is_word(offset + 1, &[path]))
    };
    match path.contains('.') {
        true => Some("call"),
        false if declared("flow") => Some("do"),
        false if declared("workflow") => Some("run"),
        false => None,
    }
}

/// `let c = payments.charge(cents: 5)`: only steps take names
pub(super) fn named(at: &At<'_>) -> Option<Slip> {
    let open = at.opener().filter(|&open| at.is_sign(open, &["("]))?;
    if !at.is_sign(0, &[":"]) || open != -2 || at.kind(open - 1) != Some(Kind::Word) {
        return None;
    }
    let mut start = open - 1;
    while at.is_sign(start - 1, &["."]) && at.kind(start - 2) == Some(Kind::Word) {
        start -= 2;
    }
    let span = at.stretch(start, open - 1);
    let path = at.slice(span);
    let slip = Slip::new("E0113", span, "only steps take their arguments by name");
    let Some(word) = marker(at, path).filter(|_| at.is_sign(start - 1, &["=", ":"])) else {
        let close = at.closer(open)?;
        let help =
            format!("a step has a name of its own: `let result = call {path}(…)`, and use `result` here");
        return Some(slip.help(help).mend(at.stretch(start, close), "null"));
    };
    Some(slip.help(format!("write `{word} {path}(…)`")).fix(before(span), format!("{word} ")))
}

/// `f(call x.y())`, `if call x.y() { … }`
pub(super) fn in_value(at: &At<'_>) -> Option<Slip> {
    if !at.is_word(0, &EFFECTS)
        || !(at.expects_value() || at.opener().is_some_and(|open| at.is_sign(open, &["(", "["])))
    {
        return None;
    }
    let before = at.step(-1);
    let start = before.stmt_start()?;
    let whole = before.stretch(start, stmt_end(&before, start));
    let slip = Slip::from(crate::parse::effect_in_value(at.span(0), at.letters(0), before.span(start)));
    Some(slip.mend(whole, ""))
}
