//! The shortest decimal text of a float: Burger and Dybvig, "Printing Floating-Point Numbers Quickly and Accurately" (1996).

use alloc::{string::String, vec::Vec};
use core::cmp::Ordering;

use super::big::Big;
use crate::number::push_int;

/// Bits of a mantissa that are stored.
const MANTISSA: u32 = 52;
/// The exponent of the least subnormal float, as a power of two of its lowest bit.
const LEAST: i32 = -1074;

/// Appends the float: with a point from 0.0001 to below 10^16, with an exponent beyond.
pub fn push(out: &mut String, x: f64) {
    if x.is_sign_negative() {
        out.push('-');
    }
    if x == 0.0 {
        return out.push_str("0.0");
    }
    let (digits, point) = shortest(x);
    let len = digits.len() as i32;
    if (-3..=16).contains(&point) {
        plain(out, &digits, point, len);
        return;
    }
    push_digits(out, digits.get(..1));
    if len > 1 {
        out.push('.');
        push_digits(out, digits.get(1..));
    }
    out.push('e');
    push_int(out, i64::from(point - 1));
}

fn plain(out: &mut String, digits: &[u8], point: i32, len: i32) {
    if point <= 0 {
        out.push_str("0.");
        (point..0).for_each(|_| out.push('0'));
        return push_digits(out, Some(digits));
    }
    let whole = point.min(len) as usize;
    push_digits(out, digits.get(..whole));
    (len..point).for_each(|_| out.push('0'));
    out.push('.');
    if len > point {
        push_digits(out, digits.get(whole..));
    } else {
        out.push('0');
    }
}

fn push_digits(out: &mut String, digits: Option<&[u8]>) {
    digits.unwrap_or(&[]).iter().for_each(|d| out.push(char::from(b'0' + d)));
}

/// The number that is printed, and half the gap to its neighbours, over a common denominator.
struct Gap {
    number: Big,
    above: Big,
    below: Big,
    whole: Big,
    /// Its neighbours round to it where they are just in the middle.
    closed: bool,
}

/// Digits, and where the point stands: `0.digits * 10^point`.
fn shortest(x: f64) -> (Vec<u8>, i32) {
    let (mut gap, bits) = gap(x);
    // log10 of 2, from below; so that the estimate is right or one too small.
    let estimate = i64::from(bits - 1) * 30_102_999_566;
    let mut point = (estimate.div_euclid(100_000_000_000) + 1) as i32;
    match u32::try_from(point) {
        Ok(power) => gap.whole.scale_ten(power),
        Err(_) => gap.scale_ten(point.unsigned_abs()),
    }
    if gap.reaches_whole() {
        point += 1;
    } else {
        gap.scale_ten(1);
    }
    (gap.digits(), point)
}

/// Also how many bits stand in front of the binary point.
fn gap(x: f64) -> (Gap, i32) {
    let stored = x.to_bits() & ((1 << MANTISSA) - 1);
    let exponent = (x.to_bits() >> MANTISSA & 0x7ff) as i32;
    let (mantissa, power) =
        if exponent == 0 { (stored, LEAST) } else { (stored | 1 << MANTISSA, LEAST + exponent - 1) };
    // Below a power of two the neighbours are only half as far apart.
    let uneven = stored == 0 && exponent > 1;
    let (up, down) = (power.max(0).unsigned_abs(), power.min(0).unsigned_abs());
    let mut gap = Gap {
        number: Big::new(mantissa),
        above: Big::new(1),
        below: Big::new(1),
        whole: Big::new(1),
        closed: mantissa % 2 == 0,
    };
    let more = u32::from(uneven);
    gap.number.shift(up + 1 + more);
    gap.above.shift(up + more);
    gap.below.shift(up);
    gap.whole.shift(down + 1 + more);
    (gap, power + 64 - mantissa.leading_zeros() as i32)
}

impl Gap {
    fn scale_ten(&mut self, power: u32) {
        self.number.scale_ten(power);
        self.above.scale_ten(power);
        self.below.scale_ten(power);
    }

    /// What rounds to the number reaches one.
    fn reaches_whole(&self) -> bool {
        match self.number.order_sum(&self.above, &self.whole) {
            Ordering::Less => false,
            Ordering::Equal => self.closed,
            Ordering::Greater => true,
        }
    }

    fn digits(&mut self) -> Vec<u8> {
        let mut digits = Vec::with_capacity(17);
        loop {
            let mut digit = 0;
            while self.number.order(&self.whole) != Ordering::Less {
                self.number.take(&self.whole);
                digit += 1;
            }
            let low = match self.number.order(&self.below) {
                Ordering::Less => true,
                Ordering::Equal => self.closed,
                Ordering::Greater => false,
            };
            let high = self.reaches_whole();
            if low || high {
                let up = high && (!low || self.number.order_sum(&self.number, &self.whole) != Ordering::Less);
                digits.push(digit + u8::from(up));
                return digits;
            }
            digits.push(digit);
            self.scale_ten(1);
        }
    }
}
