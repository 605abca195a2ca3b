//! Checked expressions.

use super::{FunctionId, LocalId};
use crate::types::Type;

/// An expression and its type. It may fail (overflow, `!`, `as` …); then what is around it fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// What it gives; its [`Type::rep`] is how compiled code holds it.
    pub ty: Type,
}

/// The forms of a checked expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`
    Null,
    /// A truth.
    Bool(bool),
    /// An int, a duration or a time, by the expression's type.
    Int(i64),
    /// A float.
    Float(f64),
    /// A text without parts.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// The value of a variable; its type is the variable's.
    Local(LocalId),
    /// A text made of parts.
    Interpolate(Vec<TextPart>),
    /// A list; every item has the list's item type.
    List(Vec<ListItem>),
    /// A record or map. Later entries win. Fields of value null stay.
    Record(Vec<RecordItem>),
    /// `a.b` of a record that has the field for certain.
    Field(Box<Expr>, String),
    /// `a.b` where `a` is a record with an optional field, a map or json; `a?.b` on null gives null. Never fails: null where
    /// there is none. The type is always nullable or json.
    FieldOrNull(Box<Expr>, String),
    /// `xs[i]` of a list by int (null where out of range, negative counts from the end), of a map or json by text. Type nullable or json.
    Index(Box<Expr>, Box<Expr>),
    /// `x!`: fails `missing` on null.
    Must(Box<Expr>),
    /// `a ?? b`: `b` where `a` is null; evaluated only then.
    Coalesce(Box<Expr>, Box<Expr>),
    /// `c ? a : b`
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `a && b`, short.
    And(Box<Expr>, Box<Expr>),
    /// `a || b`, short.
    Or(Box<Expr>, Box<Expr>),
    /// `!a`
    Not(Box<Expr>),
    /// `-a` on int, float, duration; fails `overflow`.
    Negate(Box<Expr>),
    /// Arithmetic on two machine numbers of one representation (int, duration and time are all [`Rep::Int`](crate::types::Rep));
    /// ints fail `overflow`, `%` by zero and floats that are not finite fail `arithmetic`.
    Arith(ArithOp, Box<Expr>, Box<Expr>),
    /// `a + b` on texts.
    Concat(Box<Expr>, Box<Expr>),
    /// Order of two ints, durations, times, floats or texts (texts by Unicode scalar value).
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// Deep equality of any two values of equal representation; int and float in json are equal by number.
    Equal(Box<Expr>, Box<Expr>),
    /// The same value as a wider type: `int` as `int?` or json, a record as one with fewer fields. Changes the representation
    /// where [`Type::rep`] differs (boxing); never fails. int to float does not happen by itself, but for a literal.
    Widen(Box<Expr>),
    /// A value that is known to be of the narrower type here. Changes the representation where it differs (unboxing); never fails.
    Narrow(Box<Expr>),
    /// `x as T`: checked; fails `bad_data { path, expected, found }`. The type says what to.
    Decode(Box<Expr>),
    /// A `fn`.
    Call(FunctionId, Vec<Expr>),
    /// A method or function of the standard library; the receiver first.
    Builtin(Builtin, Vec<Expr>, Option<Box<Lambda>>),
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum TextPart {
    /// As it stands.
    Chunk(String),
    /// Of type string, int, float, bool, duration, time, a union of those, or json (which is printed as JSON, a text plainly). Null prints `null`.
    Expr(Expr),
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum ListItem {
    /// One.
    Item(Expr),
    /// All of another list.
    Spread(Expr),
}

/// An entry of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordItem {
    /// A field; the value has representation `Value` (widened).
    Field(String, Expr),
    /// A field whose name is a text that is worked out.
    Computed(Expr, Expr),
    /// All of another record or map.
    Spread(Expr),
}

/// `x => e`; its parameters are locals of the surrounding body or function, set for each call. It may read others.
#[derive(Clone, Debug, PartialEq)]
pub struct Lambda {
    /// One or two, by the method.
    pub params: Vec<LocalId>,
    /// What it gives.
    pub body: Expr,
}

/// Arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say it themselves")]
pub enum ArithOp {
    Add,
    Sub,
    Mul,
    /// Floats, and `.div` of ints (towards zero; by zero fails `arithmetic`).
    Div,
    /// The sign of the left side.
    Rem,
}

/// Order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say it themselves")]
pub enum CompareOp {
    Lt,
    Le,
    Gt,
    Ge,
}

/// The standard library. The expression's type says what comes out; arguments have the types of the signatures.
/// Texts are counted in Unicode scalar values. Ranges are half open, clipped to what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each carries its signature as a comment where its name does not say it")]
pub enum Builtin {
    // text
    TextLen, // (string) -> int
    Upper,   // ASCII and Latin by Unicode simple case mapping
    Lower,
    Trim,
    Split,   // (string, string) -> [string]; by "" gives the scalar values
    Replace, // (string, string, string) -> string, all of them
    StartsWith,
    EndsWith,
    TextContains,
    TextSlice, // (string, int, int) -> string; the checker gives i64::MAX for a missing end; negative counts from the end
    Lines,
    TextToInt,   // (string) -> int?
    TextToFloat, // (string) -> float?
    Glob,        // (string, pattern) -> bool; `*` no slash, `**` any, `?` one
    // list
    ListLen,
    Map,    // lambda x => U
    Filter, // lambda x => bool
    Any,    // lambda
    All,    // lambda
    Find,   // lambda -> T?
    First,  // -> T?
    Last,   // -> T?
    SortBy, // lambda x => int|float|string|time|duration (boxed); stable
    SumInt, // [int] or [duration] -> the same; overflow fails
    SumFloat,
    MinOf, // [T] -> T? by the order of the type
    MaxOf,
    Unique,       // first of equals stays
    Flat,         // [[T]] -> [T]
    Zip,          // ([A],[B]) -> [{ first: A, second: B }]
    Chunks,       // ([T], int) -> [[T]]; size < 1 fails `arithmetic`
    GroupBy,      // lambda x => string -> map<[T]>
    Join,         // ([string], string) -> string
    ListSlice,    // ([T], int, int)
    ListContains, // ([T], T)
    IndexOf,      // ([T], T) -> int?
    Reverse,
    FirstDuplicate, // ([T]) -> T?; not in the language: the checker uses it for `key`
    Range,          // (int, int) -> [int], half open; over 1,000,000 fails `limit`
    // map and record
    Keys, // map<T> -> [string], in order of the text
    Values,
    Get, // (map<T>, string) -> T?
    Has, // (map<T>, string) -> bool
    MapLen,
    Entries, // map<T> -> [{ key: string, value: T }]
    // numbers
    Abs,       // int or float, by the type
    MinNumber, // (T, T) -> T, also duration and time
    MaxNumber,
    Round, // float -> int; half away from zero; out of range fails `overflow`
    Floor,
    Ceil,
    IntToFloat,
    ToText, // any scalar -> string, as in a text
    // time and duration
    Seconds,      // duration -> int, towards zero
    Milliseconds, // duration -> int
    DurationOf,   // (int milliseconds) -> duration
    TimeToText,   // RFC 3339 in UTC with milliseconds where not zero
    UnixSeconds,  // time -> int
    // whole
    Hash,      // any -> string: sha256 of its canonical JSON, 64 hex digits
    ParseJson, // string -> json; fails `bad_data`
    ToJson,    // any -> string, compact
    Backoff,   // (first: duration, factor: float, longest: duration, round: int) -> duration
    /// (random bits: int boxed machine number, low: int, high: int) -> int in low..high; what `random(low, high)` becomes.
    RandomBetween,
    /// (random bits: int, random bits: int) -> string; a version 4 UUID of two recorded draws.
    Uuid,
}
