//! What has to be taken out where no mending is known, so that the rest can be read.

use super::at::{At, nesting};
use crate::tree::Span;

/// The statement around the place; in a declaration without statements, the member around it; or all that is left.
pub(super) fn region(at: &At<'_>) -> Span {
    let body = at.segment().is_word(0, &["workflow", "flow"]);
    let found = if body { statement(at) } else { member(at) };
    found.filter(|span| span.start < span.end).unwrap_or_else(|| rest(at))
}

fn statement(at: &At<'_>) -> Option<Span> {
    at.opener()?;
    let start = if at.expects_stmt() && at.is_first(0) {
        Some(0)
    } else if at.begins_stmt(0) && !at.expects_stmt() {
        // The statement in front of this one lacks something.
        at.step(-1).stmt_start().map(|start| start - 1)
    } else {
        at.stmt_start()
    };
    let start = start.unwrap_or_else(|| line_start(at));
    let end = stmt_end(at, start);
    at.token(end.max(start)).map(|_| at.stretch(start, end.max(start)))
}

/// An operation of a tool, a field of a type: what begins on a line of its own between the outermost braces.
fn member(at: &At<'_>) -> Option<Span> {
    let top = at.segment();
    let place = isize::try_from(at.index.checked_sub(top.index)?).ok()?;
    let open = (0..place).find(|&offset| top.is_sign(offset, &["{"]))?;
    let close = top.closer(open).filter(|&close| close >= place)?;
    let mut depth = 0;
    let mut start = open + 1;
    for offset in open + 1..close {
        let fresh = depth == 0 && top.is_first(offset);
        if fresh && offset >= place.max(start + 1) {
            return Some(top.stretch(start, offset - 1));
        }
        if fresh && offset < place {
            start = offset;
        }
        depth += nesting_of(&top, offset);
    }
    (start < close).then(|| top.stretch(start, close - 1))
}

/// The first token of the line.
fn line_start(at: &At<'_>) -> isize {
    let mut offset = 0;
    while at.token(offset - 1).is_some() && !at.is_first(offset) && nesting_of(at, offset - 1) != 1 {
        offset -= 1;
    }
    offset
}

/// The last token of the statement that begins at `start`; the one before it where there is none.
pub(super) fn stmt_end(at: &At<'_>, start: isize) -> isize {
    let mut depth = 0;
    let mut offset = start;
    while at.token(offset).is_some() {
        let step = nesting_of(at, offset);
        let fresh = offset > start && depth == 0 && starts_anew(at, offset);
        if fresh || depth + step < 0 {
            return offset - 1;
        }
        depth += step;
        offset += 1;
    }
    offset - 1
}

/// The next statement, or whatever has a doc comment.
fn starts_anew(at: &At<'_>, offset: isize) -> bool {
    let other = at.is_word(offset, &["else", "catch", "finally", "elif", "except", "case", "default"]);
    at.is_first(offset) && !other && (at.begins_stmt(offset) || at.letters(offset).starts_with("///"))
}

fn nesting_of(at: &At<'_>, offset: isize) -> isize {
    at.token(offset).map_or(0, |token| nesting(token, at.letters(offset)))
}

/// From the place to the end of the declaration if it is over there, or else all of it.
fn rest(at: &At<'_>) -> Span {
    let last = at.text.len();
    match at.token(0).filter(|_| at.expects_item()) {
        Some(token) => Span::of(token.start, last),
        None => Span::of(0, last),
    }
}
