//! What a step calls. A tool is bound under a name and granted with limits; nothing is allowed by itself.

mod binding;
mod ci;
mod component;
mod exec;
mod failure;
mod grant;
mod http;
mod mcp;
mod secret;
#[cfg(test)]
mod tests;

pub use binding::{resolve, resolve_in};
pub(crate) use component::{Bound, Kit, ToolCode, known_imports};
pub use failure::Failed;
pub use grant::{Allow, BadGrant, Grant};
pub(crate) use http::{Egress, is_public, that_may_reach};
pub(crate) use secret::fill;

use std::{future::Future, pin::Pin, time::Duration};

use crate::RouteMeta;

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
    /// How it becomes a request, if the code says.
    pub route: Option<RouteMeta>,
    /// Declared kinds of failure, and the HTTP status that means each.
    pub fails: Vec<(String, Option<u16>)>,
    /// What is left for this attempt, connecting and reading included. Then the tool fails with `timeout`, [`Failed::Unclear`] unless it
    /// is sure that nothing left; a command that is told to end may take [`GRACE`] more.
    pub timeout: Duration,
}

/// What a command is given to end by itself after it was told to, before it is killed.
pub const GRACE: Duration = Duration::from_secs(2);

/// The answer of an attempt.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<serde_json::Value, Failed>> + Send + 'a>>;

/// Something that a step can call. Dropping the future stops the work (kills the command, closes the connection).
pub trait Tool: Send + Sync {
    /// Makes one attempt.
    fn call(&self, attempt: Attempt) -> Answer<'_>;
}
