//! An event to an instance.

use serde::{Deserialize, Serialize};

/// Sends an event to an instance, also to one that does not exist yet where `early` says so.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Send {
    /// Whose.
    pub tenant: String,
    /// To which.
    pub id: String,
    /// The event's name.
    pub event: String,
    /// Its fields: a JSON object.
    pub data: serde_json::Value,
    /// The sender's id: a second one is the same message.
    pub message: Option<String>,
    /// Keep it for an instance that is not there yet.
    pub early: bool,
}

/// It is on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sent {
    /// Its id.
    pub message: String,
    /// One with this id had come before; nothing changed.
    pub duplicate: bool,
}
