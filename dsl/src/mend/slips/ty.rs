//! Types.

use super::super::at::At;
use super::super::slip::Slip;
use crate::scan::Kind;

/// `string[]`
pub(super) fn array(at: &At<'_>) -> Option<Slip> {
    if !at.is_sign(0, &["["]) || !at.is_sign(1, &["]"]) || at.kind(-1) != Some(Kind::Word) {
        return None;
    }
    let mut start = -1;
    while at.is_sign(start - 1, &["."]) {
        start -= 2;
    }
    let ours = format!("[{}]", at.slice(at.stretch(start, -1)));
    let span = at.stretch(start, 1);
    let slip = Slip::new("E0137", span, "a list type stands in brackets");
    Some(slip.help(format!("write `{ours}`")).fix(span, ours))
}

/// `Array<string>`, `map<string, int>`, `Optional[int]`
pub(super) fn generic(at: &At<'_>) -> Option<Slip> {
    let (name, open) = if at.is_sign(0, &[","]) { (at.opener_of_map()?, None) } else { (-1, Some(0)) };
    let lists = ["Array", "List", "list", "Set", "set", "Vec", "Sequence", "Iterable"];
    let maps = ["Map", "Record", "dict", "Dict", "HashMap", "map"];
    let optionals = ["Optional", "Option", "Maybe"];
    let open = open.unwrap_or(name + 1);
    if !at.is_sign(open, &["<", "["]) {
        return None;
    }
    let close = angle_close(at, open)?;
    let span = at.stretch(name, close);
    let last = (open + 1..close).rev().find(|&offset| at.is_sign(offset, &[","])).unwrap_or(open);
    let inner = at.slice(at.stretch(last + 1, close - 1));
    let ours = if at.is_word(name, &lists) {
        format!("[{inner}]")
    } else if at.is_word(name, &maps) {
        format!("map<{inner}>")
    } else if at.is_word(name, &optionals) {
        format!("{inner}?")
    } else {
        return None;
    };
    let slip = Slip::new("E0137", span, format!("`{}` is written `{ours}`", at.slice(span)));
    Some(slip.help("`[T]` is a list, `map<T>` has texts as keys, `T?` may be null").fix(span, ours))
}

/// Where the bracket closes; `<` counts as one here.
fn angle_close(at: &At<'_>, open: isize) -> Option<isize> {
    if at.is_sign(open, &["["]) {
        return at.closer(open);
    }
    let mut depth = 0;
    for offset in open..open + 40 {
        depth += if at.is_sign(offset, &["<"]) { 1 } else { 0 };
        depth -= if at.is_sign(offset, &[">"]) { 1 } else { 0 };
        if depth == 0 {
            return Some(offset);
        }
        at.token(offset)?;
    }
    None
}
