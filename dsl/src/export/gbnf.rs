//! GBNF, as llama.cpp's `grammars/README.md` has it.

use std::fmt::Write;

use super::form::{Form, Letters};
use super::notation::{Notation, quoted};

const NOTATION: Notation = Notation { name, text: quoted, class };

/// One rule a line.
pub(super) fn print(rules: &[(String, Form)]) -> String {
    let mut text = String::from(
        "# The Cairn language, made of its grammar. Words are told apart by a blank, as `cairn fmt` does.\n",
    );
    for (rule, form) in rules {
        let _ = writeln!(text, "{} ::= {}", name(rule), NOTATION.body(form));
    }
    text
}

/// Names have letters, digits and `-`.
fn name(rule: &str) -> String {
    match rule.strip_suffix('_') {
        Some(word) => format!("{}-phrase", word.replace('_', "-")),
        None => rule.to_ascii_lowercase().replace('_', "-"),
    }
}

/// `[a-z]`, `[^"]`.
pub(super) fn class(letters: &Letters) -> String {
    let mut inner = String::new();
    for &(from, to) in &letters.ranges {
        inner.push_str(&letter(from));
        if from != to {
            inner.push('-');
            inner.push_str(&letter(to));
        }
    }
    // A letter at all: all but one that no text has.
    if inner.is_empty() {
        inner.push_str("\\x00");
    }
    format!("[{}{inner}]", if letters.but { "^" } else { "" })
}

fn letter(letter: char) -> String {
    match letter {
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        '\r' => "\\r".to_owned(),
        '\\' | ']' | '[' | '"' => format!("\\{letter}"),
        // These have a meaning in brackets and no escape of their own in GBNF.
        '^' | '-' => format!("\\x{:02X}", u32::from(letter)),
        _ => letter.to_string(),
    }
}
