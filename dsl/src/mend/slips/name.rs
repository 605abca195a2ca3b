//! Reserved words where a name is meant.

use super::super::at::{At, RESERVED};
use super::super::slip::{Slip, behind};
use crate::grammar::Rule;

/// `let match = …`
pub(super) fn reserved(at: &At<'_>) -> Option<Slip> {
    let rules = [
        Rule::ident,
        Rule::binder,
        Rule::name,
        Rule::path,
        Rule::callee,
        Rule::for_head,
        Rule::loop_name,
        Rule::event_pat,
    ];
    let named = [
        "let", "var", "set", "as", "for", "workflow", "flow", "fn", "type", "const", "tool", "event", "error",
    ];
    if !at.is_word(0, &RESERVED) || !at.expects(&rules) || !at.is_word(-1, &named) {
        return None;
    }
    let word = at.letters(0);
    let slip = Slip::new(
        "E0128",
        at.span(0),
        format!("`{word}` is a word of the language and cannot be a name here"),
    );
    let help = format!("choose another name, such as `{word}_`; as a field or an argument, `{word}` is free");
    Some(slip.help(help).mend(behind(at.span(0)), "_"))
}
