//! The checked form of one workflow: every name resolved, every type known, every key worked out, every conversion written.
//!
//! What the checker promises the emitter, and neither looks at again:
//! - every [`Expr`] has the type that its place wants: where representations or types differ there is an [`ExprKind::Widen`],
//!   [`ExprKind::Narrow`] or [`ExprKind::Decode`];
//! - a [`LocalId`] is set on every path before it is read;
//! - a `Break` or `Continue` names a loop around it; nothing stands behind what does not come back;
//! - keys are unique along every path (the host still adds `#2` if not).
//!
//! Constructs with a value (`let x = loop …`, `= match …`, `= for … yield`) are lowered to statements that set a local.

mod expr;
mod meta;
mod stmt;
pub mod test;

pub use expr::{ArithOp, Builtin, CompareOp, Expr, ExprKind, Lambda, ListItem, RecordItem, TextPart};
pub use meta::{
    Attached, BodyMeta, EventMeta, FailMeta, KeyMeta, KeyMetaPart, KeyPlace, Meta, Needs, OperationMeta,
    RouteMeta, StartMeta, StartValue, ToolMeta, TriggerMeta,
};
pub use stmt::{
    Ask, Backoff, Branch, Cache, Call, CallOptions, Catch, Child, Deadline, Fork, ForkEach, Key, KeyPart,
    LogLevel, MatchArm, Recorded, Retry, Stmt, StmtKind, Subscription, Test, Tool, Unclear, Undo, WaitArm,
};

use crate::types::Type;

/// One workflow, ready to be emitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// What the host reads about it; becomes custom sections of the component.
    pub meta: Meta,
    /// Where each key stands; becomes the section `cairn-map`.
    pub places: Vec<KeyPlace>,
    /// The `fn`s that it uses, each after those that it calls (recursion is an error).
    pub functions: Vec<Function>,
    /// All locals of the body, by [`LocalId`].
    pub locals: Vec<Local>,
    /// The workflow's parameters, in order: the fields of its input object. Each is decoded into its local before the body.
    pub params: Vec<Param>,
    /// What it gives; [`Type::Null`] where nothing.
    pub result: Type,
    /// What it does. Falling out of its end returns null.
    pub body: Vec<Stmt>,
    /// Bodies that run in an instance of their own, by [`BlockId`]; each before those that are begun from it or not, in any order.
    pub blocks: Vec<Block>,
}

/// A body that runs side by side with who begins it, with locals of its own. In it [`StmtKind::Return`] ends the block with its
/// value, and keys are relative: the host puts the block's own in front.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// For people who read the compiled code: `stages/build`.
    pub name: String,
    /// Its locals, by [`LocalId`].
    pub locals: Vec<Local>,
    /// What it takes along: values of the beginner's locals, as JSON. The two locals have the same type.
    pub captures: Vec<Capture>,
    /// What it gives; [`Type::Null`] where nothing.
    pub result: Type,
    /// What it does. Falling out of its end gives null.
    pub body: Vec<Stmt>,
}

/// A value that a block takes along when it is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capture {
    /// A local of who begins it (the workflow's body, or the block that this one stands in).
    pub outer: LocalId,
    /// A local of the block.
    pub inner: LocalId,
}

/// A block, by its place in [`Program::blocks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(pub u32);

/// A parameter of the workflow.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// The field of the input object.
    pub name: String,
    /// Where its value goes; the local has its type.
    pub local: LocalId,
    /// It may be missing.
    pub optional: bool,
    /// Its value where it is missing; without one it is null then.
    pub default: Option<Expr>,
}

/// A variable of the body (of a function or lambda: of that), by its place in the list of locals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalId(pub u32);

/// What is known of a variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    /// Its name in the source; made up ones begin with `$`.
    pub name: String,
    /// Its declared type: what `Local` expressions give. A narrowed use is wrapped in [`ExprKind::Narrow`].
    pub ty: Type,
}

/// A pure function: a `fn` of the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its parameters first, then whatever lambdas in it bind; local ids in the body count in this list.
    pub locals: Vec<Local>,
    /// How many of the locals are parameters.
    pub params: usize,
    /// What it gives.
    pub result: Type,
    /// How.
    pub body: Expr,
}

/// A function, by its place in [`Program::functions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FunctionId(pub u32);

/// A loop of the body, for `break` and `continue`; unique within the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LoopId(pub u32);
