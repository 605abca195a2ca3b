//! The chain through an instance's entries.

use sha2::{Digest, Sha256};

use super::bytes::Writer;
use crate::InstanceId;

/// What an entry is chained to: the first 16 bytes of a SHA-256 over all that stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain(pub [u8; Self::LEN]);

impl Chain {
    /// Its length in bytes. Half a SHA-256: nobody is to be kept from forging it, damage is to be found.
    pub const LEN: usize = 16;

    /// What the first entry of an instance is chained to.
    #[must_use]
    pub fn start(id: &InstanceId) -> Self {
        let mut name = Writer::default();
        name.text(&id.tenant);
        name.text(&id.instance);
        Self::hash(b"cairn journal\0", &name.0)
    }

    /// The chain behind an entry whose bytes, without chain, are these.
    #[must_use]
    pub(super) fn link(self, entry: &[u8]) -> Self {
        Self::hash(&self.0, entry)
    }

    fn hash(first: &[u8], second: &[u8]) -> Self {
        let hash: [u8; 32] = Sha256::new().chain_update(first).chain_update(second).finalize().into();
        let mut chain = [0; Self::LEN];
        chain.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self(chain)
    }

    /// The chain that the bytes of an entry end with; unchecked.
    pub(crate) fn at_end_of(entry: &[u8]) -> Option<Self> {
        entry.last_chunk().copied().map(Self)
    }
}
