//! Numbers made of recorded random bits, and growing delays.

use crate::fault::{Failure, Fault};
use crate::number::floor;

/// Of 64 random bits a number in `low..high`; biased by at most (high - low) / 2^64.
///
/// # Errors
/// `arithmetic` where the range is empty.
pub fn between(bits: u64, low: i64, high: i64) -> Result<i64, Fault> {
    if low >= high {
        return Err(Failure::plain("arithmetic", "no number is in an empty range"));
    }
    let span = high.wrapping_sub(low) as u64;
    let part = (u128::from(bits) * u128::from(span)) >> 64;
    Ok(low.wrapping_add(part as i64))
}

/// `first * factor^round`, at least 0 and at most `longest`.
pub fn backoff(first: i64, factor: f64, longest: i64, round: i64) -> i64 {
    let (mut delay, mut factor, mut round) = (first as f64, factor, round.max(0));
    while round > 0 {
        if round % 2 == 1 {
            delay *= factor;
        }
        factor *= factor;
        round /= 2;
    }
    let longest = longest.max(0);
    if delay >= longest as f64 || delay.is_nan() {
        return longest;
    }
    floor(delay).unwrap_or(0).max(0)
}
