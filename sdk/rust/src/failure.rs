//! What goes wrong in a way that a workflow can answer.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::world::cairn::workflow::types;

/// Why something did not succeed. `?` makes one of every error, of the kind `failed`.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// What sort, for those who decide by it: `timeout`, `cancelled`, `card_declined` …
    pub kind: String,
    /// In words.
    pub message: String,
    /// More, for programs; or null.
    pub detail: Value,
}

impl Failure {
    /// Of this kind, with this message.
    pub fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind: kind.into(), message: message.into(), detail: Value::Null }
    }

    /// With more for programs.
    #[must_use]
    pub fn detail(self, detail: Value) -> Self {
        Self { detail, ..self }
    }

    /// Is it of this kind?
    pub fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new("failed", error.to_string())
    }
}

pub(crate) fn of_world(failure: types::Failure) -> Failure {
    let detail = serde_json::from_str(&failure.detail).unwrap_or_default();
    Failure { kind: failure.kind, message: failure.message, detail }
}

impl From<Failure> for types::Failure {
    fn from(failure: Failure) -> Self {
        Self { kind: failure.kind, message: failure.message, detail: failure.detail.to_string() }
    }
}

/// # Errors
/// `bad_data`: it is something else than the code wants.
pub(crate) fn read<T: DeserializeOwned>(json: &str, what: &str) -> Result<T, Failure> {
    serde_json::from_str(json).map_err(|e| Failure::new("bad_data", format!("{what} is not as wanted: {e}")))
}

/// # Errors
/// `bad_data`: it cannot be written.
pub(crate) fn write(value: &impl Serialize, what: &str) -> Result<String, Failure> {
    serde_json::to_string(value)
        .map_err(|e| Failure::new("bad_data", format!("{what} cannot be written as JSON: {e}")))
}
