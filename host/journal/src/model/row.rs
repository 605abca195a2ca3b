//! What a store keeps about an instance beside its entries.

use cairn_replay::Instant;

use crate::{Head, format::Chain};

/// A head, and what only the store needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// What callers see.
    pub(crate) head: Head,
    /// The chain behind its last entry.
    pub(crate) chain: Chain,
    /// Its timer, so that a new one can take its place.
    pub(crate) timer: Option<Instant>,
}
