//! The methods of the standard library, as a table.

use crate::check::relate::{Shape, assignable, shape};
use crate::ir::{ArithOp, Builtin as B};
use crate::types::Type;

/// One method of one kind of receiver.
pub(super) struct Method {
    pub(super) on: On,
    pub(super) name: &'static str,
    pub(super) does: Does,
    pub(super) args: &'static [Arg],
    pub(super) gives: Gives,
}

/// What it is a method of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Text,
    Int,
    Float,
    Duration,
    Time,
    /// Of any items.
    List,
    /// `[string]`
    Texts,
    /// `[[T]]`
    Lists,
    /// `[int]`, `[float]`, `[duration]`
    Sums,
    /// Items with an order.
    Ordered,
    /// Also records, as `map<json>`.
    Map,
    /// Int, float, string, bool, duration, time.
    Scalar,
    Any,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    Builtin(B),
    Arith(ArithOp),
    /// The builtin for floats, the one for everything else.
    ByItem(B, B),
    /// Calendar arithmetic: a reading that is recorded.
    Zone,
}

/// An argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arg {
    Text,
    Int,
    /// An int that may be left out: the end, however far it is.
    End,
    /// Of the receiver's item type, or at least comparable with it.
    Item,
    /// Of the receiver's own type.
    Same,
    /// Any list.
    List,
    /// `x => …` that gives this.
    Lambda(Body),
}

/// What a lambda has to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    Anything,
    Bool,
    Text,
    Ordered,
}

/// What comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    Bool,
    Int,
    Float,
    Text,
    Texts,
    IntOrNull,
    FloatOrNull,
    /// The receiver's type.
    Same,
    Item,
    ItemOrNull,
    /// A list of the receiver's type.
    Chunks,
    /// The inner list.
    Inner,
    /// `[{ first: A, second: B }]`
    Pairs,
    /// A list of what the lambda gives.
    Mapped,
    /// `map<[T]>`
    Groups,
    /// A list of the map's values.
    Values,
    /// `[{ key: string, value: T }]`
    Entries,
}

const fn m(on: On, name: &'static str, does: B, args: &'static [Arg], gives: Gives) -> Method {
    Method { on, name, does: Does::Builtin(does), args, gives }
}

const fn op(on: On, name: &'static str, does: ArithOp, gives: Gives) -> Method {
    Method { on, name, does: Does::Arith(does), args: &[Arg::Same], gives }
}

const fn zone(on: On, name: &'static str) -> Method {
    Method { on, name, does: Does::Zone, args: &[], gives: Gives::Same }
}

const ANY: Arg = Arg::Lambda(Body::Anything);
const TEST: Arg = Arg::Lambda(Body::Bool);

pub(super) static METHODS: &[Method] = &[
    m(On::Text, "len", B::TextLen, &[], Gives::Int),
    m(On::Text, "upper", B::Upper, &[], Gives::Text),
    m(On::Text, "lower", B::Lower, &[], Gives::Text),
    m(On::Text, "trim", B::Trim, &[], Gives::Text),
    m(On::Text, "split", B::Split, &[Arg::Text], Gives::Texts),
    m(On::Text, "replace", B::Replace, &[Arg::Text, Arg::Text], Gives::Text),
    m(On::Text, "starts_with", B::StartsWith, &[Arg::Text], Gives::Bool),
    m(On::Text, "ends_with", B::EndsWith, &[Arg::Text], Gives::Bool),
    m(On::Text, "contains", B::TextContains, &[Arg::Text], Gives::Bool),
    m(On::Text, "slice", B::TextSlice, &[Arg::Int, Arg::End], Gives::Text),
    m(On::Text, "lines", B::Lines, &[], Gives::Texts),
    m(On::Text, "to_int", B::TextToInt, &[], Gives::IntOrNull),
    m(On::Text, "to_float", B::TextToFloat, &[], Gives::FloatOrNull),
    m(On::Text, "glob", B::Glob, &[Arg::Text], Gives::Bool),
    m(On::List, "len", B::ListLen, &[], Gives::Int),
    m(On::List, "map", B::Map, &[ANY], Gives::Mapped),
    m(On::List, "filter", B::Filter, &[TEST], Gives::Same),
    m(On::List, "any", B::Any, &[TEST], Gives::Bool),
    m(On::List, "all", B::All, &[TEST], Gives::Bool),
    m(On::List, "find", B::Find, &[TEST], Gives::ItemOrNull),
    m(On::List, "first", B::First, &[], Gives::ItemOrNull),
    m(On::List, "last", B::Last, &[], Gives::ItemOrNull),
    m(On::List, "sort_by", B::SortBy, &[Arg::Lambda(Body::Ordered)], Gives::Same),
    Method {
        on: On::Sums,
        name: "sum",
        does: Does::ByItem(B::SumFloat, B::SumInt),
        args: &[],
        gives: Gives::Item,
    },
    m(On::Ordered, "min", B::MinOf, &[], Gives::ItemOrNull),
    m(On::Ordered, "max", B::MaxOf, &[], Gives::ItemOrNull),
    m(On::List, "unique", B::Unique, &[], Gives::Same),
    m(On::Lists, "flat", B::Flat, &[], Gives::Inner),
    m(On::List, "zip", B::Zip, &[Arg::List], Gives::Pairs),
    m(On::List, "chunks", B::Chunks, &[Arg::Int], Gives::Chunks),
    m(On::List, "group_by", B::GroupBy, &[Arg::Lambda(Body::Text)], Gives::Groups),
    m(On::Texts, "join", B::Join, &[Arg::Text], Gives::Text),
    m(On::List, "slice", B::ListSlice, &[Arg::Int, Arg::End], Gives::Same),
    m(On::List, "contains", B::ListContains, &[Arg::Item], Gives::Bool),
    m(On::List, "index_of", B::IndexOf, &[Arg::Item], Gives::IntOrNull),
    m(On::List, "reverse", B::Reverse, &[], Gives::Same),
    m(On::Map, "keys", B::Keys, &[], Gives::Texts),
    m(On::Map, "values", B::Values, &[], Gives::Values),
    m(On::Map, "get", B::Get, &[Arg::Text], Gives::ItemOrNull),
    m(On::Map, "has", B::Has, &[Arg::Text], Gives::Bool),
    m(On::Map, "len", B::MapLen, &[], Gives::Int),
    m(On::Map, "entries", B::Entries, &[], Gives::Entries),
    m(On::Int, "abs", B::Abs, &[], Gives::Int),
    m(On::Float, "abs", B::Abs, &[], Gives::Float),
    op(On::Int, "div", ArithOp::Div, Gives::Int),
    op(On::Int, "mod", ArithOp::Rem, Gives::Int),
    m(On::Int, "min", B::MinNumber, &[Arg::Same], Gives::Int),
    m(On::Int, "max", B::MaxNumber, &[Arg::Same], Gives::Int),
    m(On::Float, "min", B::MinNumber, &[Arg::Same], Gives::Float),
    m(On::Float, "max", B::MaxNumber, &[Arg::Same], Gives::Float),
    m(On::Duration, "min", B::MinNumber, &[Arg::Same], Gives::Same),
    m(On::Duration, "max", B::MaxNumber, &[Arg::Same], Gives::Same),
    m(On::Time, "min", B::MinNumber, &[Arg::Same], Gives::Same),
    m(On::Time, "max", B::MaxNumber, &[Arg::Same], Gives::Same),
    m(On::Float, "round", B::Round, &[], Gives::Int),
    m(On::Float, "floor", B::Floor, &[], Gives::Int),
    m(On::Float, "ceil", B::Ceil, &[], Gives::Int),
    m(On::Int, "to_float", B::IntToFloat, &[], Gives::Float),
    m(On::Scalar, "to_text", B::ToText, &[], Gives::Text),
    m(On::Duration, "seconds", B::Seconds, &[], Gives::Int),
    m(On::Duration, "milliseconds", B::Milliseconds, &[], Gives::Int),
    m(On::Time, "unix_seconds", B::UnixSeconds, &[], Gives::Int),
    m(On::Time, "rfc3339", B::TimeToText, &[], Gives::Text),
    zone(On::Time, "date"),
    zone(On::Time, "format"),
    zone(On::Time, "next"),
    zone(On::Time, "add_months"),
    zone(On::Time, "add_days"),
    m(On::Any, "to_json", B::ToJson, &[], Gives::Text),
    m(On::Any, "hash", B::Hash, &[], Gives::Text),
];

/// What such methods are called elsewhere.
pub(super) const ELSEWHERE: [(&str, &str); 22] = [
    ("length", "len"),
    ("size", "len"),
    ("count", "len"),
    ("includes", "contains"),
    ("has", "contains"),
    ("indexOf", "index_of"),
    ("toUpperCase", "upper"),
    ("to_upper", "upper"),
    ("uppercase", "upper"),
    ("toLowerCase", "lower"),
    ("to_lower", "lower"),
    ("lowercase", "lower"),
    ("strip", "trim"),
    ("startsWith", "starts_with"),
    ("endsWith", "ends_with"),
    ("to_string", "to_text"),
    ("toString", "to_text"),
    ("str", "to_text"),
    ("some", "any"),
    ("every", "all"),
    ("sort", "sort_by"),
    ("flatten", "flat"),
];

impl On {
    /// Values of this type have the method.
    pub(super) fn accepts(self, ty: &Type) -> bool {
        let shape = shape(ty);
        match (self, &shape) {
            (Self::Any, _)
            | (Self::List, Shape::List(_))
            | (Self::Map, Shape::Map(_) | Shape::Record)
            | (Self::Text, Shape::Plain(Type::Text))
            | (Self::Int, Shape::Plain(Type::Int))
            | (Self::Float, Shape::Plain(Type::Float))
            | (Self::Duration, Shape::Plain(Type::Duration))
            | (Self::Time, Shape::Plain(Type::Time))
            | (
                Self::Scalar,
                Shape::Plain(Type::Text | Type::Int | Type::Float | Type::Bool | Type::Duration | Type::Time),
            ) => true,
            (Self::Texts, Shape::List(of)) => assignable(of, &Type::Text),
            (Self::Lists, Shape::List(of)) => {
                matches!(crate::check::relate::shape(of), Shape::List(_) | Shape::Unknown)
            }
            (Self::Sums, Shape::List(of)) => {
                plain(of, |t| matches!(t, Type::Int | Type::Float | Type::Duration))
            }
            (Self::Ordered, Shape::List(of)) => plain(of, super::operator::ordered),
            _ => false,
        }
    }

    /// It is a method of lists, though not of this one.
    pub(super) fn wants_items(self) -> Option<&'static str> {
        match self {
            Self::Texts => Some("strings"),
            Self::Lists => Some("lists"),
            Self::Sums => Some("ints, floats or durations"),
            Self::Ordered => Some("ints, floats, durations, times or strings"),
            _ => None,
        }
    }
}

fn plain(of: &Type, fits: impl Fn(&Type) -> bool) -> bool {
    match shape(of) {
        Shape::Plain(ty) => fits(&ty),
        Shape::Unknown => true,
        _ => false,
    }
}

/// A method of this name works on the type; whether it does so without arguments.
pub(super) fn any_of(ty: &Type, name: &str) -> Option<bool> {
    METHODS
        .iter()
        .find(|method| method.name == name && method.on.accepts(ty))
        .map(|method| method.args.is_empty())
}
