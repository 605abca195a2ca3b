//! The tool of the runs under load.

use std::{sync::Arc, time::Duration};

use cairn_host::{
    ops::FailureView,
    port::Tools,
    tool::{Answer, Attempt, Grant, Tool},
};
use serde_json::Value;

use crate::say;

/// Says that it was called, takes its time, and gives seven times what it was given.
pub(crate) struct Telling;

impl Tool for Telling {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        say(&format!("left {}", attempt.idempotency_key));
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let n = attempt.arguments.get("n").and_then(Value::as_i64).unwrap_or_default();
            Ok(Value::from(n * 7))
        })
    }
}

/// Must not be called: everything is recorded.
pub(crate) struct Nobody;

impl Tool for Nobody {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        let key = attempt.idempotency_key;
        Box::pin(async move {
            let message = format!("`{key}` was recorded and is asked for again");
            Err(FailureView { kind: "asked_again".to_owned(), message, detail: Value::Null }.into())
        })
    }
}

/// One tool for every name.
pub(crate) struct One<T>(pub(crate) Arc<T>);

impl<T: Tool + Send + Sync + 'static> Tools for One<T> {
    fn resolve(&self, _: &str, _: Option<&str>, _: &Grant) -> Result<Arc<dyn Tool>, FailureView> {
        Ok(Arc::clone(&self.0) as Arc<dyn Tool>)
    }
}
