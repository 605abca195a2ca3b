//! Names that get values the way other languages write it.

use super::super::at::{At, STATEMENTS};
use super::super::slip::{Slip, before, behind};
use super::effect::path_end;
use crate::grammar::Rule;
use crate::scan::Kind;

/// `x := 5`, `let x := 5`
pub(super) fn walrus(at: &At<'_>) -> Option<Slip> {
    let sign = if at.is_sign(0, &[":="]) { 0 } else { 1 };
    if !at.is_sign(sign, &[":="]) || (sign == 1 && !at.expects_stmt()) {
        return None;
    }
    let slip = Slip::new("E0107", at.span(sign), "`:=` is written `=`");
    if sign == 0 {
        return Some(slip.help("write `=`").fix(at.span(0), "="));
    }
    let name = at.letters(0);
    Some(slip.help(format!("write `let {name} = …`")).fix(before(at.span(0)), "let ").fix(at.span(1), "="))
}

/// `let mut x = 1`
pub(super) fn mutable(at: &At<'_>) -> Option<Slip> {
    let word = at.is_word(-1, &["mut"]) && at.is_word(-2, &["let"]) && at.kind(0) == Some(Kind::Word);
    let span = at.stretch(-2, -1);
    word.then(|| {
        Slip::new("E0112", span, "what can be changed is declared with `var`")
            .help("write `var`")
            .fix(span, "var")
    })
}

/// `const x = 1` in a body
pub(super) fn constant(at: &At<'_>) -> Option<Slip> {
    let word = at.is_word(0, &["const", "val", "final", "auto", "local", "my", "dim"]);
    if !word || !at.expects_stmt() || at.kind(1) != Some(Kind::Word) {
        return None;
    }
    let slip = Slip::new("E0112", at.span(0), format!("in a body, `{}` is written `let`", at.letters(0)));
    Some(slip.help("write `let`: it cannot be changed either").fix(at.span(0), "let"))
}

/// `x = x + 1`, `x += 1`, `x++`
pub(super) fn assigned(at: &At<'_>) -> Option<Slip> {
    if !at.expects_stmt() || at.kind(0) != Some(Kind::Word) || at.is_word(0, &STATEMENTS) {
        return None;
    }
    let end = path_end(at);
    let sign = at.letters(end + 1);
    let step = !at.is_first(end + 1) && matches!(sign, "++" | "-=" | "+=" | "*=" | "/=" | "%=");
    if at.kind(end + 1) != Some(Kind::Sign) || !(sign == "=" || step) {
        return None;
    }
    let slip = Slip::new("E0106", at.stretch(0, end + 1), format!("`{sign}` alone changes nothing"));
    if end > 0 {
        return Some(slip.help("a field is not changed in place: `set x = { ...x, field: value }`"));
    }
    Some(by_declaration(at, slip, sign))
}

fn by_declaration(at: &At<'_>, slip: Slip, sign: &str) -> Slip {
    let name = at.letters(0);
    let set = match sign.strip_suffix('=') {
        Some("") => "=".to_owned(),
        Some(operator) => format!("= {name} {operator}"),
        None => format!("= {name} + 1"),
    };
    match declared(at, name) {
        Some("var") => {
            let help = format!("write `set {name} {set} …`").replace("+ 1 …", "+ 1");
            let glued = at.span(0).end == at.span(1).start;
            let set = if glued { format!(" {set}") } else { set };
            slip.help(help).fix(before(at.span(0)), "set ").fix(at.span(1), set)
        }
        Some(_) => slip.help(format!("declare it with `var {name} = …`, then write `set {name} {set} …`")),
        None if sign == "=" => {
            slip.help(format!("write `let {name} = …` for a new name")).fix(before(at.span(0)), "let ")
        }
        None => slip.help(format!("declare it with `var {name} = 0`, then write `set {name} {set} …`")),
    }
}

/// The word that declares the name, above the place.
pub(super) fn declared<'t>(at: &At<'t>, name: &str) -> Option<&'t str> {
    let above = at.tokens.get(..at.index)?;
    let letters = |token: &crate::scan::Token| at.text.get(token.start..token.end).unwrap_or_default();
    let pairs = above.iter().zip(above.iter().skip(1)).rev();
    pairs.map(|(word, it)| (letters(word), letters(it))).find_map(|(word, it)| {
        (it == name && matches!(word, "var" | "let" | "(" | "," | "for")).then_some(word)
    })
}

/// `let x` without a value
pub(super) fn no_value(at: &At<'_>) -> Option<Slip> {
    let name = at.step(-1);
    if !at.expects(&[Rule::P_EQ]) || !at.is_first(0) || !name.is_word(-1, &["let", "var"]) {
        return None;
    }
    let slip = Slip::new("E0155", name.stretch(-1, 0), "a name gets its value where it is declared");
    let help =
        format!("write `{} {} = …`; `null` or `[]` will do at first", name.letters(-1), name.letters(0));
    Some(slip.help(help).mend(behind(name.span(0)), " = null"))
}
