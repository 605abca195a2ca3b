//! GBNF, as llama.cpp's `grammars/README.md` has it.

use std::fmt::Write;

use super::form::{Form, Letters};

/// One rule a line.
pub(super) fn print(rules: &[(String, Form)]) -> String {
    let mut text = String::from(
        "# The Cairn language, made of its grammar. Words are told apart by a blank, as `cairn fmt` does.\n",
    );
    for (rule, form) in rules {
        let _ = writeln!(text, "{} ::= {}", name(rule), shown(form, true));
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

/// `loose`: no brackets are needed around alternatives.
fn shown(form: &Form, loose: bool) -> String {
    match form {
        Form::Text(text) => quoted(text),
        Form::OneOf(letters) => class(letters),
        Form::Rule(rule) => name(rule),
        Form::Seq { parts, .. } => {
            let parts: Vec<String> = parts.iter().map(|part| shown(part, false)).collect();
            parts.join(" ")
        }
        Form::Either(ways) => {
            let ways: Vec<String> = ways.iter().map(|way| shown(way, true)).collect();
            if loose { ways.join(" | ") } else { format!("({})", ways.join(" | ")) }
        }
        Form::Maybe(of) => atom(of) + "?",
        Form::Many { of, least: 0, .. } => atom(of) + "*",
        Form::Many { of, .. } => atom(of) + "+",
    }
}

/// What a `*` can stand behind.
fn atom(form: &Form) -> String {
    match form {
        Form::Text(_) | Form::OneOf(_) | Form::Rule(_) => shown(form, true),
        _ => format!("({})", shown(form, true)),
    }
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
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
