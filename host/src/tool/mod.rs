//! What a step calls. A tool is bound under a name and granted with limits; nothing is allowed by itself.

mod grant;

pub use grant::{Allow, BadGrant, Grant};

use std::{future::Future, pin::Pin, time::Duration};

use crate::ops::FailureView;

/// One attempt at a step, ready to go out.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The tool's name in the code: `payments`.
    pub tool: String,
    /// Its operation: `charge`.
    pub operation: String,
    /// A JSON object.
    pub arguments: serde_json::Value,
    /// The same for every attempt at this step: `tenant/instance/key`.
    pub idempotency_key: String,
    /// It changes nothing: no idempotency key is sent.
    pub readonly: bool,
    /// Declared kinds of failure, and the HTTP status that means each.
    pub fails: Vec<(String, Option<u16>)>,
    /// What is left for this attempt. The tool stops its work by then and fails with `timeout`.
    pub timeout: Duration,
}

/// The answer of an attempt.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<serde_json::Value, FailureView>> + Send + 'a>>;

/// Something that a step can call. Dropping the future stops the work (kills the command, closes the connection).
pub trait Tool: Send + Sync {
    /// Makes one attempt.
    fn call(&self, attempt: Attempt) -> Answer<'_>;
}
