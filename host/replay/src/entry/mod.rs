//! The stones: what an instance's journal consists of. Plain data; `cairn-journal` gives it its binary form.

mod command;
mod text;

use std::{borrow::Borrow, collections::BTreeMap};

pub use command::{Backoff, Cached, Command, Options, Request, Retry, Subscription, Unclear};
pub use text::Text;

/// Milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub u64);

/// Milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub u64);

/// The place of an entry in its journal: dense, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

/// Names a durable operation within its instance; unique there, the host's `#2` included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub String);

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Key {
    /// As this block's guest calls it, in full: behind the block's own key. As it is, outside of blocks.
    #[must_use]
    pub fn within(scope: Option<&Self>, key: &str) -> Self {
        Self(scope.map_or_else(|| key.to_owned(), |scope| format!("{}/{key}", scope.0)))
    }
}

/// A JSON text, kept as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Json(pub Text);

/// How something failed: a declared error or one of the built-in kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The kind, such as `timeout` or `card_declined`.
    pub kind: String,
    /// For people.
    pub message: String,
    /// `null`, or the fields that the kind declares.
    pub detail: Json,
}

/// How an operation or a whole run ended.
pub type Outcome = Result<Json, Failure>;

/// One entry of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Always the first, and only there.
    Began(Began),
    /// The code asked for something durable under a key that it had not used before.
    Asked {
        /// Under which key.
        key: Key,
        /// When.
        at: Instant,
        /// For what.
        command: Command,
    },
    /// An attempt at a step failed and there will be another; for people, and so that a delay survives a crash.
    Tried {
        /// Of which step.
        key: Key,
        /// When.
        at: Instant,
        /// Which attempt it was, from 1.
        attempt: u32,
        /// How it failed.
        failure: Failure,
        /// When the next one is due.
        again: Instant,
    },
    /// What was asked for under this key is done; never more than once for a key.
    Ended {
        /// Which.
        key: Key,
        /// When.
        at: Instant,
        /// How.
        outcome: Outcome,
    },
    /// A value of the world was read: recorded, so that a replay sees the same.
    Noted {
        /// Under which key.
        key: Key,
        /// When.
        at: Instant,
        /// What.
        note: Note,
    },
    /// A line of the instance's log, written once.
    Logged {
        /// In which block; lines are counted for each by itself.
        scope: Option<Key>,
        /// When.
        at: Instant,
        /// How loud.
        level: Level,
        /// The text.
        message: String,
        /// A JSON object.
        fields: Json,
    },
    /// Somebody wants it to stop; from here on every operation but an unwinding fails with `cancelled`.
    CancelAsked {
        /// When.
        at: Instant,
        /// Who.
        by: String,
        /// Why; may be empty.
        why: String,
    },
    /// From here on it runs other code, after a replay with that code had agreed with everything above.
    Moved {
        /// When.
        at: Instant,
        /// The new component.
        digest: String,
        /// Who did it.
        by: String,
    },
    /// What a status query shows from here on, written once like a line of the log.
    Exposed {
        /// In which block; they are counted for each by itself.
        scope: Option<Key>,
        /// When.
        at: Instant,
        /// Any JSON value.
        status: Json,
    },
    /// The code gave a block up: from here on every operation in it but an unwinding fails with `cancelled`.
    ScopeCancelled {
        /// The block's.
        key: Key,
        /// When.
        at: Instant,
    },
    /// An operator did something to this instance. No code asks for it, and none sees it.
    Acted {
        /// When.
        at: Instant,
        /// Who.
        by: String,
        /// Why; may be empty.
        why: String,
        /// What.
        act: Act,
    },
    /// An attempt at a step is about to leave: written only where it matters whether one that was cut off had left.
    Sent {
        /// Of which step.
        key: Key,
        /// When.
        at: Instant,
        /// Which attempt, from 1.
        attempt: u32,
    },
    /// Always the last: the run is over.
    Finished {
        /// When.
        at: Instant,
        /// How.
        outcome: Outcome,
    },
}

/// What an operator does to an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// From here on nothing of it runs until [`Act::Continue`].
    Pause,
    /// It goes on.
    Continue,
    /// It is over at once and nothing is undone: `finished` with the kind `terminated` follows in the same commit.
    Terminate,
    /// The `ended` of this key, which follows in the same commit, was given by a person.
    Decide {
        /// Which.
        key: Key,
    },
    /// The run was begun anew, in the place of one with that many entries; stands behind `began`.
    Restart {
        /// How many entries the journal had.
        dropped: u64,
    },
    /// This key's `asked`, and everything that came of it, was taken back.
    Rewind {
        /// How many entries that were.
        dropped: u64,
        /// Which key; the code asks for it anew.
        key: Key,
    },
    /// Of the last attempt at this step, which had left, nobody knows what came of it: another one is made.
    Resend {
        /// Of which step.
        key: Key,
    },
}

/// What a journal begins with: all that a run depends on besides its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Began {
    /// When it was started.
    pub at: Instant,
    /// Whose it is.
    pub tenant: String,
    /// Of which workflow.
    pub workflow: String,
    /// Its own name within tenant and workflow.
    pub instance: String,
    /// The component that it is pinned to: `sha256:` and 64 hex digits.
    pub digest: String,
    /// What it was started with.
    pub input: Json,
    /// What it was granted and how its tools are bound, in the host's own JSON; opaque here.
    pub grant: Json,
    /// The workflows that were deployed together with it: name and digest of each.
    pub peers: BTreeMap<String, String>,
    /// Which operation of which instance started it, if one did.
    pub parent: Option<(String, Key)>,
    /// How often it had restarted before.
    pub run: u32,
}

/// A recorded reading of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// The clock, in milliseconds since the Unix epoch.
    Now(u64),
    /// 64 random bits.
    Random(u64),
}

/// How loud a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "they say it themselves")]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}
