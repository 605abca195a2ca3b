//! The library's texts.

use alloc::{string::String, vec::Vec};

use crate::fault::Fault;
use crate::json::{is_number, push_value};
use crate::number::push_int;
use crate::value::{self, NULL, V, Value};
use crate::{case, float, time};

/// Appends a value as it stands in a text: texts plainly, durations and times as the language writes them, the rest as JSON.
///
/// # Errors
/// `limit` of json that nests too deep.
pub fn push_shown(out: &mut String, value: V) -> Result<(), Fault> {
    match value {
        Value::Text(text) => out.push_str(text.get()),
        Value::Int(n) => push_int(out, *n),
        Value::Float(x) => float::push(out, *x),
        Value::Duration(d) => time::push_duration(out, *d),
        Value::Time(t) => time::push(out, *t),
        _ => return push_value(out, value),
    }
    Ok(())
}

/// Every character mapped.
pub fn mapped(text: &str, upper: bool) -> V {
    value::text(text.chars().map(if upper { case::upper } else { case::lower }).collect())
}

/// The parts between separators; by an empty one the characters.
pub fn split(text: &'static str, by: &str) -> V {
    if by.is_empty() {
        let mut at = 0;
        let pieces = text.chars().map(|c| {
            let from = at;
            at += c.len_utf8();
            value::text_of(text.get(from..at).unwrap_or(""))
        });
        return value::list(pieces.collect());
    }
    value::list(text.split(by).map(value::text_of).collect())
}

/// All of them replaced; an empty text is nowhere.
pub fn replace(text: &'static str, from: &str, to: &str) -> V {
    if from.is_empty() { value::text_of(text) } else { value::text(text.replace(from, to)) }
}

/// The lines without their ends.
pub fn lines(text: &'static str) -> V {
    value::list(text.lines().map(value::text_of).collect())
}

/// A half open range, clipped; negative places count from the end.
pub fn clip(len: usize, from: i64, to: i64) -> (usize, usize) {
    let len = value::count(len);
    let place = |at: i64| if at < 0 { at.saturating_add(len).max(0) } else { at.min(len) };
    let (from, to) = (place(from), place(to));
    (from as usize, to.max(from) as usize)
}

/// A part, counted in characters.
pub fn slice(text: &'static str, from: i64, to: i64) -> V {
    let (from, to) = clip(text.chars().count(), from, to);
    let mut places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let start = places.nth(from).unwrap_or(text.len());
    let end = if to > from { places.nth(to - from - 1).unwrap_or(text.len()) } else { start };
    value::text_of(text.get(start..end).unwrap_or(""))
}

/// The int that is written there, or null.
pub fn to_int(text: &str) -> V {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.starts_with('+');
    text.parse::<i64>().ok().filter(|_| plain).map_or(&NULL, value::int)
}

/// The float that is written there as a JSON number, or null.
pub fn to_float(text: &str) -> V {
    if is_number(text) { float::read(text).map_or(&NULL, value::float) } else { &NULL }
}

/// Texts with another between them.
pub fn join(items: &[V], by: &str) -> V {
    let parts: Vec<&str> = items.iter().map(|v| v.as_text()).collect();
    value::text(parts.join(by))
}

/// A version 4 UUID of 128 bits (RFC 9562).
pub fn uuid(high: u64, low: u64) -> V {
    let high = (high & !0xf000) | 0x4000;
    let low = (low & (u64::MAX >> 2)) | (1 << 63);
    let mut out = String::with_capacity(36);
    for (i, byte) in high.to_be_bytes().into_iter().chain(low.to_be_bytes()).enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        crate::hash::push_hex(&mut out, byte);
    }
    value::text(out)
}
