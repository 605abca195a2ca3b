//! What an instance wrote to its log.

use serde::{Deserialize, Serialize};

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
