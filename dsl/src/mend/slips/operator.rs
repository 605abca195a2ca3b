//! Operators of other languages.

use super::super::at::At;
use super::super::slip::Slip;
use super::effect::path_end;
use crate::scan::Kind;

/// `a and b`, `x is null`
pub(super) fn word(at: &At<'_>) -> Option<Slip> {
    if at.kind(0) != Some(Kind::Word) || at.expects_value() {
        return None;
    }
    if at.is_word(0, &["not"]) && at.is_word(1, &["in"]) {
        let slip = Slip::new("E0104", at.stretch(0, 1), "there is no `not in`");
        return Some(slip.help("write `!(a in b)`").mend(at.with_blanks(0), ""));
    }
    let (ours, length) = match at.letters(0) {
        "and" => ("&&", 0),
        "or" => ("||", 0),
        "is" if at.is_word(1, &["not"]) => ("!=", 1),
        "is" | "equals" | "eq" => ("==", 0),
        "mod" => ("%", 0),
        _ => return None,
    };
    operator(at, length, ours)
}

/// `not x`
pub(super) fn not(at: &At<'_>) -> Option<Slip> {
    let before = at.step(-1);
    if !before.is_word(0, &["not"]) || at.is_first(0) || at.is_sign(0, &[".", ",", ")", "}"]) {
        return None;
    }
    let slip = Slip::new("E0104", before.span(0), "`not` is written `!`");
    let mut end = path_end(at);
    if at.is_sign(end + 1, &["(", "["]) {
        end = at.closer(end + 1)?;
    }
    let compares = at.is_sign(end + 1, &["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"]);
    if compares || at.is_word(end + 1, &["in", "is"]) {
        let help = "write `!(…)` around the comparison: `!` belongs to the value right behind it";
        return Some(slip.help(help).mend(before.with_blanks(0), "!"));
    }
    Some(slip.help("write `!` directly in front of the value").fix(before.with_blanks(0), "!"))
}

fn operator(at: &At<'_>, length: isize, ours: &str) -> Option<Slip> {
    let span = at.stretch(0, length);
    let message = format!("`{}` is written `{ours}`", at.slice(span));
    Some(Slip::new("E0104", span, message).help(format!("write `{ours}`")).fix(span, ours))
}

/// `if x = 1 {`
pub(super) fn equals_in_condition(at: &At<'_>) -> Option<Slip> {
    let start = at.stmt_start()?;
    if !at.is_sign(0, &["="]) || !at.is_word(start, &["if", "while", "else"]) || at.opener() > Some(start) {
        return None;
    }
    let slip = Slip::new("E0115", at.span(0), "`=` gives a name to a value; `==` compares");
    Some(slip.help("write `==`").fix(at.span(0), "=="))
}

/// `0 < x < 10`
pub(super) fn chained(at: &At<'_>) -> Option<Slip> {
    let sign = at.is_sign(0, &["<", "<=", ">", ">=", "==", "!="]);
    if !sign || at.expects_value() {
        return None;
    }
    let message = "comparisons do not chain: the left side of this one is true or false";
    Some(Slip::new("E0140", at.span(0), message).help("compare twice: `a < b && b < c`"))
}

/// `a ** b`
pub(super) fn power(at: &At<'_>) -> Option<Slip> {
    if !at.is_sign(0, &["**"]) {
        return None;
    }
    let slip = Slip::new("E0115", at.span(0), "there is no `**`");
    let alone = at.kind(-1) == Some(Kind::Word) && !at.is_sign(-2, &[".", "?.", "/", "%", "**"]);
    let (name, square) = (at.letters(-1), at.letters(1) == "2" && !at.is_sign(2, &["."]));
    if alone && square {
        return Some(
            slip.help(format!("multiply: `{name} * {name}`")).fix(at.stretch(0, 1), format!("* {name}")),
        );
    }
    let help = "multiply: `x * x`; or as often as is told, `for i in range(0, n) { set y = y * x }`";
    Some(slip.help(help).mend(at.span(0), "*"))
}
