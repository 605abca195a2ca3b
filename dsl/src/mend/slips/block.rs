//! Blocks without their braces.

use super::super::at::{At, STATEMENTS};
use super::super::region::stmt_end;
use super::super::slip::{Slip, before, behind};
use crate::grammar::Rule;
use crate::tree::Span;

const HEADS: [&str; 11] =
    ["if", "else", "for", "while", "loop", "try", "catch", "finally", "lock", "workflow", "flow"];

/// The word whose block should begin at the place.
fn head(at: &At<'_>) -> Option<isize> {
    let first = isize::try_from(at.index).ok()?;
    (1..=first).map(|back| -back).find(|&offset| at.is_word(offset, &HEADS))
}

fn wants_block(at: &At<'_>) -> bool {
    at.expects(&[Rule::block, Rule::P_LBRACE])
}

/// `if (a) return`
pub(super) fn braces(at: &At<'_>) -> Option<Slip> {
    let fail = at.is_word(0, &["throw", "raise", "print", "call"]);
    if !wants_block(at) || !(at.is_word(0, &STATEMENTS) || fail) {
        return None;
    }
    let head = head(at)?;
    let body = at.stretch(0, stmt_end(at, 0).max(0));
    let word = at.letters(head);
    let slip = Slip::new("E0111", body, format!("what `{word}` does stands in braces"));
    let shown = format!("put `{{` and `}}` around it: `{word} … {{ {} … }}`", at.letters(0));
    Some(slip.help(shown).fix(before(body), "{ ").fix(behind(body), " }"))
}

/// `if a:` with an indented body
pub(super) fn colon(at: &At<'_>) -> Option<Slip> {
    if !at.is_sign(0, &[":"]) || !wants_block(at) {
        return None;
    }
    let head = head(at)?;
    let word = at.letters(head);
    let slip =
        Slip::new("E0138", at.span(0), format!("what `{word}` does stands in braces, not behind a `:`"));
    let slip = slip.help(format!("write `{word} … {{` and close it with `}}`"));
    let glued = at.span(-1).end == at.span(0).start;
    let open = if glued { " {" } else { "{" };
    Some(slip.fix(at.span(0), open).fix(body_end(at, head), " }"))
}

/// Behind the last token that is indented deeper than the head's line, or stands on the line of the colon.
fn body_end(at: &At<'_>, head: isize) -> Span {
    let depth = indent(at, head);
    let mut last = at.line_end(0);
    while at.token(last + 1).is_some() && indent(at, last + 1) > depth {
        last = at.line_end(last + 1);
    }
    behind(at.span(last))
}

/// How far the token's line is indented.
fn indent(at: &At<'_>, offset: isize) -> usize {
    let start = at.span(offset).start as usize;
    let line = at.text.get(..start).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// `pass`
pub(super) fn nothing(at: &At<'_>) -> Option<Slip> {
    let other = !at.is_first(1) && !at.is_sign(1, &["}"]);
    if !at.is_word(0, &["pass", "noop", "nop"]) || other || !at.expects_stmt() {
        return None;
    }
    let slip = Slip::new("E0113", at.span(0), format!("there is no `{}`", at.letters(0)));
    Some(slip.help("delete it: a block may be empty").fix(at.with_blanks(0), ""))
}

/// `- let a = 1`
pub(super) fn dash(at: &At<'_>) -> Option<Slip> {
    let dash =
        |&offset: &isize| at.is_sign(offset, &["-"]) && at.is_first(offset) && at.begins_stmt(offset + 1);
    let sign = [0, -1].into_iter().find(dash).filter(|_| !at.expects_item())?;
    let slip = Slip::new("E0149", at.span(sign), "no `-` stands in front of a statement");
    let help = "delete it: statements follow one another, each on a line of its own";
    Some(slip.help(help).fix(at.with_blanks(sign), ""))
}
