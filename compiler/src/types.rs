//! Types as the checker sees them: names resolved, structural.

use std::fmt;

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `null`
    Null,
    /// `bool`
    Bool,
    /// `int`: 64 bits, signed.
    Int,
    /// `float`: 64 bits, never NaN or infinite.
    Float,
    /// `string`
    Text,
    /// `bytes`
    Bytes,
    /// `duration`: milliseconds, signed.
    Duration,
    /// `time`: milliseconds since the Unix epoch, signed.
    Time,
    /// `json`: any of them, not known before it runs.
    Json,
    /// A type of one value.
    Lit(Lit),
    /// `[T]`
    List(Box<Type>),
    /// `map<T>`
    Map(Box<Type>),
    /// `{ a: T, b?: U }`, in the order declared.
    Record(Vec<Field>),
    /// Two or more, flat, no two alike; `T?` has [`Type::Null`] in it, last.
    Union(Vec<Type>),
    /// `secret T`: a template that the host fills in where it goes out; nobody sees the value.
    Secret(Box<Type>),
    /// The type of what does not come back.
    Never,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// What it is called.
    pub name: String,
    /// What it holds; of an optional one without the null.
    pub ty: Type,
    /// It may be missing, and reads as `T?`.
    pub optional: bool,
}

/// A value that is a type.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is named after what it holds")]
pub enum Lit {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
}

impl Type {
    /// `T?`: `T` and null; the same where null is in it already.
    #[must_use]
    pub fn optional(self) -> Self {
        match self {
            Self::Null | Self::Json => self,
            Self::Never => Self::Null,
            Self::Union(mut of) => {
                if !of.contains(&Self::Null) {
                    of.push(Self::Null);
                }
                Self::Union(of)
            }
            other => Self::Union(vec![other, Self::Null]),
        }
    }

    /// How a value of it is held in compiled code.
    pub fn rep(&self) -> Rep {
        match self {
            Self::Bool | Self::Lit(Lit::Bool(_)) => Rep::Bool,
            Self::Int | Self::Duration | Self::Time | Self::Lit(Lit::Int(_)) => Rep::Int,
            Self::Float | Self::Lit(Lit::Float(_)) => Rep::Float,
            Self::Union(of) => Self::union_rep(of),
            _ => Rep::Value,
        }
    }

    /// A union of literals of one kind is held as that kind: `1 | 2` as a machine number.
    fn union_rep(of: &[Self]) -> Rep {
        let mut reps = of.iter().map(|t| if matches!(t, Self::Lit(_)) { t.rep() } else { Rep::Value });
        let first = reps.next().unwrap_or(Rep::Value);
        if reps.all(|r| r == first) { first } else { Rep::Value }
    }
}

/// Handles of files and folders that a tool keeps: what the language calls them, and the field that holds which one is meant. No name of
/// the language has a `$`, so nobody makes one by hand.
const HANDLES: [(&str, &str); 2] = [("file", "$file"), ("tree", "$tree")];

/// `file` or `tree`: a record that only tools make. Of a file the name and the size can be read.
pub(crate) fn handle(name: &str) -> Option<Type> {
    let (_, mark) = HANDLES.iter().find(|(known, _)| *known == name)?;
    let field = |name: &str, ty: Type| Field { name: name.into(), ty, optional: false };
    let mut fields = vec![field(mark, Type::Text)];
    if name == "file" {
        fields.extend([field("name", Type::Text), field("size", Type::Int)]);
    }
    Some(Type::Record(fields))
}

/// How compiled code holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rep {
    /// i32, 0 or 1.
    Bool,
    /// i64: int, duration in milliseconds, time in milliseconds since the Unix epoch.
    Int,
    /// f64
    Float,
    /// i32: a handle of the value runtime.
    Value,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Float => f.write_str("float"),
            Self::Text => f.write_str("string"),
            Self::Bytes => f.write_str("bytes"),
            Self::Duration => f.write_str("duration"),
            Self::Time => f.write_str("time"),
            Self::Json => f.write_str("json"),
            Self::Lit(lit) => lit.fmt(f),
            Self::List(of) => write!(f, "[{of}]"),
            Self::Map(of) => write!(f, "map<{of}>"),
            Self::Record(fields) => record(fields, f),
            Self::Union(of) => union(of, f),
            Self::Secret(of) => write!(f, "secret {of}"),
            Self::Never => f.write_str("never"),
        }
    }
}

fn record(fields: &[Field], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some((name, _)) = HANDLES.iter().find(|(_, mark)| fields.iter().any(|field| field.name == *mark)) {
        return f.write_str(name);
    }
    f.write_str("{")?;
    for (i, field) in fields.iter().enumerate() {
        let comma = if i == 0 { " " } else { ", " };
        let mark = if field.optional { "?" } else { "" };
        write!(f, "{comma}{}{mark}: {}", field.name, field.ty)?;
    }
    f.write_str(" }")
}

fn union(of: &[Type], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match of {
        [one, Type::Null] => write!(f, "{one}?"),
        _ => {
            for (i, t) in of.iter().enumerate() {
                if i > 0 {
                    f.write_str(" | ")?;
                }
                write!(f, "{t}")?;
            }
            Ok(())
        }
    }
}

impl fmt::Display for Lit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(b) => b.fmt(f),
            Self::Int(n) => n.fmt(f),
            Self::Float(x) => write!(f, "{x:?}"),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}
