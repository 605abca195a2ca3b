//! Checked statements.

use cairn_dsl::tree::Span;

use super::{Expr, LocalId, LoopId};
use crate::types::{Lit, Type};

/// A statement and where it stood.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where it stood in the source.
    pub span: Span,
}

/// The kinds of checked statement.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// The local gets the value; types are the same.
    Set(LocalId, Expr),
    /// The list in the local grows by the value (what `yield` in a `for` with a value becomes).
    Append(LocalId, Expr),
    /// A recorded reading of the world, bound to a local (time for `Now`, int for `Random`).
    Record {
        /// Where it goes.
        local: LocalId,
        /// What is read.
        what: Recorded,
        /// Under which key.
        key: Key,
    },
    /// A step.
    Call(Box<Call>),
    /// A durable pause.
    Sleep {
        /// Under which key.
        key: Key,
        /// The expression is a time, not a duration.
        until: bool,
        /// How long, or until when.
        value: Expr,
    },
    /// Whatever comes first. With neither `within` nor a timer arm it waits for ever.
    Wait {
        /// Of the subscriptions.
        key: Key,
        /// Of the timer.
        timer_key: Key,
        /// One or more events; empty where only a timer stands.
        arms: Vec<WaitArm>,
        /// A moment or a duration, and what is done then.
        after: Option<(bool, Expr, Vec<Stmt>)>,
    },
    /// Runs `then` where the condition holds, `otherwise` where not.
    If {
        /// A bool.
        condition: Expr,
        /// Where it holds.
        then: Vec<Stmt>,
        /// Where it does not.
        otherwise: Vec<Stmt>,
    },
    /// The first arm that fits; the checker proved that one does.
    Match {
        /// What is looked at: a local that holds it.
        value: LocalId,
        /// In order.
        arms: Vec<MatchArm>,
    },
    /// Rounds, counted in `counter` from 0, until a `Break`, or as many as `max`.
    Loop {
        /// For `Break` and `Continue`.
        id: LoopId,
        /// An int local.
        counter: LocalId,
        /// An int; 0 or less is no round.
        max: Option<Expr>,
        /// What is done each time.
        body: Vec<Stmt>,
    },
    /// Once for each item of a list, in order.
    For {
        /// For `Break` and `Continue`.
        id: LoopId,
        /// A local that holds the list (as long as it runs it is not set).
        items: LocalId,
        /// An int local: the place of the item.
        counter: LocalId,
        /// Gets the item; of the list's item type.
        item: LocalId,
        /// What is done each time.
        body: Vec<Stmt>,
    },
    /// Out of the loop.
    Break(LoopId),
    /// To the next round.
    Continue(LoopId),
    /// A failure of a listed kind in `body` runs the undos that were registered in it (newest first, under `unwind_key`), then
    /// the arm. `cancelled` is never caught. A failure that no arm lists goes on outwards, undos still registered.
    Try {
        /// What is tried.
        body: Vec<Stmt>,
        /// In order.
        catches: Vec<Catch>,
        /// Of the unwinding.
        unwind_key: Key,
    },
    /// `undo all`: runs all registered undos now.
    UndoAll {
        /// Of the unwinding.
        key: Key,
    },
    /// A line of the log. Fields is a record.
    Log {
        /// How loud.
        level: LogLevel,
        /// The text.
        message: Expr,
        /// A record.
        fields: Expr,
    },
    /// Ends the run well. The value has the workflow's result type.
    Return(Expr),
    /// Fails with a kind. `message` is a text; `detail` a record or null.
    Fail {
        /// The kind.
        kind: String,
        /// For people.
        message: Expr,
        /// What the kind declares.
        detail: Expr,
    },
    /// Fails with what a `catch` bound.
    Refail(LocalId),
}

/// What can be read and recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say it themselves")]
pub enum Recorded {
    Now,
    Random,
}

/// `call t.op(…)` with its clauses.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Gets the decoded result.
    pub local: Option<LocalId>,
    /// Of the step.
    pub key: Key,
    /// `payments.charge`
    pub tool: String,
    /// A record expression: the arguments.
    pub arguments: Expr,
    /// How patiently.
    pub options: CallOptions,
    /// What the tool says that it gives; the outcome is decoded to it (fails `bad_data`).
    pub result: Type,
    /// Registered once the step has succeeded and its local is set.
    pub undo: Option<Undo>,
}

/// `timeout` and `retry` of a call, defaults applied.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CallOptions {
    /// A duration.
    pub timeout: Option<Expr>,
    /// None: one attempt.
    pub retry: Option<Retry>,
}

/// A policy; each part an expression of the type said.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// int
    pub attempts: Expr,
    /// duration
    pub delay: Expr,
    /// How the delay grows.
    pub backoff: Backoff,
    /// float
    pub factor: Expr,
    /// duration
    pub longest_delay: Expr,
    /// float
    pub jitter: Expr,
    /// Kinds; empty for the host's default.
    pub on: Vec<String>,
}

/// How a delay grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say it themselves")]
pub enum Backoff {
    Constant,
    Linear,
    Exponential,
}

/// What undoes a step: a request as data.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// `x.undo`
    pub key: Key,
    /// `payments.refund`
    pub tool: String,
    /// A record expression: evaluated when the undo is registered.
    pub arguments: Expr,
    /// How patiently.
    pub options: CallOptions,
}

/// The name of a durable operation: a path, parts of which are worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Joined as they stand.
    pub parts: Vec<KeyPart>,
}

/// A part of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyPart {
    /// As it stands, `/`, `[` and `]` included.
    Text(String),
    /// The value of an int or text local (a loop's counter, an item's key); texts percent-encoded as `wit/types.wit` says.
    Local(LocalId),
}

/// An arm of a wait.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitArm {
    /// What it takes.
    pub subscription: Subscription,
    /// Gets the event's fields, decoded to the local's type.
    pub local: Option<LocalId>,
    /// What is done then.
    pub body: Vec<Stmt>,
}

/// An event and what its fields have to equal.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// The event's name.
    pub event: String,
    /// Field and value (representation `Value`).
    pub fields: Vec<(String, Expr)>,
}

/// An arm of a match.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchArm {
    /// Any of them fits; empty: every value does.
    pub tests: Vec<Test>,
    /// A further condition, evaluated after `bind`.
    pub guard: Option<Expr>,
    /// Statements in front of guard and body: what the pattern binds.
    pub bind: Vec<Stmt>,
    /// What is done.
    pub body: Vec<Stmt>,
}

/// What a pattern asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// It is null.
    Null,
    /// It equals this.
    Lit(Lit),
}

/// `catch a, b as e`
#[derive(Clone, Debug, PartialEq)]
pub struct Catch {
    /// The kinds; empty for `any` (all but `cancelled`). `http_4xx` also catches `http_429`.
    pub kinds: Vec<String>,
    /// Gets the failure as a value: a record of `kind`, `message` and the detail's fields (representation `Value`).
    pub local: Option<LocalId>,
    /// What is done.
    pub body: Vec<Stmt>,
}

/// How loud a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say it themselves")]
pub enum LogLevel {
    Debug,
    Info,
    Warn,
    Error,
}
