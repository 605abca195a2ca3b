//! Declarations.

use super::super::at::{At, STATEMENTS};
use super::super::slip::{Slip, before, behind};
use crate::grammar::Rule;
use crate::scan::Kind;
use crate::tree::Span;

/// `workflow f() => T`, `f(): T`
pub(super) fn arrow(at: &At<'_>) -> Option<Slip> {
    if !at.is_sign(0, &["=>", ":"])
        || !at.expects(&[Rule::P_ARROW])
        || !at.is_sign(-1, &[")"])
        || at.is_first(1)
    {
        return None;
    }
    let slip = Slip::new("E0117", at.span(0), format!("`{}` is written `->` here", at.letters(0)));
    let text = if at.span(-1).end == at.span(0).start { " ->" } else { "->" };
    Some(slip.help("what it gives stands behind `->`").fix(at.span(0), text))
}

/// `workflow f(a)`, `f(string a)`
pub(super) fn param_type(at: &At<'_>) -> Option<Slip> {
    let open = at.opener().filter(|&open| at.is_sign(open, &["("]))?;
    let declares = ["workflow", "flow", "fn", "function", "def"];
    let named = at.kind(-1) == Some(Kind::Word) && (at.is_sign(-2, &[","]) || open == -2);
    if !named
        || !at.expects(&[Rule::P_COLON])
        || !(at.is_word(open - 2, &declares) || at.expects(&[Rule::P_OPT]))
    {
        return None;
    }
    if at.kind(0) == Some(Kind::Word) {
        let span = at.stretch(-1, 0);
        let ours = format!("{}: {}", at.letters(0), at.letters(-1));
        let slip = Slip::new("E0145", span, "the type of a parameter stands behind its name");
        return Some(slip.help(format!("write `{ours}`")).fix(span, ours));
    }
    let name = at.letters(-1);
    let slip = Slip::new("E0145", at.span(-1), format!("the parameter `{name}` has no type"));
    let help = format!("write `{name}: string`; what is checked before the run needs types");
    at.is_sign(0, &[",", ")", "="]).then(|| slip.help(help).mend(behind(at.span(-1)), ": json"))
}

/// `fn f() -> T { return x }`
pub(super) fn fn_block(at: &At<'_>) -> Option<Slip> {
    if !at.is_sign(0, &["{"]) || !at.expects(&[Rule::P_EQ]) || !is_fn(at) {
        return None;
    }
    let slip = Slip::new("E0146", at.span(0), "a `fn` is one expression behind `=`");
    let help = "write `fn f(…) -> T = …`; what takes steps is a `flow`";
    let close = at.closer(0)?;
    let inner = at.slice(at.stretch(2, close - 1));
    if at.is_word(1, &["return"]) && !at.tokens_between(2, close).any(|word| STATEMENTS.contains(&word)) {
        return Some(slip.help(help).fix(at.stretch(0, close), format!("= {inner}")));
    }
    Some(slip.help(help).mend(at.stretch(0, close), "= null"))
}

/// `fn f(a: int) = a`
pub(super) fn fn_result(at: &At<'_>) -> Option<Slip> {
    let missing = at.expects(&[Rule::P_ARROW]) && at.is_sign(-1, &[")"]);
    if !missing || !(at.is_sign(0, &["="]) || is_fn(at) || at.kind(0) == Some(Kind::Word)) {
        return None;
    }
    let close = at.step(-1).span(0);
    let slip = Slip::new("E0158", close, "what it gives is not said");
    Some(
        slip.help("write `-> T` behind the brackets; `-> null` where it gives nothing")
            .mend(behind(close), " -> json"),
    )
}

fn is_fn(at: &At<'_>) -> bool {
    (1..=at.index).any(|back| isize::try_from(back).is_ok_and(|back| at.is_word(-back, &["fn"])))
}

/// `version 1` behind a statement
pub(super) fn setting(at: &At<'_>) -> Option<Slip> {
    let word = at.is_word(0, &["version", "limits", "defaults", "on"]);
    let key = at.is_word(0, &["key"]) && !at.is_sign(1, &["=", "."]);
    if !(word || key) || !at.expects_stmt() || at.is_sign(1, &["=", ".", "("]) {
        return None;
    }
    let message =
        format!("`{}` is a setting: it stands in front of the first statement of a workflow", at.letters(0));
    let end = (0..).find(|&offset| at.token(offset + 1).is_none() || next_stmt(at, offset + 1))?;
    let slip = Slip::new("E0147", at.span(0), message).help("move it to the head of the workflow");
    Some(slip.mend(at.stretch(0, end), ""))
}

fn next_stmt(at: &At<'_>, offset: isize) -> bool {
    at.is_first(offset) && (at.begins_stmt(offset) || at.is_sign(offset, &["}"]))
}

/// `import x from "y"`
pub(super) fn import(at: &At<'_>) -> Option<Slip> {
    let word = at.is_word(0, &["import", "from", "require", "include", "using"]);
    if !word || !at.expects_item() {
        return None;
    }
    let end = at.line_end(0);
    let slip = Slip::new("E0129", at.span(0), format!("`{}` is written `use`", at.letters(0)));
    let from = (0..=end).find(|&offset| at.kind(offset) == Some(Kind::Text));
    let part = at.letters(1);
    if from.is_none()
        && end == 1
        && at.is_word(0, &["import"])
        && matches!(part, "http" | "exec" | "ci" | "git")
    {
        let ours = format!("use \"std:{part}\"");
        return Some(slip.help(format!("write `{ours}`")).fix(at.stretch(0, 1), ours));
    }
    let Some(from) = from else {
        return Some(
            slip.help("write `use \"std:http\"`, or `use \"file.cairn\"`").mend(at.stretch(0, end), ""),
        );
    };
    let ours = format!("use {}", at.letters(from));
    Some(
        slip.help(format!("write `{ours}`; all that it declares is known then"))
            .fix(at.stretch(0, end), ours),
    )
}

/// `def f(x: int) -> int:` and `function f(x: int): int {`, where `return …` is all that it does
pub(super) fn formula(at: &At<'_>) -> Option<Slip> {
    let word = at.is_word(0, &["function", "def", "func", "fun"]);
    if !word || !at.expects_item() || at.kind(1) != Some(Kind::Word) || !at.is_sign(2, &["("]) {
        return None;
    }
    let sign = at.closer(2)? + 1;
    let last = isize::try_from(at.tokens.len().checked_sub(at.index)?).ok()? - 1;
    let body = (sign + 2..last).find(|&at_body| at.is_word(at_body + 1, &["return"]))?;
    let python = at.is_sign(body, &[":"]);
    let braces = at.is_sign(body, &["{"]) && at.closer(body) == Some(last);
    let end = if braces { last - 1 } else { last };
    let plain = !at.tokens_between(body + 2, end + 1).any(|word| STATEMENTS.contains(&word));
    if !at.is_sign(sign, &["->", ":"]) || !(python || braces) || !plain || end < body + 2 {
        return None;
    }
    let slip = Slip::new("E0116", at.span(0), format!("there is no `{}`", at.letters(0)));
    let slip = slip.help("write `fn f(…) -> T = …` for a formula").fix(at.span(0), "fn");
    let slip = if at.is_sign(sign, &[":"]) { slip.fix(at.span(sign), " ->") } else { slip };
    let rest = Span::of(at.span(end).end as usize, at.span(last).end as usize);
    let slip = slip.fix(Span::of(at.span(body - 1).end as usize, at.span(body + 1).end as usize), " =");
    Some(if braces { slip.fix(rest, "") } else { slip })
}

/// `function`, `def`
pub(super) fn function(at: &At<'_>) -> Option<Slip> {
    let word = at.is_word(0, &["function", "def", "func", "async", "proc", "sub", "fun"]);
    let ours = at.is_word(1, &["workflow", "flow", "fn"]);
    if !word || ours || !(at.expects_item() || at.expects_stmt()) || at.kind(1) != Some(Kind::Word) {
        return None;
    }
    let slip = Slip::new("E0116", at.span(0), format!("there is no `{}`", at.letters(0)));
    let help = "write `workflow` for what is started, `flow` for steps that are used in several places,\n`fn f(…) -> T = …` for a formula";
    let slip = slip.help(help);
    Some(if at.expects_item() { slip.mend(item_rest(at), "") } else { slip })
}

/// `interface X {`
pub(super) fn class(at: &At<'_>) -> Option<Slip> {
    let word = at.is_word(0, &["interface", "struct", "class", "enum", "record", "model", "message"]);
    if !word || !at.expects_item() || at.kind(1) != Some(Kind::Word) {
        return None;
    }
    let slip = Slip::new("E0136", at.span(0), format!("`{}` is written `type`", at.letters(0)));
    let help = "write `type Order = { id: string, … }`, or `type State = \"open\" | \"closed\"`";
    let plain = at.is_word(0, &["interface", "struct"]) && at.is_sign(2, &["{"]);
    let slip = slip.help(help);
    let name = at.letters(1);
    Some(if plain {
        slip.fix(at.stretch(0, 1), format!("type {name} ="))
    } else {
        slip.mend(item_rest(at), "")
    })
}

/// From the place to the end of the declaration.
fn item_rest(at: &At<'_>) -> Span {
    Span::of(at.span(0).start as usize, at.text.len())
}

/// `export workflow`, `async workflow`
pub(super) fn modifier(at: &At<'_>) -> Option<Slip> {
    if at.is_word(0, &["async"]) && at.is_word(1, &["workflow", "flow", "fn"]) {
        let slip = Slip::new("E0105", at.span(0), "there is no `async`: a step waits by itself");
        return Some(slip.help("delete `async`").fix(at.with_blanks(0), ""));
    }
    let word =
        at.is_word(0, &["export", "public", "pub", "private", "static", "default", "extern", "declare"]);
    (word && at.expects_item() && at.kind(1) == Some(Kind::Word)).then(|| {
        let message = format!("there is no `{}`: everything in a file can be used by others", at.letters(0));
        let help = format!("delete `{}`", at.letters(0));
        Slip::new("E0142", at.span(0), message).help(help).fix(at.with_blanks(0), "")
    })
}

/// A statement outside of every workflow
pub(super) fn stmt_outside(at: &At<'_>) -> Option<Slip> {
    if !at.is_word(0, &STATEMENTS) || !at.expects_item() {
        return None;
    }
    let word = at.letters(0);
    let slip = Slip::new("E0148", at.span(0), format!("`{word}` stands outside of every workflow"));
    if word == "let" && at.kind(1) == Some(Kind::Word) {
        return Some(
            slip.help("write `const` for a value that never changes, or move it into a workflow")
                .mend(at.span(0), "const"),
        );
    }
    let help = "statements stand in a body: `workflow name(…) { … }`; is a `}` above it too early?";
    Some(slip.help(help).mend(item_rest(at), ""))
}

/// `name: order`, `- step`, `{ "Comment": …`
pub(super) fn yaml(at: &At<'_>) -> Option<Slip> {
    let field = (at.kind(0) == Some(Kind::Word) || at.is_text(0)) && at.is_sign(1, &[":"]);
    if !at.expects_item() || !(field || at.is_sign(0, &["-", "{"])) {
        return None;
    }
    let slip = Slip::new("E0149", at.span(0), "this looks like YAML or JSON: a file holds declarations");
    let help = "write `workflow name(param: string) { … }`; data stands in `const name = { … }`";
    Some(slip.help(help).mend(before(at.span(0)).to(item_rest(at)), ""))
}
