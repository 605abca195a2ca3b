//! What code can ask for that is durable and takes time.

use super::{Instant, Json, Span};

/// A durable request of the guest, as data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Ask a tool.
    Call {
        /// Which, with what.
        request: Request,
        /// How patiently.
        options: Options,
    },
    /// A step whose body is the code's own.
    Body {
        /// How patiently.
        options: Options,
    },
    /// Register what undoes the work so far. It has no outcome until an unwinding runs it; then it ends under its own key.
    Undo {
        /// What to do then.
        request: Request,
        /// How patiently.
        options: Options,
    },
    /// Run the registered undos above a depth, newest first.
    Unwind {
        /// How many are to stay.
        depth: u32,
    },
    /// Wait until a moment.
    Until {
        /// Which.
        due: Instant,
    },
    /// Wait for a while after the moment at which this was asked.
    Span {
        /// How long.
        span: Span,
    },
    /// Wait for a message.
    Receive {
        /// Which ones will do.
        subscriptions: Vec<Subscription>,
    },
    /// Run a block of the component side by side, as a scope of its own: its keys stand in the journal behind this one's and `/`.
    Block {
        /// Which.
        number: u32,
        /// The values that it captured: a JSON object.
        captured: Json,
    },
    /// Register a block as what undoes the work so far; like [`Command::Undo`], it ends when an unwinding has run it.
    UndoBlock {
        /// Which.
        number: u32,
        /// The values that it captured: a JSON object.
        captured: Json,
    },
    /// Start another workflow and wait for what it comes to.
    Child {
        /// Which.
        workflow: String,
        /// What it is started with.
        input: Json,
    },
    /// Start another workflow and let it go; ends with its id.
    Spawn {
        /// Which.
        workflow: String,
        /// What it is started with.
        input: Json,
    },
    /// Wait for a place under a name of the tenant.
    Lock {
        /// Which name.
        name: String,
        /// How many may have one at a time.
        places: u32,
    },
    /// Give a place back. It has no outcome; its key is the lock's, and `!unlock` behind it.
    Unlock,
    /// Ask a person.
    Ask {
        /// Whom.
        whom: String,
        /// What about; the fields of the world's `ask`.
        task: Json,
    },
    /// Send an event.
    Emit {
        /// Its name.
        event: String,
        /// Its fields: a JSON object.
        data: Json,
        /// To this instance; to all that know it where none is given.
        to: Option<String>,
    },
    /// Compute with a calendar; ends at once, and is recorded because the rules of zones change.
    Calendar {
        /// Which computation.
        question: String,
        /// From which moment on.
        of: Instant,
        /// In which time zone.
        zone: String,
        /// A JSON array.
        arguments: Json,
    },
}

/// What a tool is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// A bound name and its operation, such as `payments.charge`.
    pub tool: String,
    /// A JSON object.
    pub arguments: Json,
    /// JSON pointers into the arguments, of places where secrets go; what stands there says which.
    pub secrets: Vec<String>,
}

/// How patiently a step is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Of one attempt.
    pub timeout: Option<Span>,
    /// Of all attempts and delays.
    pub deadline: Option<Instant>,
    /// Whether it is tried again.
    pub retry: Option<Retry>,
    /// Whether an earlier success will do, and this one for others.
    pub cache: Option<Cached>,
    /// What is done about an attempt of which nobody can know whether it was carried out.
    pub unclear: Unclear,
}

/// What is done when an attempt had left and no answer is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unclear {
    /// It is made again.
    #[default]
    Retry,
    /// The step fails `unclear`.
    Fail,
    /// A person decides.
    Ask,
}

/// Where an earlier outcome will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cached {
    /// Within tenant, tool and operation.
    pub key: String,
    /// How old it may be.
    pub age: Span,
}

/// A policy of trying again; the fields of the world's `retry`.
///
/// Two are equal if their numbers are so bit by bit: a guest may give what is not a number, which has to agree with itself.
#[derive(Clone, Debug)]
pub struct Retry {
    /// In all; 1 is no retry.
    pub attempts: u32,
    /// Before the second attempt.
    pub delay: Span,
    /// How the delay grows.
    pub backoff: Backoff,
    /// What an exponential delay is multiplied by.
    pub factor: f64,
    /// No delay is longer.
    pub longest_delay: Span,
    /// The part of a delay that is drawn at random, 0 to 1.
    pub jitter: f64,
    /// Kinds worth another attempt; empty means timeout, network, http_5xx and http_429.
    pub on: Vec<String>,
}

impl PartialEq for Retry {
    fn eq(&self, other: &Self) -> bool {
        let Self { attempts, delay, backoff, factor, longest_delay, jitter, on } = self;
        *attempts == other.attempts
            && *delay == other.delay
            && *backoff == other.backoff
            && factor.to_bits() == other.factor.to_bits()
            && *longest_delay == other.longest_delay
            && jitter.to_bits() == other.jitter.to_bits()
            && *on == other.on
    }
}

impl Eq for Retry {}

/// How a delay grows from attempt to attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say it themselves")]
pub enum Backoff {
    Constant,
    Linear,
    Exponential,
}

/// Messages of a name whose fields equal all of `fields`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The event's name.
    pub event: String,
    /// A field and the JSON value that it has to equal.
    pub fields: Vec<(String, Json)>,
    /// A condition on the fields, in the world's own form; opaque here.
    pub condition: Option<Json>,
}
