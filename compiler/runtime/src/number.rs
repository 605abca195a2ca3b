//! Numbers as texts and as each other.

use alloc::string::String;
use core::cmp::Ordering;

use crate::float;
use crate::value::{V, Value};

/// 2 to the 63rd: the first float beyond the ints.
const INT_END: f64 = 9_223_372_036_854_775_808.0;

/// A number by what it is worth.
pub enum Number {
    /// An int.
    Int(i64),
    /// A finite float.
    Float(f64),
    /// Beyond both: an integer of more than 64 bits, or a float of too large an exponent.
    Beyond(&'static str),
}

impl Number {
    /// The number in a value.
    pub fn of(value: V) -> Option<Self> {
        match value {
            Value::Int(n) => Some(Self::Int(*n)),
            Value::Float(x) => Some(Self::Float(*x)),
            Value::Number(text) => Some(Self::read(text.get())),
            _ => None,
        }
    }

    fn read(text: &'static str) -> Self {
        if !text.bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) {
            return Self::Beyond(text);
        }
        float::read(text).map_or(Self::Beyond(text), Self::Float)
    }

    /// As a float, if it is finite as one.
    pub fn to_float(&self) -> Option<f64> {
        match self {
            Self::Int(n) => Some(*n as f64),
            Self::Float(x) => Some(*x),
            Self::Beyond(text) => float::read(text),
        }
    }

    /// As an int, if it has no fraction and fits.
    pub fn to_int(&self) -> Option<i64> {
        match self {
            Self::Int(n) => Some(*n),
            Self::Float(x) => whole(*x),
            Self::Beyond(_) => None,
        }
    }

    /// The same number, whatever it is held as.
    pub fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Beyond(a), Self::Beyond(b)) => a == b,
            _ => matches!((self.to_int(), other.to_int()), (Some(a), Some(b)) if a == b),
        }
    }

    /// By size.
    pub fn order(&self, other: &Self) -> Ordering {
        match (self.to_int(), other.to_int()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => {
                let (a, b) = (self.to_float().unwrap_or(f64::MAX), other.to_float().unwrap_or(f64::MAX));
                a.partial_cmp(&b).unwrap_or(Ordering::Equal)
            }
        }
    }
}

/// The int that a float is, if it is one.
pub fn whole(x: f64) -> Option<i64> {
    let n = cut(x)?;
    (n as f64 == x).then_some(n)
}

/// Towards zero, if it fits.
fn cut(x: f64) -> Option<i64> {
    (-INT_END..INT_END).contains(&x).then_some(x as i64)
}

/// Half away from zero, if it fits.
pub fn round(x: f64) -> Option<i64> {
    let n = cut(x)?;
    let rest = x - n as f64;
    n.checked_add(i64::from(rest >= 0.5) - i64::from(rest <= -0.5))
}

/// Downwards, if it fits.
pub fn floor(x: f64) -> Option<i64> {
    let n = cut(x)?;
    n.checked_sub(i64::from(n as f64 > x))
}

/// Upwards, if it fits.
pub fn ceil(x: f64) -> Option<i64> {
    let n = cut(x)?;
    n.checked_add(i64::from((n as f64) < x))
}

/// In decimal.
pub fn push_int(out: &mut String, n: i64) {
    let mut digits = [b'0'; 20];
    let mut rest = n.unsigned_abs();
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        used += 1;
        if rest == 0 {
            break;
        }
    }
    if n < 0 {
        out.push('-');
    }
    for digit in digits.iter().skip(digits.len() - used) {
        out.push(char::from(*digit));
    }
}

/// One text for each number, however it is held: what equal values have in common.
pub fn push_canonical(out: &mut String, number: &Number) {
    match (number, number.to_int()) {
        (_, Some(n)) => push_int(out, n),
        (Number::Float(x), None) => float::push(out, *x),
        (Number::Beyond(text), None) => out.push_str(text),
        (Number::Int(n), None) => push_int(out, *n),
    }
}
