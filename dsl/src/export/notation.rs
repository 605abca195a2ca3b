//! What the notations have in common: how parts are put together.

use super::form::{Form, Letters};

/// What each writes in a way of its own.
pub(super) struct Notation {
    /// The name of a rule.
    pub(super) name: fn(&str) -> String,
    /// Letters as they stand.
    pub(super) text: fn(&str) -> String,
    /// One letter of several.
    pub(super) class: fn(&Letters) -> String,
}

impl Notation {
    /// The right side of a rule.
    pub(super) fn body(&self, form: &Form) -> String {
        self.shown(form, true)
    }

    /// `loose`: no brackets are needed around alternatives.
    fn shown(&self, form: &Form, loose: bool) -> String {
        match form {
            Form::Text(text) => (self.text)(text),
            Form::OneOf(letters) => (self.class)(letters),
            Form::Rule(rule) => (self.name)(rule),
            Form::Seq { parts, .. } => {
                let parts: Vec<String> = parts.iter().map(|part| self.shown(part, false)).collect();
                parts.join(" ")
            }
            Form::Either(ways) => {
                let ways: Vec<String> = ways.iter().map(|way| self.shown(way, true)).collect();
                if loose { ways.join(" | ") } else { format!("({})", ways.join(" | ")) }
            }
            Form::Maybe(of) => self.atom(of) + "?",
            Form::Many { of, least: 0, .. } => self.atom(of) + "*",
            Form::Many { of, .. } => self.atom(of) + "+",
        }
    }

    /// What a `*` can stand behind.
    fn atom(&self, form: &Form) -> String {
        match form {
            Form::Text(_) | Form::OneOf(_) | Form::Rule(_) => self.body(form),
            _ => format!("({})", self.body(form)),
        }
    }
}

/// Between quotes.
pub(super) fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}
