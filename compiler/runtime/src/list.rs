//! The library's lists and maps.

use alloc::{string::String, vec::Vec};
use core::cmp::Ordering;

use crate::fault::{Failure, Fault};
use crate::hash::fnv;
use crate::json::canonical;
use crate::order::{compare, equal};
use crate::table::Table;
use crate::text::clip;
use crate::value::{self, NULL, V, Value};

/// What a lambda is to the library: item and place in, value out.
pub trait Lambda {
    /// Calls it.
    ///
    /// # Errors
    /// What the lambda fails with.
    fn call(&self, item: V, at: usize) -> Result<V, Fault>;
}

/// What the lambda gives for each.
pub fn map(items: &[V], lambda: &impl Lambda) -> Result<V, Fault> {
    Ok(value::list(keys(items, lambda)?))
}

fn keys(items: &[V], lambda: &impl Lambda) -> Result<Vec<V>, Fault> {
    let mut out = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        out.push(lambda.call(item, i)?);
    }
    Ok(out)
}

/// Those for which the lambda holds.
pub fn filter(items: &[V], lambda: &impl Lambda) -> Result<V, Fault> {
    let mut out = Vec::new();
    for (i, item) in items.iter().enumerate() {
        if lambda.call(item, i)?.as_bool() {
            out.push(*item);
        }
    }
    Ok(value::list(out))
}

/// The first for which the lambda gives `wanted`.
pub fn find(items: &[V], lambda: &impl Lambda, wanted: bool) -> Result<Option<V>, Fault> {
    for (i, item) in items.iter().enumerate() {
        if lambda.call(item, i)?.as_bool() == wanted {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// By what the lambda gives; equals keep their order.
pub fn sort_by(items: &[V], lambda: &impl Lambda) -> Result<V, Fault> {
    let mut pairs: Vec<(V, V)> = keys(items, lambda)?.into_iter().zip(items.iter().copied()).collect();
    sort(&mut pairs, |a, b| compare(a.0, b.0));
    Ok(value::list(pairs.into_iter().map(|p| p.1).collect()))
}

/// A stable merge sort from the bottom up; the library's own is several times as much code.
pub fn sort<T: Copy>(items: &mut Vec<T>, order: impl Fn(&T, &T) -> Ordering) {
    let mut width = 1;
    while width < items.len() {
        let mut out = Vec::with_capacity(items.len());
        for run in items.chunks(width * 2) {
            let (mut left, mut right) = run.split_at(width.min(run.len()));
            while let (Some((a, a_rest)), Some((b, b_rest))) = (left.split_first(), right.split_first()) {
                if order(a, b) == Ordering::Greater {
                    out.push(*b);
                    right = b_rest;
                } else {
                    out.push(*a);
                    left = a_rest;
                }
            }
            out.extend_from_slice(left);
            out.extend_from_slice(right);
        }
        *items = out;
        width *= 2;
    }
}

/// The least (or greatest) one, the first of equals; null of none.
pub fn extreme(items: &[V], wanted: Ordering) -> V {
    let mut best: Option<V> = None;
    for item in items {
        if best.is_none_or(|b| compare(item, b) == wanted) {
            best = Some(item);
        }
    }
    best.unwrap_or(&NULL)
}

/// The sum of ints or durations.
///
/// # Errors
/// `overflow`.
pub fn sum_int(items: &[V]) -> Result<i64, Fault> {
    let sum = items.iter().try_fold(0_i64, |sum, item| match item {
        Value::Int(n) | Value::Duration(n) => sum.checked_add(*n),
        _ => Some(sum),
    });
    sum.ok_or_else(|| Failure::plain("overflow", "the sum of the list does not fit an int"))
}

/// The sum of floats.
///
/// # Errors
/// `arithmetic` where it is not finite.
pub fn sum_float(items: &[V]) -> Result<f64, Fault> {
    let sum = items.iter().fold(0.0, |sum, item| if let Value::Float(x) = item { sum + x } else { sum });
    if f64::is_finite(sum) {
        Ok(sum)
    } else {
        Err(Failure::plain("arithmetic", "the sum of the list is not finite"))
    }
}

/// A set of values by deep equality.
struct Seen {
    slots: Vec<Option<V>>,
}

impl Seen {
    fn new(room: usize) -> Self {
        Self { slots: alloc::vec![None; (room * 2).next_power_of_two().max(2)] }
    }

    /// Whether it is new. There has to be room: it is made for as many values as are added.
    fn add(&mut self, value: V) -> Result<bool, Fault> {
        let mask = self.slots.len() - 1;
        let mut slot = fnv(canonical(value)?.as_bytes()) as usize & mask;
        while let Some(Some(other)) = self.slots.get(slot) {
            if equal(value, other)? {
                return Ok(false);
            }
            slot = (slot + 1) & mask;
        }
        if let Some(free) = self.slots.get_mut(slot) {
            *free = Some(value);
        }
        Ok(true)
    }
}

/// Each once, where it stood first.
pub fn unique(items: &[V]) -> Result<V, Fault> {
    let mut seen = Seen::new(items.len());
    let mut out = Vec::new();
    for item in items {
        if seen.add(item)? {
            out.push(*item);
        }
    }
    Ok(value::list(out))
}

/// The first that stood there before, or null.
pub fn first_duplicate(items: &[V]) -> Result<V, Fault> {
    let mut seen = Seen::new(items.len());
    for item in items {
        if !seen.add(item)? {
            return Ok(item);
        }
    }
    Ok(&NULL)
}

/// The lists one behind the other.
pub fn flat(items: &[V]) -> V {
    value::list(items.iter().flat_map(|of| of.items().iter().copied()).collect())
}

/// Records of two, as many as the shorter list has.
pub fn zip(a: &[V], b: &[V]) -> V {
    let pair = |(a, b): (&V, &V)| {
        let mut table = Table::new(2);
        table.put("first", a);
        table.put("second", b);
        value::record(table)
    };
    value::list(a.iter().zip(b).map(pair).collect())
}

/// Lists of `size`, the last perhaps shorter.
///
/// # Errors
/// `arithmetic` where the size is less than one.
pub fn chunks(items: &[V], size: i64) -> Result<V, Fault> {
    if size < 1 {
        return Err(Failure::plain("arithmetic", "the size of a chunk is at least 1"));
    }
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    Ok(value::list(items.chunks(size).map(|chunk| value::list(chunk.into())).collect()))
}

/// A map of lists by the text that the lambda gives, in the order in which they first come.
pub fn group_by(items: &[V], lambda: &impl Lambda) -> Result<V, Fault> {
    let mut groups = Table::new(4);
    for (i, item) in items.iter().enumerate() {
        let name = lambda.call(item, i)?.as_text();
        let group = match groups.get(name) {
            Some(Value::List(list)) => value::keep(Value::List(list.grown(item))),
            _ => value::list(alloc::vec![*item]),
        };
        groups.put(name, group);
    }
    Ok(value::record(groups))
}

/// A half open part; see [`clip`].
pub fn slice(items: &[V], from: i64, to: i64) -> V {
    let (from, to) = clip(items.len(), from, to);
    value::list(items.get(from..to).unwrap_or(&[]).into())
}

/// Where it stands first.
pub fn place(items: &[V], wanted: V) -> Result<Option<usize>, Fault> {
    for (i, item) in items.iter().enumerate() {
        if equal(item, wanted)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

/// From behind.
pub fn reverse(items: &[V]) -> V {
    value::list(items.iter().rev().copied().collect())
}

/// As much as `range` gives at most.
const RANGE: i64 = 1_000_000;

/// The ints of a half open range.
///
/// # Errors
/// `limit` beyond a million.
pub fn range(from: i64, to: i64) -> Result<V, Fault> {
    if to.checked_sub(from).is_none_or(|len| len > RANGE) && to > from {
        return Err(Failure::plain("limit", "a range has at most 1,000,000 items"));
    }
    Ok(value::list((from..to).map(value::int).collect()))
}

/// `xs[i]`: null where there is none; negative counts from the end.
pub fn item(items: &[V], at: i64) -> V {
    let at = if at < 0 { at.saturating_add(value::count(items.len())) } else { at };
    usize::try_from(at).ok().and_then(|at| items.get(at)).copied().unwrap_or(&NULL)
}

/// Names, values or both of a map, in its order.
pub fn entries(map: V, part: Part) -> V {
    let Some(table) = map.as_record() else {
        return value::list(Vec::new());
    };
    let one = |e: &crate::table::Entry| match part {
        Part::Names => value::text_of(e.name),
        Part::Values => e.value,
        Part::Both => {
            let mut entry = Table::new(2);
            entry.put("key", value::text_of(e.name));
            entry.put("value", e.value);
            value::record(entry)
        }
    };
    value::list(table.entries().iter().map(one).collect())
}

/// What [`entries`] gives.
#[derive(Clone, Copy)]
pub enum Part {
    /// Texts.
    Names,
    /// What is held.
    Values,
    /// Records of `key` and `value`.
    Both,
}

/// sha256 of the canonical JSON, in hexadecimal.
pub fn digest(value: V) -> Result<String, Fault> {
    Ok(crate::hash::sha256_hex(canonical(value)?.as_bytes()))
}
