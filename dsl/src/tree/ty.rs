//! Types as they are written.

use super::{Name, Path, Span};

/// A written type.
#[derive(Clone, Debug, PartialEq)]
pub struct Ty {
    /// What it is.
    pub kind: TyKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms a type can be written in.
#[derive(Clone, Debug, PartialEq)]
pub enum TyKind {
    /// `A | B`, two or more.
    Union(Vec<Ty>),
    /// `T?`
    Optional(Box<Ty>),
    /// `{ a: T, b?: U }`
    Record(Vec<FieldTy>),
    /// `[T]`
    List(Box<Ty>),
    /// `map<T>`
    Map(Box<Ty>),
    /// `secret T`
    Secret(Box<Ty>),
    /// `"paid"`, `42`, `null`
    Literal(Literal),
    /// `int`, `Order`, `shop.Order`
    Named(Path),
}

/// A field of a record type.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldTy {
    /// Its doc comment.
    pub doc: Option<String>,
    /// What it is called.
    pub name: Name,
    /// `name?: T`: it may be missing.
    pub optional: bool,
    /// What it holds.
    pub ty: Ty,
}

/// A literal that is also a type.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `42`
    Int(i64),
    /// `4.2`
    Float(f64),
    /// `"paid"`
    Text(String),
}
