//! Parts of operation keys.

use alloc::string::String;

use crate::hash::push_hex;
use crate::number::push_int;
use crate::value::{V, Value};

/// Appends a part that is worked out: an int in decimal, a text with its `%`, `/`, `[` and `]` percent-encoded.
pub fn push_part(out: &mut String, part: V) {
    match part {
        Value::Text(text) => {
            for c in text.get().chars() {
                match c {
                    '%' | '/' | '[' | ']' => {
                        out.push('%');
                        // Upper case, as RFC 3986 likes it; these four have no letters but in 5B and 5D.
                        let from = out.len();
                        push_hex(out, c as u8);
                        if let Some(digits) = out.get_mut(from..) {
                            digits.make_ascii_uppercase();
                        }
                    }
                    _ => out.push(c),
                }
            }
        }
        Value::Int(n) | Value::Duration(n) | Value::Time(n) => push_int(out, *n),
        _ => {}
    }
}
