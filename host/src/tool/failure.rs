//! Failures of attempts: kind, message for people, detail for code.

use serde_json::Value;

use crate::ops::FailureView;

/// A failure without detail.
pub(super) fn failure(kind: &str, message: impl Into<String>) -> FailureView {
    failure_with(kind, message, Value::Null)
}

/// A failure whose detail code can read.
pub(super) fn failure_with(kind: &str, message: impl Into<String>, detail: Value) -> FailureView {
    FailureView { kind: kind.to_owned(), message: message.into(), detail }
}
