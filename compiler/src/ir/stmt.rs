//! Checked statements.

use cairn_dsl::tree::Span;

use super::{BlockId, Expr, LocalId, LoopId};
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
        /// How long `body` may take. When it is over, what `body` waits for is cancelled and `body` fails with `timeout`; no `try`
        /// inside it catches that, this one's own arms may.
        deadline: Option<Deadline>,
        /// In order.
        catches: Vec<Catch>,
        /// Of the unwinding.
        unwind_key: Key,
        /// Done at last, whichever way body and arms are left (also by `Return`, `Break`, a failure, cancellation); it leaves by falling out
        /// of its end or by failing, never by `Return`, `Break` or `Continue` of something around it.
        finally: Vec<Stmt>,
    },
    /// Runs blocks side by side. Branch locals are set as the branches end well; a branch whose `after` has not ended well is not begun.
    /// Without `settle`, a branch that fails makes all others be cancelled and awaited, and the whole fail with it.
    Fork(Box<Fork>),
    /// A block for each item of a list, side by side.
    ForkEach(Box<ForkEach>),
    /// What undoes what was done so far: a block, registered with the values that it captures now.
    UndoBlock {
        /// `x.undo`
        key: Key,
        /// What it does.
        block: BlockId,
    },
    /// Another workflow: its result is waited for.
    Child(Box<Child>),
    /// Another workflow: it goes its own way. The local gets its id.
    Spawn {
        /// A text.
        local: Option<LocalId>,
        /// Of the operation.
        key: Key,
        /// Its name.
        workflow: String,
        /// A record expression.
        input: Expr,
    },
    /// A question to a person.
    Ask(Box<Ask>),
    /// Holds a place while the body runs; given back on every way out.
    Lock {
        /// Of the operation.
        key: Key,
        /// A text.
        name: Expr,
        /// An int; none is one.
        places: Option<Expr>,
        /// What is done meanwhile.
        body: Vec<Stmt>,
    },
    /// An event for others.
    Emit {
        /// Of the operation.
        key: Key,
        /// Its name.
        event: String,
        /// A record.
        data: Expr,
        /// A text: the id of an instance. None: all that know it.
        to: Option<Expr>,
    },
    /// What a status query shows from now on.
    Expose(Expr),
    /// Ends this run and begins the next with this input, a record. Nothing stands behind it. Never in a block.
    Restart(Expr),
    /// Calendar arithmetic, recorded. The local has the type of the answer: time, or text.
    Calendar {
        /// Gets the answer.
        local: LocalId,
        /// Of the reading.
        key: Key,
        /// As `wit/context.wit` lists them: `date`, `format`, `next`, `add_months`, `add_days`.
        question: String,
        /// A time.
        of: Expr,
        /// A text.
        zone: Expr,
        /// Machine numbers or texts.
        arguments: Vec<Expr>,
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
    /// Which tool.
    pub tool: Tool,
    /// A record expression: the arguments.
    pub arguments: Expr,
    /// JSON pointers of the places in `arguments` that hold templates of secrets: lists of texts and of records `{ secret: NAME }`
    /// (a place of type `secret string` is such a list in compiled code).
    pub secrets: Vec<String>,
    /// How patiently.
    pub options: CallOptions,
    /// What the tool says that it gives; the outcome is decoded to it (fails `bad_data`).
    pub result: Type,
    /// Registered once the step has succeeded and its local is set.
    pub undo: Option<Undo>,
}

/// Which tool a call asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Tool {
    /// `payments.charge`
    Named(String),
    /// A text that is worked out, such as `mail.send`; the code in front of the call has seen that it is in the toolset.
    Chosen(Expr),
}

/// `cache { key, for }`
#[derive(Clone, Debug, PartialEq)]
pub struct Cache {
    /// A text.
    pub key: Expr,
    /// A duration.
    pub age: Expr,
}

/// How long a `try` may take.
#[derive(Clone, Debug, PartialEq)]
pub struct Deadline {
    /// Of its timer.
    pub key: Key,
    /// A duration.
    pub span: Expr,
}

/// Branches side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Fork {
    /// In the order of the source.
    pub branches: Vec<Branch>,
    /// An int: so many run at once.
    pub max: Option<Expr>,
    /// An int: when so many have ended well the others are cancelled and awaited, and it is done. It fails, with the failure
    /// that made it so, when that many cannot be reached any more. `race` is `first 1`.
    pub first: Option<Expr>,
    /// Failures of branches fail nothing: each branch's local gets `{ key: text, value, error }`, one of the last two null; `error` is a failure as a value
    /// (`kind`, `message` and the detail's fields, as in [`Catch::local`]). A branch behind one that failed gets its error.
    pub settle: bool,
    /// A text local that gets the name of the branch that ended well first (`race`).
    pub winner: Option<LocalId>,
}

/// A branch.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// `build`
    pub name: String,
    /// The block's key, whole.
    pub key: Key,
    /// What it does.
    pub block: BlockId,
    /// Branches (places in the list, each smaller than its own or not, never in a circle) that have to end well before it is begun.
    pub after: Vec<usize>,
    /// Gets its value, or what `settle` says; null where it was not begun or did not end well (`first`). Nullable or json then.
    pub local: Option<LocalId>,
}

/// A block for each item.
#[derive(Clone, Debug, PartialEq)]
pub struct ForkEach {
    /// A local that holds the list.
    pub items: LocalId,
    /// An int local: the place of the item; set before `prepare`.
    pub counter: LocalId,
    /// Gets the item; set before `prepare`.
    pub item: LocalId,
    /// Run for each item before its block is begun: what key and captures need. Pure.
    pub prepare: Vec<Stmt>,
    /// The block's key, whole: uses locals that are set by then.
    pub key: Key,
    /// A text for each item: `key` of what `settle` gives.
    pub name: Expr,
    /// What is done with each.
    pub block: BlockId,
    /// As in [`Fork`].
    pub max: Option<Expr>,
    /// As in [`Fork`].
    pub first: Option<Expr>,
    /// As in [`Fork`].
    pub settle: bool,
    /// Gets the list, in the order of the items: values; with `settle` records as [`Fork::settle`] says; with `first` the values of those that ended well.
    pub result: Option<LocalId>,
}

/// Another workflow.
#[derive(Clone, Debug, PartialEq)]
pub struct Child {
    /// Gets its result, decoded to the local's type.
    pub local: Option<LocalId>,
    /// Of the operation.
    pub key: Key,
    /// Its name.
    pub workflow: String,
    /// A record expression.
    pub input: Expr,
    /// How long: then it is cancelled, and the child operation fails with `timeout`.
    pub deadline: Option<Deadline>,
    /// What it gives.
    pub result: Type,
}

/// A question to a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Gets the answer, decoded to the local's type.
    pub local: Option<LocalId>,
    /// Of the operation.
    pub key: Key,
    /// A text.
    pub whom: Expr,
    /// A record as `wit/event.wit` says, `remind` in milliseconds included.
    pub task: Expr,
    /// How long: then it is given up, and fails with `timeout`.
    pub deadline: Option<Deadline>,
    /// What it gives.
    pub result: Type,
}

/// What the clauses of a call say, defaults applied.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CallOptions {
    /// A duration.
    pub timeout: Option<Expr>,
    /// None: one attempt.
    pub retry: Option<Retry>,
    /// An earlier outcome will do.
    pub cache: Option<Cache>,
    /// What is done about an attempt that had left and has no answer.
    pub unclear: Unclear,
}

/// What is done when nobody can know whether an attempt was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Unclear {
    /// It is made again.
    #[default]
    Retry,
    /// The step fails `unclear`.
    Fail,
    /// A person decides.
    Ask,
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
    /// As in [`Call::secrets`].
    pub secrets: Vec<String>,
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
    /// A list that is the condition of `wit/event.wit` (representation `Value`).
    pub condition: Option<Expr>,
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
