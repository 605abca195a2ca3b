//! Deep equality, and the order of scalars.

use core::cmp::Ordering;

use crate::MAX_DEPTH;
use crate::fault::{Failure, Fault};
use crate::number::Number;
use crate::table::Table;
use crate::value::{V, Value};

/// The same, all the way down. Records are equal whatever the order of their fields.
///
/// # Errors
/// `limit` beyond [`MAX_DEPTH`].
pub fn equal(a: V, b: V) -> Result<bool, Fault> {
    equal_at(a, b, 0)
}

fn equal_at(a: V, b: V, depth: usize) -> Result<bool, Fault> {
    if core::ptr::eq(a, b) {
        return Ok(true);
    }
    if depth > MAX_DEPTH {
        return Err(Failure::too_deep());
    }
    match (a, b) {
        (Value::List(x), Value::List(y)) => lists(x.items(), y.items(), depth),
        (Value::Record(x), Value::Record(y)) => records(x, y, depth),
        _ => Ok(scalars(a, b)),
    }
}

fn scalars(a: V, b: V) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(x), Value::Bool(y)) => x == y,
        (Value::Text(x), Value::Text(y)) => x.get() == y.get(),
        (Value::Bytes(x), Value::Bytes(y)) => x.get() == y.get(),
        (Value::Duration(x), Value::Duration(y)) | (Value::Time(x), Value::Time(y)) => x == y,
        _ => matches!((Number::of(a), Number::of(b)), (Some(x), Some(y)) if x.equals(&y)),
    }
}

fn lists(a: &[V], b: &[V], depth: usize) -> Result<bool, Fault> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (x, y) in a.iter().zip(b) {
        if !equal_at(x, y, depth + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn records(a: &Table, b: &Table, depth: usize) -> Result<bool, Fault> {
    if a.entries().len() != b.entries().len() {
        return Ok(false);
    }
    for entry in a.entries() {
        match b.get(entry.name) {
            Some(other) if equal_at(entry.value, other, depth + 1)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// The order of two scalars of one type; numbers by size, texts by scalar value (which is the order of their bytes).
pub fn compare(a: V, b: V) -> Ordering {
    match (a, b) {
        (Value::Text(x), Value::Text(y)) => x.get().cmp(y.get()),
        (Value::Bytes(x), Value::Bytes(y)) => x.get().cmp(y.get()),
        (Value::Bool(x), Value::Bool(y)) => x.cmp(y),
        (Value::Duration(x), Value::Duration(y)) | (Value::Time(x), Value::Time(y)) => x.cmp(y),
        _ => match (Number::of(a), Number::of(b)) {
            (Some(x), Some(y)) => x.order(&y),
            _ => Ordering::Equal,
        },
    }
}
