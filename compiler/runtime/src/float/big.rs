//! Natural numbers of up to 4,160 bits: what the longest quotient takes that decides how a float is rounded.

use core::cmp::Ordering;

const LIMBS: usize = 130;

/// A natural number; the lowest limb first, none above `len`.
#[derive(Clone)]
pub struct Big {
    limbs: [u32; LIMBS],
    len: usize,
}

impl Big {
    /// Of a machine number.
    pub fn new(n: u64) -> Self {
        let mut big = Self { limbs: [0; LIMBS], len: 0 };
        big.push(n as u32);
        big.push((n >> 32) as u32);
        big.trim();
        big
    }

    fn push(&mut self, limb: u32) {
        if let Some(place) = self.limbs.get_mut(self.len) {
            *place = limb;
            self.len += 1;
        }
    }

    fn trim(&mut self) {
        while self.len > 0 && self.limb(self.len - 1) == 0 {
            self.len -= 1;
        }
    }

    fn limb(&self, at: usize) -> u32 {
        self.limbs.get(at).copied().unwrap_or(0)
    }

    /// It is nothing.
    pub fn is_zero(&self) -> bool {
        self.len == 0
    }

    /// How many bits it takes.
    pub fn bits(&self) -> i32 {
        match self.len {
            0 => 0,
            len => len as i32 * 32 - self.limb(len - 1).leading_zeros() as i32,
        }
    }

    /// Times `by`, plus `more`.
    pub fn scale(&mut self, by: u32, more: u32) {
        let mut carry = u64::from(more);
        for limb in self.limbs.iter_mut().take(self.len) {
            carry += u64::from(*limb) * u64::from(by);
            *limb = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.push(carry as u32);
        }
    }

    /// Times a power of ten.
    pub fn scale_ten(&mut self, mut power: u32) {
        while power >= 9 {
            self.scale(1_000_000_000, 0);
            power -= 9;
        }
        for _ in 0..power {
            self.scale(10, 0);
        }
    }

    /// Times a power of two.
    pub fn shift(&mut self, bits: u32) {
        let whole = (bits / 32) as usize;
        if whole > 0 && self.len > 0 {
            let end = (self.len + whole).min(LIMBS);
            self.limbs.copy_within(0..end - whole, whole);
            self.limbs.iter_mut().take(whole).for_each(|limb| *limb = 0);
            self.len = end;
        }
        self.scale(1 << (bits % 32), 0);
    }

    /// Less another that is not larger.
    pub fn take(&mut self, other: &Self) {
        let mut borrow = 0_i64;
        for (limb, less) in self.limbs.iter_mut().zip(&other.limbs).take(self.len) {
            borrow += i64::from(*limb) - i64::from(*less);
            *limb = borrow as u32;
            borrow >>= 32;
        }
        self.trim();
    }

    /// By size.
    pub fn order(&self, other: &Self) -> Ordering {
        match self.len.cmp(&other.len) {
            Ordering::Equal => {
                let pairs = self.limbs.iter().zip(&other.limbs).take(self.len).rev();
                pairs.map(|(a, b)| a.cmp(b)).find(|o| *o != Ordering::Equal).unwrap_or(Ordering::Equal)
            }
            unequal => unequal,
        }
    }

    /// The sum with another, by size against a third.
    pub fn order_sum(&self, more: &Self, other: &Self) -> Ordering {
        let mut sum = self.clone();
        sum.add(more);
        sum.order(other)
    }

    fn add(&mut self, more: &Self) {
        let len = self.len.max(more.len);
        let mut carry = 0_u64;
        for (limb, with) in self.limbs.iter_mut().zip(&more.limbs).take(len) {
            carry += u64::from(*limb) + u64::from(*with);
            *limb = carry as u32;
            carry >>= 32;
        }
        self.len = len;
        if carry > 0 {
            self.push(carry as u32);
        }
    }
}
