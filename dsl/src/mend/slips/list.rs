//! Lists as others change them, go through them and wait for them.

use super::super::at::At;
use super::super::slip::Slip;
use super::effect::path_end;
use super::set::declared;
use crate::scan::Kind;

/// `xs.push(1)` as a statement
pub(super) fn pushed(at: &At<'_>) -> Option<Slip> {
    let method = path_end(at) == 2 && at.is_word(2, &["push", "append", "add"]) && at.is_sign(3, &["("]);
    if !method || !at.expects_stmt() || at.is_sign(4, &[")"]) {
        return None;
    }
    let (name, close) = (at.letters(0), at.closer(3)?);
    let ours = format!("set {name} = [...{name}, {}]", at.slice(at.stretch(4, close - 1)));
    let slip = Slip::new("E0106", at.stretch(0, 2), "a list is not changed in place");
    Some(match declared(at, name)? {
        "var" => slip.help(format!("write `{ours}`")).fix(at.stretch(0, close), ours),
        _ => slip.help(format!("declare it with `var {name} = …`, then write `{ours}`")),
    })
}

/// `xs.forEach(x => …)`
pub(super) fn each(at: &At<'_>) -> Option<Slip> {
    let end = path_end(at);
    let method = end > 0 && at.is_word(end, &["forEach", "foreach", "for_each", "each"]);
    if !method || !at.is_sign(end + 1, &["("]) || !at.expects_stmt() {
        return None;
    }
    let named = at.kind(end + 2) == Some(Kind::Word) && at.is_sign(end + 3, &["=>"]);
    let item = if named { at.letters(end + 2) } else { "x" };
    let list = at.slice(at.stretch(0, end - 2));
    let slip = Slip::new(
        "E0124",
        at.stretch(0, end),
        format!("`{}` is a `for`: it may take steps", at.letters(end)),
    );
    Some(slip.help(format!("write `for {item} in {list} {{ … }}`")))
}

/// `Promise.all([a.b(…), c.d(…)])`
pub(super) fn together(at: &At<'_>) -> Option<Slip> {
    const GATHER: [&str; 6] = ["all", "allSettled", "gather", "race", "any", "wait"];
    let start = at.stmt_start().unwrap_or(0);
    let found = |&offset: &isize| {
        at.is_word(offset, &["Promise", "asyncio"])
            && at.is_word(offset + 2, &GATHER)
            && at.is_sign(offset + 3, &["("])
    };
    let name = (start..=2).find(found)?;
    let path = at.stretch(name, name + 2);
    let word = if at.is_word(name + 2, &["race", "any"]) { "race" } else { "parallel" };
    let slip = Slip::new("E0105", path, format!("there is no `{}`", at.slice(path)));
    let slip =
        slip.help(format!("write `{word} {{ {} }}`: a record of what they give", branches(at, name + 3)));
    let first = if at.is_word(name - 1, &["await"]) { name - 1 } else { name };
    let close = at.closer(name + 3)?;
    Some(if at.is_first(first) { slip } else { slip.mend(at.stretch(first, close), "null") })
}

/// Each call in the list that stands behind the bracket, as a branch.
fn branches(at: &At<'_>, open: isize) -> String {
    let close = at.closer(open).unwrap_or(open);
    let listed = at.is_sign(open + 1, &["["]);
    let (outer, first) = if listed { (open + 1, open + 2) } else { (open, open + 1) };
    let call = |&offset: &isize| {
        let here = at.step(offset);
        let begins = here.kind(0) == Some(Kind::Word) && here.is_sign(-1, &["[", "(", ","]);
        begins
            && here.is_sign(path_end(&here) + 1, &["("])
            && here.opener().is_some_and(|back| back + offset == outer)
    };
    let paths = (first..close).filter(call).map(|offset| {
        let here = at.step(offset);
        here.slice(here.stretch(0, path_end(&here)))
    });
    let written: Vec<String> =
        paths.zip('a'..='z').map(|(path, letter)| format!("{letter}: call {path}(…)")).collect();
    if written.is_empty() { "a: call …  b: call …".to_owned() } else { written.join("  ") }
}
