//! Lark, as its `docs/grammar.md` has it.

use std::fmt::Write;

use super::form::Form;
use super::gbnf::class;

/// One rule a line. Letters are terminals of their own, so that the parser decides where a word ends.
pub(super) fn print(rules: &[(String, Form)]) -> String {
    let mut text = String::from(
        "// The Cairn language, made of its grammar. Words are told apart by a blank, as `cairn fmt` does.\n",
    );
    for (rule, form) in rules {
        let _ = writeln!(text, "{}: {}", name(rule), shown(form, true));
    }
    text
}

fn name(rule: &str) -> String {
    match rule.strip_suffix('_') {
        Some(word) => format!("{word}_phrase"),
        None => rule.to_ascii_lowercase(),
    }
}

/// `loose`: no brackets are needed around alternatives.
fn shown(form: &Form, loose: bool) -> String {
    match form {
        Form::Text(text) if text.is_empty() => String::new(),
        Form::Text(text) => quoted(text),
        Form::OneOf(letters) => format!("/{}/", class(letters).replace('/', "\\/")),
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
