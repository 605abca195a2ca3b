//! Random choices that a seed repeats.

use std::time::{SystemTime, UNIX_EPOCH};

/// A row of random numbers, fixed by its seed.
///
/// The generator is SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
pub struct Random {
    state: u64,
}

impl Random {
    /// The row of this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The seed of this run: `CAIRN_SEED` where it is set, else one from the clock. Print it, so that a failure can be repeated.
    #[must_use]
    pub fn seed() -> u64 {
        match std::env::var("CAIRN_SEED") {
            Ok(text) => text.parse().expect("CAIRN_SEED is a whole number"),
            Err(_) => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                since.as_secs() ^ u64::from(since.subsec_nanos())
            }
        }
    }

    /// The next number, all 64 bits evenly.
    pub fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which must not be 0. The bias is below 2⁻³² for every `end` used here.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }
}
