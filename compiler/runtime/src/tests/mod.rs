//! Properties of the parts that need no host, tried natively.

mod codec;
mod decoding;
mod drafts;
mod floats;
mod forks;
mod json;
mod library;
mod moments;

use crate::json::parse;
use crate::value::V;

/// The value of a JSON text.
fn value(text: &str) -> V {
    match parse(String::from(text).leak()) {
        Ok(value) => value,
        Err(fault) => unreachable!("{text}: {}", fault.message),
    }
}

/// The JSON of a value.
fn text(value: V) -> String {
    crate::json::print(value).unwrap_or_default()
}
