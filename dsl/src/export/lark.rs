//! Lark, as its `docs/grammar.md` has it.

use std::fmt::Write;

use super::form::{Form, Letters};
use super::gbnf;
use super::notation::{Notation, quoted};

const NOTATION: Notation = Notation { name, text, class };

/// One rule a line. Letters are terminals of their own, so that the parser decides where a word ends.
pub(super) fn print(rules: &[(String, Form)]) -> String {
    let mut text = String::from(
        "// The Cairn language, made of its grammar. Words are told apart by a blank, as `cairn fmt` does.\n",
    );
    for (rule, form) in rules {
        let _ = writeln!(text, "{}: {}", name(rule), NOTATION.body(form));
    }
    text
}

fn name(rule: &str) -> String {
    match rule.strip_suffix('_') {
        Some(word) => format!("{word}_phrase"),
        None => rule.to_ascii_lowercase(),
    }
}

/// Nothing at all is written as nothing.
fn text(text: &str) -> String {
    if text.is_empty() { String::new() } else { quoted(text) }
}

/// As in a regular expression.
fn class(letters: &Letters) -> String {
    format!("/{}/", gbnf::class(letters).replace('/', "\\/"))
}
