//! Failures of attempts: kind, message for people, detail for code; and whether anybody can know what came of the attempt.

use serde_json::Value;

use crate::ops::FailureView;

/// Why an attempt gave no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// All that there is to know is known: it surely did not leave, or the other side has answered.
    Known(FailureView),
    /// It may have left, and nobody can know whether it was carried out, or still is.
    Unclear(FailureView),
}

impl Failed {
    /// How it failed.
    #[must_use]
    pub fn view(&self) -> &FailureView {
        match self {
            Self::Known(view) | Self::Unclear(view) => view,
        }
    }

    /// The same, told in another way.
    pub(crate) fn map(self, tell: impl FnOnce(FailureView) -> FailureView) -> Self {
        match self {
            Self::Known(view) => Self::Known(tell(view)),
            Self::Unclear(view) => Self::Unclear(tell(view)),
        }
    }
}

/// What is found out before anything leaves, or is told by the other side.
impl From<FailureView> for Failed {
    fn from(view: FailureView) -> Self {
        Self::Known(view)
    }
}

impl From<Failed> for FailureView {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Known(view) | Failed::Unclear(view) => view,
        }
    }
}

/// A failure without detail.
pub(super) fn failure(kind: &str, message: impl Into<String>) -> FailureView {
    failure_with(kind, message, Value::Null)
}

/// A failure whose detail code can read.
pub(super) fn failure_with(kind: &str, message: impl Into<String>, detail: Value) -> FailureView {
    FailureView { kind: kind.to_owned(), message: message.into(), detail }
}
