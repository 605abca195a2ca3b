//! Failures as values: what `fail`, an overflow or a step gives, until a `catch` takes it or the run ends with it.

use alloc::string::String;

use crate::table::Table;
use crate::value::{self, NULL, V, keep};

/// How something failed; the same three parts as in the world's `failure`.
pub struct Failure {
    /// A declared or built-in kind.
    pub kind: &'static str,
    /// For people.
    pub message: &'static str,
    /// Null or a record.
    pub detail: V,
}

/// What a function that may fail gives: one word, since values are never freed.
pub type Fault = &'static Failure;

impl Failure {
    /// A failure without detail.
    pub fn plain(kind: &'static str, message: &'static str) -> Fault {
        keep(Self { kind, message, detail: &NULL })
    }

    /// Data that is not of the type that it should be of.
    pub fn bad_data(path: String, expected: String, found: String) -> Fault {
        let mut message = String::from("expected ");
        message.push_str(&expected);
        if !path.is_empty() {
            message.push_str(" at ");
            message.push_str(&path);
        }
        message.push_str(", found ");
        message.push_str(&found);
        let mut detail = Table::new(3);
        detail.put("path", value::text(path));
        detail.put("expected", value::text(expected));
        detail.put("found", value::text(found));
        keep(Self { kind: "bad_data", message: message.leak(), detail: value::record(detail) })
    }

    /// As `catch … as e` binds it: kind, message and the detail's fields.
    pub fn to_value(&self) -> V {
        let mut table = Table::new(4);
        match self.detail.as_record() {
            Some(detail) => detail.entries().iter().for_each(|e| table.put(e.name, e.value)),
            None if self.detail.is_null() => {}
            None => table.put("detail", self.detail),
        }
        table.put("kind", value::text_of(self.kind));
        table.put("message", value::text_of(self.message));
        table.origin = Some(self.detail);
        value::record(table)
    }

    /// What [`Failure::to_value`] was made of.
    pub fn from_value(of: V) -> Fault {
        let Some(table) = of.as_record() else {
            return Self::plain("tool_failed", "");
        };
        keep(Self {
            kind: table.get_or_null("kind").as_text(),
            message: table.get_or_null("message").as_text(),
            detail: table.origin.unwrap_or_else(|| rest(table)),
        })
    }

    /// A `catch` that lists `kind` takes it.
    pub fn is_a(&self, kind: &str) -> bool {
        self.kind == kind || (kind == "http_4xx" && self.kind == "http_429")
    }

    /// Nothing nests deeper than [`crate::MAX_DEPTH`]: other programs that read the JSON have such bounds too.
    pub fn too_deep() -> Fault {
        Self::plain("limit", "a value is nested more than 120 levels deep")
    }
}

/// The detail of a failure that went through JSON, as to a block: what is neither kind nor message.
fn rest(table: &Table) -> V {
    let mut detail = Table::new(table.entries().len());
    for entry in table.entries().iter().filter(|entry| !matches!(entry.name, "kind" | "message")) {
        detail.put(entry.name, entry.value);
    }
    if detail.entries().is_empty() { &NULL } else { value::record(detail) }
}
