//! What has to be taken out where no mending is known, so that the rest can be read.

use super::at::{At, nesting};
use crate::tree::Span;

/// The statement around the place; or the rest of the line; or, where a declaration is meant, all of it.
pub(super) fn region(at: &At<'_>) -> Span {
    let start = match at.stmt_start().filter(|&start| stmt_end(at, start) >= 0) {
        Some(start) => start,
        None if at.opener().is_none() => return rest(at),
        None => line_start(at),
    };
    let end = stmt_end(at, start).max(0);
    if at.token(end).is_none() { rest(at) } else { at.stretch(start, end) }
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

/// From the place to the end; where nothing is left, everything.
fn rest(at: &At<'_>) -> Span {
    let last = at.text.len();
    match at.token(0) {
        Some(token) => Span::of(token.start, last),
        None => Span::of(0, last),
    }
}
