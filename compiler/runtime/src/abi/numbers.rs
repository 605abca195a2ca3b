//! Arithmetic that is more than an instruction or two.

use super::or;
use crate::fault::{Failure, Fault};
use crate::number::{ceil, floor, round};
use crate::value::V;
use crate::{draw, text};

fn overflow() -> Fault {
    Failure::plain("overflow", "the result does not fit an int (64 bits)")
}

/// Fails `overflow`.
#[unsafe(no_mangle)]
extern "C" fn rt_overflow() {
    super::fail(overflow());
}

/// Fails `arithmetic`: by zero.
#[unsafe(no_mangle)]
extern "C" fn rt_by_zero() {
    super::fail(Failure::plain("arithmetic", "a number cannot be divided by zero"));
}

/// Fails `arithmetic`: not finite.
#[unsafe(no_mangle)]
extern "C" fn rt_not_finite() {
    super::fail(Failure::plain("arithmetic", "the result is not a finite float"));
}

/// Fails `missing`: what was asked for with `!` is null. `what` is how the source calls it, or empty.
#[unsafe(no_mangle)]
extern "C" fn rt_missing(what: V) {
    let mut message = alloc::string::String::new();
    match what.as_text() {
        "" => message.push_str("a value that `!` asks for is null"),
        what => {
            message.push('`');
            message.push_str(what);
            message.push_str("` is null");
        }
    }
    super::fail(Failure::plain("missing", message.leak()));
}

#[unsafe(no_mangle)]
extern "C" fn rt_mul(a: i64, b: i64) -> i64 {
    or(a.checked_mul(b).ok_or_else(overflow), 0)
}

/// By zero gives what is not finite.
#[unsafe(no_mangle)]
extern "C" fn rt_float_rem(a: f64, b: f64) -> f64 {
    a % b
}

#[unsafe(no_mangle)]
extern "C" fn rt_abs(n: i64) -> i64 {
    or(n.checked_abs().ok_or_else(overflow), 0)
}

#[unsafe(no_mangle)]
extern "C" fn rt_round(x: f64) -> i64 {
    or(round(x).ok_or_else(overflow), 0)
}

#[unsafe(no_mangle)]
extern "C" fn rt_floor(x: f64) -> i64 {
    or(floor(x).ok_or_else(overflow), 0)
}

#[unsafe(no_mangle)]
extern "C" fn rt_ceil(x: f64) -> i64 {
    or(ceil(x).ok_or_else(overflow), 0)
}

#[unsafe(no_mangle)]
extern "C" fn rt_unix_seconds(time: i64) -> i64 {
    time.div_euclid(1000)
}

#[unsafe(no_mangle)]
extern "C" fn rt_backoff(first: i64, factor: f64, longest: i64, round: i64) -> i64 {
    draw::backoff(first, factor, longest, round)
}

#[unsafe(no_mangle)]
extern "C" fn rt_between(bits: i64, low: i64, high: i64) -> i64 {
    or(draw::between(bits as u64, low, high), 0)
}

#[unsafe(no_mangle)]
extern "C" fn rt_uuid(high: i64, low: i64) -> V {
    text::uuid(high as u64, low as u64)
}
