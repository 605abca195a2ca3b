//! The syntax tree: what was written, with the bytes where it was written, and nothing that had to be worked out.
//!
//! It covers the whole grammar. What the compiler does not know yet, it says; the parser never does.

mod effect;
mod expr;
mod item;
mod stmt;
mod test;
mod ty;

pub use effect::{
    Arg, Ask, Branch, BranchBody, Call, Callee, Clause, Effect, EffectKind, EventPattern, For, ForHead, Loop,
    Match, MatchArm, MatchBody, Parallel, Pattern, PatternKind, Retry, Run, Unclear, Undo, Wait, WaitArm,
    While,
};
pub use expr::{BinaryOp, Entry, Expr, ExprKind, FnArg, Lambda, ListItem, TextPart, UnaryOp};
pub use item::{
    ConstDecl, ErrorDecl, EventDecl, FailKind, File, FlowDecl, FnDecl, Item, ItemKind, Param, SecretDecl,
    Setting, SettingKind, ToolDecl, ToolOp, ToolsetDecl, Trigger, TypeDecl, UseDecl, WorkflowDecl,
};
pub use stmt::{Binder, Block, Catch, Else, LogLevel, Rhs, Stmt, StmtKind, Try};
pub use test::{Expectation, Happening, MockAnswer, TestDecl, TestStmt, TestStmtKind};
pub use ty::{FieldTy, Literal, Ty, TyKind};

use serde::Serialize;

/// A half-open range of bytes in the source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte behind the last.
    pub end: u32,
}

impl Span {
    /// From byte to byte; what lies beyond 4 GiB is cut, for no such text is read.
    #[must_use]
    pub fn of(start: usize, end: usize) -> Self {
        let cut = |byte| u32::try_from(byte).unwrap_or(u32::MAX);
        Self { start: cut(start), end: cut(end) }
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The bytes as an index of the text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A name as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its letters.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// Names joined by dots, such as `payments.charge`; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The parts, in order.
    pub parts: Vec<Name>,
    /// From the first to the last.
    pub span: Span,
}

/// A text literal without `${…}`, escapes resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainText {
    /// The text meant.
    pub value: String,
    /// With its quotes.
    pub span: Span,
}
