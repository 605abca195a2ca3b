//! Bodies of answers as values.

use serde_json::Value;

use super::exchange::Incoming;

/// JSON where it is JSON, null where it is empty, else a text.
pub(super) fn any(body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(body).unwrap_or_else(|_| text(body))
}

/// The same, but what the server calls `text/…` stays a text, even where it could be read as JSON (`42`).
pub(super) fn declared(answer: &Incoming) -> Value {
    let kind = answer.headers.get("content-type").map(String::as_str).unwrap_or_default();
    if kind.trim_start().to_ascii_lowercase().starts_with("text/") && !answer.body.is_empty() {
        return text(&answer.body);
    }
    any(&answer.body)
}

fn text(body: &[u8]) -> Value {
    Value::String(String::from_utf8_lossy(body).into_owned())
}
