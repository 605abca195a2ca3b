//! A step's name in the journal, where somebody guesses how it is given: it is the name of its `let`, and nothing else.

use super::super::at::At;
use super::super::slip::{Slip, before};
use crate::scan::Kind;
use crate::tree::Span;

/// Words that other languages put a name behind.
const NAMING: [&str; 8] = ["as", "key", "name", "named", "id", "label", "called", "step"];

/// `call t.a(…) as "charge"`, `call t.a(…) key charge`
pub(super) fn behind(at: &At<'_>) -> Option<Slip> {
    let named = at.is_word(0, &NAMING) && !at.is_first(0) && !at.is_first(1);
    if !named || !at.is_sign(-1, &[")", "}"]) || !(at.is_text(1) || at.kind(1) == Some(Kind::Word)) {
        return None;
    }
    let start = at.stmt_start()?;
    let step = at.step(start);
    let written = at.stretch(0, 1);
    let with_blank = Span { start: at.span(-1).end, end: written.end };
    let slip = Slip::new("E0159", written, "a step is named by its `let`, and by nothing else");
    if step.is_word(0, &["let", "var"]) {
        let name = step.letters(1);
        let help =
            format!("this one is called `{name}`, in the journal too: give that name, or leave it at that");
        return Some(slip.help(help).mend(written, ""));
    }
    let Some(name) = name(at.letters(1)).filter(|_| step.is_word(0, &["call", "do", "run", "spawn", "ask"]))
    else {
        return Some(slip.help("write `let charge = call …`: letters, digits and `_`").mend(written, ""));
    };
    let help = format!("write `let {name} = {} …`: the name is its key in the journal", step.letters(0));
    Some(slip.help(help).fix(before(step.span(0)), format!("let {name} = ")).fix(with_blank, ""))
}

/// `step "charge" { … }`, `step charge = call …`, `charge: call …`, `let "charge" = call …`
pub(super) fn in_front(at: &At<'_>) -> Option<Slip> {
    const KEY: &str = "the name is its key in the journal";
    if at.is_text(0) && at.is_word(-1, &["let", "var"]) && at.is_sign(1, &["="]) {
        let slip = Slip::new("E0159", at.span(0), "a name stands without quotes");
        return Some(match name(at.letters(0)) {
            Some(name) => slip.help(format!("write `let {name} = …`")).fix(at.span(0), name),
            None => slip
                .help(format!("write `let charge = …`, with letters, digits and `_`: {KEY}"))
                .mend(at.span(0), "_named"),
        });
    }
    if !at.expects_stmt() || at.kind(0) != Some(Kind::Word) {
        return None;
    }
    if at.is_sign(1, &[":"])
        && !at.is_first(1)
        && at.is_word(2, &["call", "do", "run", "spawn", "wait", "ask"])
    {
        let name = at.letters(0);
        let slip = Slip::new("E0159", at.stretch(0, 1), "a step is named by its `let`");
        let help = format!("write `let {name} = {} …`: {KEY}", at.letters(2));
        return Some(slip.help(help).fix(at.stretch(0, 1), format!("let {name} =")));
    }
    let word = at.is_word(0, &["step", "task", "activity", "checkpoint"]) && !at.is_first(1);
    if !word || !(at.is_text(1) || at.kind(1) == Some(Kind::Word)) {
        return None;
    }
    let slip = Slip::new(
        "E0159",
        at.span(0),
        format!("there is no `{}`: whatever a tool does is a step", at.letters(0)),
    );
    if at.is_sign(2, &["="]) && at.kind(1) == Some(Kind::Word) {
        return Some(
            slip.help(format!("write `let {} = call …`: {KEY}", at.letters(1))).fix(at.span(0), "let"),
        );
    }
    Some(slip.help(format!("write `let charge = call tool.operation(…)`: {KEY}")))
}

/// What stands between quotes, or a word, if it can be a name.
fn name(written: &str) -> Option<String> {
    let bare = written.trim_matches('"').replace([' ', '-', '.'], "_");
    let fine = bare.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && bare.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let free = fine && crate::parse(&format!("const {bare} = 1")).diagnostics.is_empty();
    free.then_some(bare)
}
