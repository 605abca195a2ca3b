//! Base64 of RFC 4648, section 4, with padding.

use alloc::{string::String, vec::Vec};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends the text of some bytes.
pub fn push(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0_u32, |w, i| (w << 8) | u32::from(chunk.get(i).copied().unwrap_or(0)));
        for i in 0..4 {
            let digit = DIGITS.get((word >> (18 - 6 * i)) as usize & 63).copied().unwrap_or(b'A');
            out.push(if i <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
}

/// The bytes of a text; none if it is not one that [`push`] could have made.
pub fn read(text: &str) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let padding = text.iter().rev().take_while(|b| **b == b'=').count();
    let digits = text.get(..text.len() - padding)?;
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    for chunk in digits.chunks(4) {
        let mut word = 0_u32;
        for byte in chunk {
            word = (word << 6) | value(*byte)?;
        }
        word <<= 6 * (4 - chunk.len());
        let [_, bytes @ ..] = word.to_be_bytes();
        let len = chunk.len() - 1;
        out.extend_from_slice(bytes.get(..len)?);
        if bytes.iter().skip(len).any(|b| *b != 0) {
            return None;
        }
    }
    (padding <= 2 && digits.len() % 4 != 1).then_some(out)
}

fn value(digit: u8) -> Option<u32> {
    DIGITS.iter().position(|d| *d == digit).map(|at| at as u32)
}
