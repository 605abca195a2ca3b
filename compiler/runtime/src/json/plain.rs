//! A value of any type as one of type json: what it would be after printing and parsing.

use alloc::{string::String, vec::Vec};

use crate::MAX_DEPTH;
use crate::fault::{Failure, Fault};
use crate::table::Table;
use crate::value::{self, V, Value};
use crate::{base64, time};

/// Times and bytes as texts, durations as ints; the same value where there are none.
///
/// # Errors
/// `limit` beyond [`MAX_DEPTH`].
pub fn plain(value: V) -> Result<V, Fault> {
    plain_at(value, 0)
}

fn plain_at(value: V, depth: usize) -> Result<V, Fault> {
    if depth > MAX_DEPTH {
        return Err(Failure::too_deep());
    }
    match value {
        Value::List(list) => {
            let items = each(list.items().iter().copied(), depth)?;
            Ok(items.map_or(value, value::list))
        }
        Value::Record(table) => {
            let values = each(table.entries().iter().map(|e| e.value), depth)?;
            Ok(values.map_or(value, |values| value::record(renewed(table, &values))))
        }
        _ => Ok(scalar(value)),
    }
}

/// The new values, if any of them is new.
fn each(values: impl ExactSizeIterator<Item = V>, depth: usize) -> Result<Option<Vec<V>>, Fault> {
    let mut out = Vec::with_capacity(values.len());
    let mut new = false;
    for value in values {
        let plain = plain_at(value, depth + 1)?;
        new |= !core::ptr::eq(plain, value);
        out.push(plain);
    }
    Ok(new.then_some(out))
}

fn renewed(table: &Table, values: &[V]) -> Table {
    let mut out = Table::new(values.len());
    for (entry, value) in table.entries().iter().zip(values) {
        out.put(entry.name, value);
    }
    out
}

fn scalar(value: V) -> V {
    let mut out = String::new();
    match value {
        Value::Time(t) => time::push(&mut out, *t),
        Value::Bytes(bytes) => base64::push(&mut out, bytes.get()),
        Value::Duration(n) => return value::int(*n),
        _ => return value,
    }
    value::text(out)
}
