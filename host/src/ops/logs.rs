//! What an instance wrote to its log.

use cairn_replay::{Entry, Seq};
use serde::{Deserialize, Serialize};

use super::{is_over, named};
use crate::{
    Error,
    host::Inner,
    run::{log_line, store},
};

/// Reads the log of an instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Logs {
    /// Whose.
    pub tenant: String,
    /// Which.
    pub id: String,
    /// Only entries of the journal from this sequence on.
    pub from: u64,
}

/// Its lines.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Logged {
    /// Oldest first.
    pub lines: Vec<LogLine>,
    /// What to ask with next time.
    pub next: u64,
    /// No more will come.
    pub over: bool,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Milliseconds since the Unix epoch.
    pub at: u64,
    /// `debug info warn error`
    pub level: String,
    /// The text.
    pub message: String,
    /// A JSON object.
    pub fields: serde_json::Value,
}

/// # Errors
/// A mistake if there is no such instance.
pub(super) fn logs(inner: &Inner, verb: &Logs) -> Result<Logged, Error> {
    let id = named(&verb.tenant, &verb.id)?;
    let head = inner.head(&id)?;
    let entries = inner.ports.journal.load(&id, Seq(verb.from)).map_err(|e| store(&e))?;
    let next = verb.from + entries.len() as u64;
    let lines = entries.into_iter().filter_map(|entry| match entry {
        Entry::Logged { at, level, message, fields, .. } => Some(log_line(at, level, &message, &fields)),
        _ => None,
    });
    Ok(Logged { lines: lines.collect(), next, over: is_over(&head.status) })
}
