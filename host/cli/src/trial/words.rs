//! What is recorded, in words; values as the language writes them.

use cairn_compiler::Type;
use cairn_host::{
    journal::InstanceId,
    ops::{FailureView, OutcomeView},
    replay::{Entry, Outcome},
};
use serde_json::Value;

/// An entry, as it is called where a crash behind it did harm.
pub(super) fn entry(id: &InstanceId, entry: &Entry) -> String {
    let what = match entry {
        Entry::Began(_) => "the start".to_owned(),
        Entry::Asked { key, .. } => format!("the request for `{}`", key.0),
        Entry::Tried { key, attempt, .. } => format!("attempt {attempt} at `{}`", key.0),
        Entry::Ended { key, .. } => format!("the end of `{}`", key.0),
        Entry::Noted { key, .. } => format!("the reading `{}`", key.0),
        Entry::Logged { message, .. } => format!("the line {message:?} of the log"),
        Entry::CancelAsked { .. } => "the wish to cancel".to_owned(),
        Entry::Finished { .. } => "the outcome".to_owned(),
        Entry::Moved { .. } => "the move to other code".to_owned(),
        Entry::Exposed { .. } => "what was exposed".to_owned(),
        Entry::Acted { by, .. } => format!("what {by} did to it"),
        Entry::Sent { key, attempt, .. } => {
            format!("that attempt {attempt} at `{}` is about to leave", key.0)
        }
        Entry::ScopeCancelled { key, .. } => format!("the wish to cancel `{}`", key.0),
    };
    format!("{what} (run `{}`)", id.instance)
}

/// An outcome as it is shown elsewhere.
pub(super) fn outcome(outcome: &Outcome) -> OutcomeView {
    let json = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    match outcome {
        Ok(value) => OutcomeView::Result(json(&value.0)),
        Err(failure) => OutcomeView::Failure(FailureView {
            kind: failure.kind.clone(),
            message: failure.message.clone(),
            detail: json(&failure.detail.0),
        }),
    }
}

/// How a run ended, in words.
pub(super) fn ended(outcome: &OutcomeView) -> String {
    match outcome {
        OutcomeView::Result(value) => format!("the run ended well, with {}", shortened(&value.to_string())),
        OutcomeView::Failure(failure) => {
            format!("the run failed with `{}`: {}", failure.kind, failure.message)
        }
    }
}

/// A value of a type, as the language writes it where that is clearer than JSON.
pub(super) fn value(value: &Value, ty: &Type) -> String {
    match (value.as_i64(), ty) {
        (Some(millis), Type::Duration) => span(millis),
        _ => shortened(&value.to_string()),
    }
}

/// Longer values are cut.
const LONGEST: usize = 160;

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    format!("{} …", text.chars().take(LONGEST).collect::<String>())
}

/// A duration as a literal: `1h30m`.
pub(crate) fn span(millis: i64) -> String {
    const UNITS: [(u64, &str); 5] =
        [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];
    let mut left = millis.unsigned_abs();
    let mut text = String::new();
    for (unit, name) in UNITS {
        if left >= unit {
            text.push_str(&format!("{}{name}", left / unit));
            left %= unit;
        }
    }
    let sign = if millis < 0 { "-" } else { "" };
    if text.is_empty() { "0s".to_owned() } else { format!("{sign}{text}") }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn a_duration_is_written_as_its_literal() {
        let written = [0, 1_500, 5_400_000, 1_209_600_000, -1].map(span);
        assert_eq!(written, ["0s", "1s500ms", "1h30m", "14d", "-1ms"]);
    }
}
