//! Checked conversion of JSON to a declared type.

use alloc::{string::String, vec::Vec};

use crate::fault::{Failure, Fault};
use crate::json::{plain, print};
use crate::number::{Number, push_int};
use crate::order::equal;
use crate::table::Table;
use crate::value::{self, NULL, Slice, V, Value, keep};
use crate::{base64, time};

/// A type. The emitter lays these out in its data segment: twelve bytes in the guest, tag first.
#[repr(C, u32)]
#[cfg_attr(not(test), expect(dead_code, reason = "the emitter makes them, as data"))]
pub enum Desc {
    /// `null`
    Null,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `float`
    Float,
    /// `string`
    Text,
    /// `bytes`
    Bytes,
    /// `duration`
    Duration,
    /// `time`
    Time,
    /// `json`
    Json,
    /// One value.
    Lit(V),
    /// `[T]`
    List(&'static Desc),
    /// `map<T>`
    Map(&'static Desc),
    /// `{ … }`
    Record(Slice<FieldDesc>),
    /// Any of them.
    Union(Slice<&'static Desc>),
    /// No value is of it.
    Never,
}

// SAFETY: constant data; a guest has one thread.
#[expect(unsafe_code, reason = "descriptors of tests are statics")]
unsafe impl Sync for Desc {}

/// A field of a record type.
#[repr(C)]
pub struct FieldDesc {
    /// A text.
    pub name: V,
    /// What it holds.
    pub ty: &'static Desc,
    /// 1 where it may be missing.
    pub optional: u32,
}

/// Where in the whole a part stands; written out only where something is wrong.
pub enum Path<'a> {
    /// The whole, by a name of its own or none.
    Root(&'a str),
    /// A field.
    Field(&'a Self, &'a str),
    /// An item.
    Item(&'a Self, usize),
}

impl Path<'_> {
    fn push(&self, out: &mut String) {
        match self {
            Self::Root(name) => out.push_str(name),
            Self::Field(of, name) => {
                of.push(out);
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(name);
            }
            Self::Item(of, at) => {
                of.push(out);
                out.push('[');
                push_int(out, value::count(*at));
                out.push(']');
            }
        }
    }
}

/// The value as one of the type: fields that the type does not know are left out, floats become floats, texts times.
///
/// # Errors
/// `bad_data` with the path of the first part that does not fit.
pub fn decode(desc: &'static Desc, value: V, path: &Path<'_>) -> Result<V, Fault> {
    match desc {
        Desc::Json => plain(value),
        Desc::List(of) => match value {
            Value::List(list) => decode_list(of, value, list.items(), path),
            _ => Err(mismatch(desc, value, path)),
        },
        Desc::Map(of) => match value {
            Value::Record(table) => decode_map(of, value, table, path),
            _ => Err(mismatch(desc, value, path)),
        },
        Desc::Record(fields) => match value {
            Value::Record(table) => decode_record(fields.get(), value, table, path),
            _ => Err(mismatch(desc, value, path)),
        },
        Desc::Union(of) => decode_union(desc, of.get(), value, path),
        _ => scalar(desc, value).ok_or_else(|| mismatch(desc, value, path)),
    }
}

/// As [`decode`], of a value that is known to fit: what does not, stays.
pub fn convert(desc: &'static Desc, value: V) -> V {
    decode(desc, value, &Path::Root("")).unwrap_or(value)
}

fn scalar(desc: &Desc, value: V) -> Option<V> {
    match (desc, value) {
        (Desc::Null, Value::Null)
        | (Desc::Bool, Value::Bool(_))
        | (Desc::Int, Value::Int(_))
        | (Desc::Float, Value::Float(_))
        | (Desc::Text, Value::Text(_))
        | (Desc::Bytes, Value::Bytes(_))
        | (Desc::Duration, Value::Duration(_))
        | (Desc::Time, Value::Time(_)) => Some(value),
        (Desc::Int, _) => Number::of(value)?.to_int().map(value::int),
        (Desc::Float, _) => Number::of(value)?.to_float().map(value::float),
        (Desc::Duration, _) => Some(keep(Value::Duration(Number::of(value)?.to_int()?))),
        (Desc::Time, Value::Text(text)) => time::read(text.get()).map(|t| keep(Value::Time(t))),
        (Desc::Bytes, Value::Text(text)) => {
            base64::read(text.get()).map(|b| keep(Value::Bytes(Slice::new(b.leak()))))
        }
        (Desc::Lit(lit), _) => equal(lit, value).is_ok_and(|same| same).then_some(lit),
        _ => None,
    }
}

fn decode_list(of: &'static Desc, whole: V, items: &'static [V], path: &Path<'_>) -> Result<V, Fault> {
    let mut out = Vec::with_capacity(items.len());
    let mut new = false;
    for (i, item) in items.iter().enumerate() {
        let decoded = decode(of, item, &Path::Item(path, i))?;
        new |= !core::ptr::eq(decoded, *item);
        out.push(decoded);
    }
    Ok(if new { value::list(out) } else { whole })
}

fn decode_map(of: &'static Desc, whole: V, table: &'static Table, path: &Path<'_>) -> Result<V, Fault> {
    let mut out = Table::new(table.entries().len());
    let mut new = false;
    for entry in table.entries() {
        let decoded = decode(of, entry.value, &Path::Field(path, entry.name))?;
        new |= !core::ptr::eq(decoded, entry.value);
        out.put(entry.name, decoded);
    }
    Ok(if new { value::record(out) } else { whole })
}

fn decode_record(
    fields: &'static [FieldDesc],
    whole: V,
    table: &'static Table,
    path: &Path<'_>,
) -> Result<V, Fault> {
    let mut out = Table::new(fields.len());
    let mut kept = 0;
    for field in fields {
        let name = field.name.as_text();
        let found = table.get(name);
        let value = found.unwrap_or(&NULL);
        if field.optional != 0 && value.is_null() {
            continue;
        }
        let decoded = match decode(field.ty, value, &Path::Field(path, name)) {
            Err(_) if found.is_none() => return Err(missing(field.ty, &Path::Field(path, name))),
            other => other?,
        };
        kept += usize::from(found.is_some_and(|v| core::ptr::eq(v, decoded)));
        out.put(name, decoded);
    }
    let same = kept == out.entries().len() && kept == table.entries().len();
    Ok(if same { whole } else { value::record(out) })
}

/// Only alternatives that could fit are tried, so that the message speaks of the one that was meant.
fn decode_union(
    desc: &'static Desc,
    of: &'static [&'static Desc],
    value: V,
    path: &Path<'_>,
) -> Result<V, Fault> {
    let mut wrong = None;
    for alternative in of {
        if !may_fit(alternative, value) {
            continue;
        }
        match decode(alternative, value, path) {
            Ok(decoded) => return Ok(decoded),
            Err(fault) => wrong = wrong.or(Some(fault)),
        }
    }
    Err(wrong.unwrap_or_else(|| mismatch(desc, value, path)))
}

fn may_fit(desc: &'static Desc, value: V) -> bool {
    match (desc, value) {
        (Desc::Record(fields), Value::Record(table)) => {
            fields.get().iter().all(|f| match (f.ty, table.get(f.name.as_text())) {
                (Desc::Lit(_), Some(found)) => scalar(f.ty, found).is_some(),
                (Desc::Lit(_), None) => f.optional != 0,
                _ => true,
            })
        }
        (Desc::List(_), Value::List(_))
        | (Desc::Map(_), Value::Record(_))
        | (Desc::Json | Desc::Union(_), _) => true,
        _ => scalar(desc, value).is_some(),
    }
}

fn mismatch(desc: &Desc, found: V, path: &Path<'_>) -> Fault {
    let (mut at, mut expected) = (String::new(), String::new());
    path.push(&mut at);
    describe(desc, &mut expected);
    Failure::bad_data(at, expected, described(found))
}

fn missing(desc: &Desc, path: &Path<'_>) -> Fault {
    let (mut at, mut expected) = (String::new(), String::new());
    path.push(&mut at);
    describe(desc, &mut expected);
    Failure::bad_data(at, expected, "nothing".into())
}

/// A type as a reader of the program would call it; of a record only that it is one.
fn describe(desc: &Desc, out: &mut String) {
    out.push_str(match desc {
        Desc::Null => "null",
        Desc::Bool => "bool",
        Desc::Int => "int",
        Desc::Float => "float",
        Desc::Text => "string",
        Desc::Bytes => "bytes (base64)",
        Desc::Duration => "duration (milliseconds)",
        Desc::Time => "time (RFC 3339)",
        Desc::Json => "json",
        Desc::List(_) => "a list",
        Desc::Map(_) => "a map",
        Desc::Record(_) => "a record",
        Desc::Never => "nothing",
        Desc::Lit(lit) => return out.push_str(&described(lit)),
        Desc::Union(of) => {
            for (i, alternative) in of.get().iter().enumerate() {
                if i > 0 {
                    out.push_str(" | ");
                }
                describe(alternative, out);
            }
            return;
        }
    });
}

/// How much of a text a message shows, in characters.
const SHOWN: usize = 40;

fn described(value: V) -> String {
    match value {
        Value::List(_) => "a list".into(),
        Value::Record(_) => "an object".into(),
        Value::Text(text) if text.get().chars().count() > SHOWN => {
            let mut cut: String = text.get().chars().take(SHOWN).collect();
            cut.push('…');
            print(value::text(cut)).unwrap_or_default()
        }
        _ => print(value).unwrap_or_default(),
    }
}
