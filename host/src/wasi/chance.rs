//! Random bytes, the same on every replay: SHA-256 over a recorded seed and a counter (the generator of NIST SP 800-90A, 10.1.1.4,
//! over one seed). Whoever reads the journal can know them, as all else that the guest knows.

use cairn_replay::{Key, Note};
use sha2::{Digest, Sha256};
use wasmtime_wasi::p2::bindings::random::{insecure, insecure_seed, random};

use super::Journaled;
use crate::run::{Activation, Stop};

/// So many bytes a guest may ask for at once.
const MOST: u64 = 1 << 20;

/// The key under which the journal has the two halves of the seed.
const SEED: &str = "random";

/// Where a guest is in its stream of bytes.
pub(super) struct Chance {
    seed: [u8; 32],
    counter: u64,
    /// What is left of the newest block.
    left: Vec<u8>,
}

impl Chance {
    /// Draws the seed: 128 bits of the host's, recorded as two numbers, and who draws them.
    fn drawn(activation: &Activation, scope: Option<&Key>) -> Result<Self, Stop> {
        let mut core = activation.core();
        let mut hash = Sha256::new().chain_update("cairn random 1");
        for _ in 0..2 {
            match core.read_chance(scope, SEED)? {
                Note::Random(bits) => hash.update(bits.to_le_bytes()),
                Note::Now(_) => {
                    return Err(Stop::Refused("the journal has a time where a seed should be".to_owned()));
                }
            }
        }
        for name in [&core.began().tenant, &core.began().instance] {
            hash.update(u64::try_from(name.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(name);
        }
        Ok(Self::of(hash.finalize().into()))
    }

    fn of(seed: [u8; 32]) -> Self {
        Self { seed, counter: 0, left: Vec::new() }
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        while self.left.len() < count {
            let block =
                Sha256::new().chain_update(self.seed).chain_update(self.counter.to_le_bytes()).finalize();
            self.counter += 1;
            self.left.extend_from_slice(&block);
        }
        let rest = self.left.split_off(count);
        std::mem::replace(&mut self.left, rest)
    }
}

impl Journaled<'_> {
    fn chance(&mut self, count: u64) -> wasmtime::Result<Vec<u8>> {
        if count > MOST {
            let message = format!("the code asked for {count} random bytes at once, more than {MOST}");
            return Err(wasmtime::Error::new(Stop::Refused(message)));
        }
        let count = usize::try_from(count)?;
        if self.0.body().is_some() {
            let kept = self.0.wasi().body_chance.take();
            let mut chance = kept.unwrap_or_else(|| Chance::of(self.0.activation.core().seed()));
            let bytes = chance.bytes(count);
            self.0.wasi().body_chance = Some(chance);
            return Ok(bytes);
        }
        let mut chance = match self.0.wasi().chance.take() {
            Some(chance) => chance,
            None => Chance::drawn(&self.0.activation, self.0.scope.as_ref())?,
        };
        let bytes = chance.bytes(count);
        self.0.wasi().chance = Some(chance);
        Ok(bytes)
    }

    fn number(&mut self) -> wasmtime::Result<u64> {
        let bytes = self.chance(8)?;
        Ok(bytes.into_iter().rev().fold(0, |number, byte| number << 8 | u64::from(byte)))
    }
}

impl random::Host for Journaled<'_> {
    fn get_random_bytes(&mut self, len: u64) -> wasmtime::Result<Vec<u8>> {
        self.chance(len)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        self.number()
    }
}

impl insecure::Host for Journaled<'_> {
    fn get_insecure_random_bytes(&mut self, len: u64) -> wasmtime::Result<Vec<u8>> {
        self.chance(len)
    }

    fn get_insecure_random_u64(&mut self) -> wasmtime::Result<u64> {
        self.number()
    }
}

impl insecure_seed::Host for Journaled<'_> {
    fn insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        Ok((self.number()?, self.number()?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_bytes_do_not_depend_on_how_they_are_asked_for(seed: [u8; 32], parts in prop::collection::vec(0_usize..90, 0..9)) {
            let total = parts.iter().sum();
            let mut chance = Chance::of(seed);
            let pieces: Vec<u8> = parts.iter().flat_map(|count| chance.bytes(*count)).collect();
            prop_assert_eq!(pieces, Chance::of(seed).bytes(total));
        }
    }

    #[test]
    fn another_seed_gives_other_bytes() {
        assert_ne!(Chance::of([1; 32]).bytes(32), Chance::of([2; 32]).bytes(32));
        // `printf '\001%.0s' {1..32}; printf '\0%.0s' {1..8}`, through sha256sum: the algorithm is part of the journal's format.
        let first = Chance::of([1; 32]).bytes(4);
        assert_eq!(first, [0x12, 0x67, 0xc2, 0x12]);
    }
}
