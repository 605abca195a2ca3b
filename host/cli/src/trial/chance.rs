//! Chance that can be had again: the same seed, the same draws.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use cairn_host::port::Entropy;

/// Draws in a row that the seed decides.
#[derive(Clone, Debug)]
pub(super) struct Chance {
    seed: u64,
    drawn: Arc<AtomicU64>,
}

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, drawn: Arc::default() }
    }

    /// So many draws are recorded: what was drawn beyond them was lost, and comes again.
    pub(super) fn recorded(&self, draws: u64) {
        self.drawn.store(draws, Ordering::SeqCst);
    }
}

impl Entropy for Chance {
    /// The n-th number of `SplitMix64` (Steele, Lea, Flood 2014).
    fn bits(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let n = self.drawn.fetch_add(1, Ordering::SeqCst).wrapping_add(1);
        let z = self.seed.wrapping_add(n.wrapping_mul(STEP));
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
