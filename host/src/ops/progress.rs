//! What happens, as it happens: for a terminal, not for the record. The record is the journal.

use serde::{Deserialize, Serialize};

use super::{FailureView, LogLine, OutcomeView};

/// Something happened in an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// Whose.
    pub tenant: String,
    /// In which.
    pub id: String,
    /// What.
    pub progress: Progress,
}

/// What happened. Replayed operations do not show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Progress {
    /// It was loaded; `replayed` recorded operations answer from the journal.
    Loaded {
        /// How many.
        replayed: u64,
    },
    /// An attempt at a step goes out.
    Step {
        /// Of the step.
        key: String,
        /// The tool and operation.
        what: String,
        /// From 1.
        attempt: u32,
    },
    /// It failed and will be tried again.
    Tried {
        /// Of the step.
        key: String,
        /// Which attempt failed.
        attempt: u32,
        /// How.
        failure: FailureView,
        /// When the next is due: milliseconds since the Unix epoch.
        again: u64,
    },
    /// Nobody can know whether an attempt at a step was carried out: it waits for a person to decide.
    Unclear {
        /// Of the step.
        key: String,
        /// What it is: `call payments.charge`.
        what: String,
        /// What is known.
        message: String,
    },
    /// An operation ended.
    Ended {
        /// Of the operation.
        key: String,
        /// What it was: `call payments.charge`, `sleep`, `wait order_cancelled`, `undo payments.refund`.
        what: String,
        /// The last attempt's number; 0 where there are none.
        attempt: u32,
        /// Milliseconds since it was asked.
        took: u64,
        /// How.
        outcome: OutcomeView,
    },
    /// It was unloaded and waits.
    Waiting {
        /// Until when at the latest: milliseconds since the Unix epoch.
        until: Option<u64>,
        /// For which events.
        events: Vec<String>,
        /// For what else: see [`State::Waiting`](super::State::Waiting).
        on: Vec<String>,
        /// Keys of what it waits for.
        keys: Vec<String>,
    },
    /// An operator paused it, and what was out has come back.
    Paused,
    /// A person is asked.
    Asks {
        /// Of the question.
        key: String,
        /// Whom.
        whom: String,
        /// What about, in a line.
        title: String,
        /// What can be answered; empty: anything.
        choices: Vec<String>,
    },
    /// A person was reminded of a question.
    Reminded {
        /// Of the question.
        key: String,
        /// Whom.
        whom: String,
        /// What about, in a line.
        title: String,
    },
    /// It shows where it stands.
    Exposed {
        /// Any JSON value.
        status: serde_json::Value,
    },
    /// Its next run has begun.
    Restarted {
        /// How often it had restarted before, this time included.
        run: u32,
    },
    /// A line of its log.
    Logged(LogLine),
    /// The run is over.
    Finished {
        /// How.
        outcome: OutcomeView,
    },
    /// Replay and journal disagree; the whole message.
    Diverged {
        /// In four parts.
        message: String,
    },
    /// What was to start a run by itself did not: the update's `id` is the workflow's name.
    Refused {
        /// Why.
        why: String,
    },
    /// The host could not go on with it (not its fault): it stays as it is on disk.
    Stopped {
        /// Why.
        message: String,
    },
}
