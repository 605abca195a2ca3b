//! Expressions: pure and total.

use super::{Name, Span, Ty};

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true`
    Bool(bool),
    /// `42`
    Int(i64),
    /// `4.2`
    Float(f64),
    /// `1h30m`, in milliseconds.
    Duration(i64),
    /// `time"2026-01-31T00:00:00Z"`: as written; the compiler reads it.
    Time(String),
    /// `base64"…"` or `hex"…"`, decoded.
    Bytes(Vec<u8>),
    /// `"… ${e} …"`; a text without `${…}` has one part or none.
    Text(Vec<TextPart>),
    /// `[a, ...b]`
    List(Vec<ListItem>),
    /// `{ a: 1, b, ...c }`
    Record(Vec<Entry>),
    /// A name.
    Name(Name),
    /// `f(x)`
    Call {
        /// Which function.
        function: Name,
        /// With what.
        args: Vec<FnArg>,
    },
    /// `x.f(y)`
    Method {
        /// Of what.
        of: Box<Expr>,
        /// Which.
        name: Name,
        /// With what.
        args: Vec<FnArg>,
    },
    /// `x.f`
    Field {
        /// Of what.
        of: Box<Expr>,
        /// Which.
        name: Name,
    },
    /// `x?.f`
    OptField {
        /// Of what.
        of: Box<Expr>,
        /// Which.
        name: Name,
    },
    /// `x[i]`
    Index {
        /// Of what.
        of: Box<Expr>,
        /// Which.
        index: Box<Expr>,
    },
    /// `x!`
    Must(Box<Expr>),
    /// `x as T`
    Cast {
        /// What.
        value: Box<Expr>,
        /// To which type.
        ty: Ty,
    },
    /// `!x`, `-x`
    Unary {
        /// Which.
        op: UnaryOp,
        /// Of what.
        of: Box<Expr>,
    },
    /// `a + b`
    Binary {
        /// Which.
        op: BinaryOp,
        /// Where the operator stands.
        op_span: Span,
        /// What is left of it.
        left: Box<Expr>,
        /// What is right of it.
        right: Box<Expr>,
    },
    /// `c ? a : b`
    Conditional {
        /// The condition.
        condition: Box<Expr>,
        /// Where it holds.
        then: Box<Expr>,
        /// Where it does not.
        otherwise: Box<Expr>,
    },
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum TextPart {
    /// As it stands, escapes resolved, common indentation taken away.
    Chunk(String),
    /// `${e}`
    Expr(Expr),
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum ListItem {
    /// `e`
    Item(Expr),
    /// `...e`
    Spread(Expr),
}

/// A field of a record expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// `a: e`, `"a": e`, or `a` alone, whose value is the name then.
    Field {
        /// Which.
        name: Name,
        /// What it holds.
        value: Expr,
    },
    /// `[e]: e`
    Computed {
        /// Its name.
        key: Expr,
        /// What it holds.
        value: Expr,
    },
    /// `...e`
    Spread(Expr),
}

/// An argument of a function or method.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is named after what it holds")]
pub enum FnArg {
    Expr(Expr),
    Lambda(Lambda),
}

/// `x => x.id`, `(a, b) => a + b`
#[derive(Clone, Debug, PartialEq)]
pub struct Lambda {
    /// One or more.
    pub params: Vec<Name>,
    /// What it gives.
    pub body: Box<Expr>,
    /// All of it.
    pub span: Span,
}

/// Operators with one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say it themselves")]
pub enum UnaryOp {
    Not,
    Minus,
}

/// Operators with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say it themselves")]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    And,
    Or,
    Coalesce,
}
