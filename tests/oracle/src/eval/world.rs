//! What a run meets.

use serde_json::Value as Json;

use super::value::Failure;

/// Answers of tools: the same whenever the same is asked, however often.
pub type Answers = fn(operation: &str, arguments: &Json, attempt: u32) -> Result<Json, Failure>;

/// An event that was sent before the run began.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Its fields.
    pub data: Json,
}

/// An attempt at a step, undos included.
#[derive(Clone, Debug, PartialEq)]
pub struct Called {
    /// The operation's key.
    pub key: String,
    /// `payments.charge`
    pub operation: String,
    /// What it was asked with.
    pub arguments: Json,
}

/// The surroundings of one run.
#[derive(Clone, Debug)]
pub struct World {
    /// Answers of tools.
    pub answers: Answers,
    /// Not taken yet, oldest first.
    pub events: Vec<Event>,
    /// The clock: milliseconds since the Unix epoch.
    pub now: i64,
    /// All attempts, in order.
    pub called: Vec<Called>,
    /// Keys of all durable operations, in the order in which they were asked for.
    pub keys: Vec<String>,
    /// It was left to chance what it came to.
    pub undetermined: bool,
    /// Calls of several had no order between them.
    pub unordered: bool,
    /// Had one of several failed, what the others did would have been left to chance.
    pub racing: bool,
}

impl World {
    /// Where nothing has happened yet.
    #[must_use]
    pub fn new(answers: Answers, events: Vec<Event>) -> Self {
        let now = 1_767_225_600_000;
        Self {
            answers,
            events,
            now,
            called: Vec::new(),
            keys: Vec::new(),
            undetermined: false,
            unordered: false,
            racing: false,
        }
    }

    /// A durable operation is asked for; gives its key as the host knows it.
    pub(super) fn ask(&mut self, key: &str) -> String {
        let mut name = key.to_owned();
        let mut number = 2;
        while self.keys.contains(&name) {
            name = format!("{key}#{number}");
            number += 1;
        }
        self.keys.push(name.clone());
        name
    }
}
