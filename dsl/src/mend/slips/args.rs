//! Arguments of steps.

use super::super::at::{At, nesting};
use super::super::slip::{Slip, before, behind};
use crate::grammar::Rule;
use crate::scan::Kind;
use crate::tree::Span;

/// `charge(cents = 5)`
pub(super) fn equals(at: &At<'_>) -> Option<Slip> {
    if !at.is_sign(0, &["="]) || at.kind(-1) != Some(Kind::Word) {
        return None;
    }
    let open = at.opener()?;
    let fresh = at.is_sign(-2, &[",", "(", "{"]) || at.is_first(-1);
    let record = at.is_sign(open, &["{"]) && at.expects(&[Rule::P_COLON, Rule::entry_field]);
    if !fresh || !(at.is_sign(open, &["("]) || record) {
        return None;
    }
    let slip = Slip::new("E0150", at.span(0), "a name and its value are joined by `:`");
    let span = if at.span(-1).end == at.span(0).start { at.span(0) } else { at.span(-1).to(at.span(0)) };
    let text = if span == at.span(0) { ":".to_owned() } else { format!("{}:", at.letters(-1)) };
    Some(slip.help(format!("write `{}: …`", at.letters(-1))).fix(span, text))
}

/// `call mail.send(user.email)`
pub(super) fn positional(at: &At<'_>) -> Option<Slip> {
    let open = at.opener().filter(|&open| at.is_sign(open, &["("]))?;
    let (name, number) = (step_name(at, open)?, argument(at, open));
    let start = number.start;
    let named = at.kind(start) == Some(Kind::Word) && at.is_sign(start + 1, &[":", "="]);
    if named || at.is_sign(start, &["...", ")", ","]) || start > 0 {
        return None;
    }
    let end = argument_end(at, start);
    let value = at.stretch(start, end);
    let slip = Slip::new("E0108", value, format!("the arguments of `{name}` are given by name"));
    let record = at.is_sign(start, &["{"]) && at.closer(start) == Some(end) && end > start + 1;
    if record && start == open + 1 && at.is_sign(end + 1, &[")"]) {
        let last = Span::of(at.span(end - 1).end as usize, at.span(end).end as usize);
        let slip = slip.help("they need no record around them: delete the braces");
        return Some(slip.fix(at.with_blanks(start), "").fix(last, ""));
    }
    let Some(param) = param(at, name, number.nth) else {
        let help = format!("write `{name}(name: {}, …)`", short(at.slice(value)));
        return Some(slip.help(help).mend(before(value), format!("arg{}: ", number.nth + 1)));
    };
    let help = format!("write `{param}: {}`", short(at.slice(value)));
    Some(slip.help(help).fix(before(value), format!("{param}: ")))
}

fn short(value: &str) -> &str {
    if value.len() > 40 || value.contains('\n') { "…" } else { value }
}

/// The last part of the name in front of the bracket, if it is a step's.
fn step_name<'t>(at: &At<'t>, open: isize) -> Option<&'t str> {
    let mut start = open - 1;
    while at.is_sign(start - 1, &["."]) && at.kind(start - 2) == Some(Kind::Word) {
        start -= 2;
    }
    let step = ["call", "do", "run", "spawn", "wait", "await", "restart"];
    if at.is_word(open - 1, &["restart", "start"]) || at.is_word(start - 1, &step) {
        return Some(at.letters(open - 1));
    }
    None
}

/// The argument that the place is in.
struct Argument {
    /// Its first token.
    start: isize,
    /// From 0.
    nth: usize,
}

fn argument(at: &At<'_>, open: isize) -> Argument {
    let mut found = Argument { start: open + 1, nth: 0 };
    let mut depth = 0;
    for offset in open + 1..=0 {
        let Some(token) = at.token(offset) else { break };
        if depth == 0 && at.is_sign(offset, &[","]) && offset < 0 {
            found = Argument { start: offset + 1, nth: found.nth + 1 };
        }
        depth += nesting(token, at.letters(offset));
    }
    found
}

/// The last token of the argument.
fn argument_end(at: &At<'_>, start: isize) -> isize {
    let mut depth = 0;
    let mut offset = start;
    while let Some(token) = at.token(offset) {
        let step = nesting(token, at.letters(offset));
        if depth + step < 0 || (depth == 0 && offset > start && at.is_sign(offset, &[","])) {
            break;
        }
        depth += step;
        offset += 1;
    }
    (offset - 1).max(start)
}

/// The name of a parameter in the declaration of what is called `name`, if this file declares it.
fn param<'t>(at: &At<'t>, name: &str, nth: usize) -> Option<&'t str> {
    let place = at.top();
    let count = isize::try_from(place.tokens.len()).ok()?;
    let declared = |offset: isize| {
        let marked =
            place.is_sign(offset - 1, &["."]) || place.is_word(offset - 1, &["do", "run", "spawn", "wait"]);
        place.is_word(offset, &[name]) && place.is_sign(offset + 1, &["("]) && !marked
    };
    let open = (0..count).find(|&offset| declared(offset))? + 1;
    let close = place.closer(open)?;
    let inner = place.step(open + 1);
    let mut depth = 0;
    let mut seen = 0;
    for offset in 0..close - open - 1 {
        let fresh = depth == 0 && (offset == 0 || inner.is_sign(offset - 1, &[","]));
        if fresh && inner.is_sign(offset + 1, &[":", "?"]) {
            if seen == nth {
                return Some(inner.letters(offset));
            }
            seen += 1;
        }
        depth += nesting(inner.token(offset)?, inner.letters(offset));
    }
    None
}

/// `f(a: 1 b: 2)`
pub(super) fn comma(at: &At<'_>) -> Option<Slip> {
    let open = at.opener().filter(|&open| at.is_sign(open, &["("]))?;
    let next = at.kind(0) == Some(Kind::Word) && (at.is_sign(1, &[":"]) || at.is_sign(1, &["?"]));
    if !next || open == -1 || !at.expects(&[Rule::P_COMMA]) {
        return None;
    }
    let slip = Slip::new("E0144", at.span(0), format!("a comma is missing in front of `{}`", at.letters(0)));
    Some(slip.help("put a `,` between the two").fix(behind(at.span(-1)), ","))
}
