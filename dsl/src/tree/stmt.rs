//! Statements.

use super::{Arg, Clause, Effect, Entry, Expr, Name, Path, Span, TextPart, Ty};

/// Statements between braces.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// In order.
    pub stmts: Vec<Stmt>,
    /// With the braces.
    pub span: Span,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// Its doc comment: a label for people.
    pub doc: Option<String>,
    /// What it is.
    pub kind: StmtKind,
    /// Without the doc comment.
    pub span: Span,
}

/// The kinds of statement.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// `let x: T = …`
    Let {
        /// What gets the value.
        binder: Binder,
        /// Its type, where written.
        ty: Option<Ty>,
        /// What it is.
        value: Rhs,
    },
    /// `var x: T = …`
    Var {
        /// What gets the value.
        name: Name,
        /// Its type, where written.
        ty: Option<Ty>,
        /// What it is at first.
        value: Rhs,
    },
    /// `set x = …`
    Set {
        /// Which `var`.
        name: Name,
        /// What it is from here on.
        value: Rhs,
    },
    /// An effect whose value nobody wants.
    Effect(Effect),
    /// `if c { … } else { … }`
    If {
        /// The condition.
        condition: Expr,
        /// Where it holds.
        then: Block,
        /// Where it does not.
        otherwise: Option<Else>,
    },
    /// `while c as name max n { … }`
    While(super::While),
    /// `try … catch … finally …`
    Try(Try),
    /// `lock name max n { … }`
    Lock {
        /// Of the lock.
        name: Expr,
        /// How many may hold it.
        places: Option<Expr>,
        /// What is done meanwhile.
        body: Block,
    },
    /// `log warn "…" { … }`
    Log {
        /// How loud.
        level: LogLevel,
        /// The text's parts.
        message: Vec<TextPart>,
        /// The text with its quotes.
        message_span: Span,
        /// A record expression.
        fields: Option<Expr>,
    },
    /// `emit e { … } to x`
    Emit {
        /// Which event.
        event: Path,
        /// Its fields: a record expression.
        fields: Expr,
        /// To whom, where not to all.
        to: Option<Expr>,
    },
    /// `expose { … }`
    Expose(Vec<Entry>),
    /// `undo all`
    UndoAll,
    /// `fail kind { … }`, or `fail e` with a caught failure.
    Fail {
        /// The kind, or the name of what was caught.
        kind: Path,
        /// A record expression.
        fields: Option<Expr>,
    },
    /// `return e`
    Return(Option<Expr>),
    /// `yield e`
    Yield(Expr),
    /// `break e`
    Break(Option<Expr>),
    /// `continue`
    Continue,
    /// `restart (…)`
    Restart(Vec<Arg>),
}

/// What stands behind `else`.
#[derive(Clone, Debug, PartialEq)]
pub enum Else {
    /// `else if …`: always a [`StmtKind::If`].
    If(Box<Stmt>),
    /// `else { … }`
    Block(Block),
}

/// What a `let` binds.
#[derive(Clone, Debug, PartialEq)]
pub enum Binder {
    /// `x`
    Name(Name),
    /// `{ a, b }`
    Fields(Vec<Name>, Span),
}

/// The right side of `let`, `var`, `set` and of a branch.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly all are boxed inside; a tree is built once")]
pub enum Rhs {
    /// Something durable, or a construct that has a value.
    Effect(Effect),
    /// A pure expression.
    Expr(Expr),
}

/// `try timeout 5m { … } catch kind as e { … } finally { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Try {
    /// `timeout` and `retry`.
    pub clauses: Vec<Clause>,
    /// What is tried.
    pub body: Block,
    /// In order.
    pub catches: Vec<Catch>,
    /// What is done in the end, whatever happened.
    pub finally: Option<Block>,
}

/// `catch a, b as e { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Catch {
    /// The kinds; `None` for `any`.
    pub kinds: Option<Vec<Path>>,
    /// What the failure is called in the body.
    pub binder: Option<Name>,
    /// What is done about it.
    pub body: Block,
    /// From `catch` to the brace.
    pub span: Span,
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
