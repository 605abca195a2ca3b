//! All about one instance.

use serde::{Deserialize, Serialize};

use super::{FailureView, InstanceView, OutcomeView};
use crate::tool::Grant;

/// Shows one instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Show {
    /// Whose.
    pub tenant: String,
    /// Which.
    pub id: String,
}

/// All about it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// As in a list.
    pub instance: InstanceView,
    /// What it was started with.
    pub input: serde_json::Value,
    /// What it may do.
    pub grant: Grant,
    /// Its journal, an entry a line.
    pub timeline: Vec<Line>,
    /// How it ended, if it has.
    pub outcome: Option<OutcomeView>,
    /// Messages that nobody has taken.
    pub inbox: Vec<MessageView>,
    /// The source file that its places speak of, if the component says.
    pub source: Option<String>,
}

/// An entry of the journal as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its place, from 0.
    pub seq: u64,
    /// Milliseconds since the Unix epoch.
    pub at: u64,
    /// `began asked tried ended noted logged cancel moved finished`
    pub entry: String,
    /// The key of the operation, where it has one.
    pub key: Option<String>,
    /// What was asked, noted or logged, in words: `call payments.charge`, `sleep 3s`, `wait order_cancelled`.
    pub what: String,
    /// Arguments, value, fields.
    pub data: Option<serde_json::Value>,
    /// Line and column in the source, from 1.
    pub place: Option<(u32, u32)>,
    /// Which attempt, of `tried` and of the `ended` of a call.
    pub attempt: Option<u32>,
    /// Of `ended`: milliseconds since it was asked.
    pub took: Option<u64>,
    /// Of `tried` and `ended`: the failure, if it was one.
    pub failure: Option<FailureView>,
}

/// A message that nobody has taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// For deduplication.
    pub id: String,
    /// The event's name.
    pub event: String,
    /// Its fields.
    pub data: serde_json::Value,
    /// When it was accepted: milliseconds since the Unix epoch.
    pub at: u64,
}
