//! Whether the store still takes writes.

use std::sync::OnceLock;

use crate::StoreError;

/// Open until the first write fails.
#[derive(Debug, Default)]
pub(super) struct Gate(OnceLock<String>);

impl Gate {
    /// After a failed write nobody knows what is on disk: from here on nothing is taken.
    pub(super) fn close(&self, cause: &StoreError) {
        let text = match cause {
            StoreError::Closed(first) => first.clone(),
            other => other.to_string(),
        };
        if self.0.set(text).is_ok() {
            tracing::error!(%cause, "the journal is closed for writing");
        }
    }

    pub(super) fn check(&self) -> Result<(), StoreError> {
        match self.0.get() {
            None => Ok(()),
            Some(cause) => Err(StoreError::Closed(cause.clone())),
        }
    }

    /// For whoever got no answer: the thread that writes is gone.
    pub(super) fn gone(&self) -> StoreError {
        let cause = self.0.get().cloned();
        StoreError::Closed(cause.unwrap_or_else(|| "the thread that writes has ended".into()))
    }
}
