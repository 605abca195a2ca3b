//! A decimal text to the float that is nearest, even where two are.

use core::cmp::Ordering;

use super::big::Big;

/// More digits than any float needs to be told from its neighbours (767); what lies behind them counts only as not nothing.
const DIGITS: usize = 780;

/// The float of a JSON number; none where it is beyond the largest.
pub fn read(text: &str) -> Option<f64> {
    let (text, negative) = text.strip_prefix('-').map_or((text, false), |rest| (rest, true));
    let (number, exponent) = text.split_once(['e', 'E']).map_or((text, 0), |(n, e)| (n, power(e)));
    let x = magnitude(number, exponent)?;
    Some(if negative { -x } else { x })
}

/// An exponent; one that is absurd as one that is large.
fn power(text: &str) -> i32 {
    let digits = text.trim_start_matches(['+', '-']);
    let size = digits
        .bytes()
        .fold(0_i32, |n, b| n.saturating_mul(10).saturating_add(i32::from(b.wrapping_sub(b'0'))))
        .min(100_000);
    if text.starts_with('-') { -size } else { size }
}

fn magnitude(number: &str, exponent: i32) -> Option<f64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = || whole.bytes().chain(fraction.bytes()).map(|b| u32::from(b.wrapping_sub(b'0')));
    let zeros = digits().take_while(|d| *d == 0).count();
    let count = whole.len() + fraction.len() - zeros;
    let significant = || digits().skip(zeros);
    // The number is `significant * 10^scale`.
    let scale = exponent.saturating_sub(i32::try_from(fraction.len()).ok()?);
    if count == 0 {
        return Some(0.0);
    }
    if count <= 15 && scale.abs() <= 22 {
        let n = significant().fold(0_u64, |n, d| n * 10 + u64::from(d)) as f64;
        let ten = (0..scale.abs()).fold(1.0, |p, _| p * 10.0);
        return Some(if scale < 0 { n / ten } else { n * ten });
    }
    let magnitude = scale.saturating_add(i32::try_from(count).ok()?);
    match magnitude {
        ..-330 => return Some(0.0),
        311.. => return None,
        _ => {}
    }
    let mut top = Big::new(0);
    for digit in significant().take(DIGITS) {
        top.scale(10, digit);
    }
    let cut = count.saturating_sub(DIGITS) as i32;
    if cut > 0 {
        let rest = significant().skip(DIGITS).any(|d| d != 0);
        top.scale(10, u32::from(rest));
    }
    nearest(top, scale + cut - i32::from(cut > 0))
}

/// The float nearest to `top * 10^scale`.
fn nearest(mut top: Big, scale: i32) -> Option<f64> {
    let mut bottom = Big::new(1);
    let ten = scale.unsigned_abs();
    if scale < 0 {
        bottom.scale_ten(ten);
    } else {
        top.scale_ten(ten);
    }
    let mut exponent = top.bits() - bottom.bits();
    let shift = exponent.unsigned_abs();
    if exponent < 0 {
        top.shift(shift);
    } else {
        bottom.shift(shift);
    }
    if top.order(&bottom) == Ordering::Less {
        top.shift(1);
        exponent -= 1;
    }
    // Now one to two times 2^exponent. A subnormal has fewer bits.
    let bits = 53 - (-1022 - exponent).max(0);
    let mut mantissa = 0_u64;
    for _ in 0..bits {
        mantissa = mantissa * 2 + u64::from(next_bit(&mut top, &bottom));
    }
    if bits >= 0 {
        let half = next_bit(&mut top, &bottom);
        mantissa += u64::from(half && (!top.is_zero() || mantissa % 2 == 1));
    }
    let stored = if bits < 53 { 0 } else { ((exponent + 1022) as u64) << 52 };
    Some(f64::from_bits(stored + mantissa)).filter(|x| x.is_finite() && exponent < 1024)
}

fn next_bit(top: &mut Big, bottom: &Big) -> bool {
    let bit = top.order(bottom) != Ordering::Less;
    if bit {
        top.take(bottom);
    }
    top.shift(1);
    bit
}
