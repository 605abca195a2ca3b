//! The numbers of batches.

use super::files::{
    mark::{Mark, Whole},
    witness::Witness,
};
use crate::StoreError;

/// Counts batches, and has it witnessed how far they are on disk.
#[derive(Debug)]
pub(super) struct Count {
    now: Whole,
    witness: Witness,
    /// Whether anything was written since it was opened.
    wrote: bool,
}

impl Count {
    /// From what the newest batch says; it came from disk.
    pub(super) fn new(now: Option<Whole>, witness: Witness) -> Self {
        let now = now.unwrap_or_default();
        Self { now: Whole { synced: now.number, ..now }, witness, wrote: false }
    }

    /// The marks of the next batch: the one in `heads`, and those of the other tables that it writes to.
    pub(super) fn next(&mut self, floor: u64, wrote: [bool; 3]) -> (Mark, [Option<Mark>; 3]) {
        self.wrote = true;
        let now = &mut self.now;
        now.number += 1;
        now.floor = floor;
        let number = now.number;
        let mut parts = [None; 3];
        for ((part, last), wrote) in parts.iter_mut().zip(&mut now.last).zip(wrote) {
            if wrote {
                *part = Some(Mark::Part { number, before: *last });
                *last = number;
            }
        }
        (Mark::Whole(*now), parts)
    }

    /// The number of the newest batch.
    pub(super) fn number(&self) -> u64 {
        self.now.number
    }

    /// All that was written is on disk.
    pub(super) fn durable(&mut self) -> Result<(), StoreError> {
        if self.now.synced == self.now.number {
            return Ok(());
        }
        self.now.synced = self.now.number;
        self.witness.durable(self.now.number)
    }

    /// At a clean end, when all is on disk.
    pub(super) fn end(&mut self) {
        if !self.wrote {
            return;
        }
        match self.durable() {
            Ok(()) => self.witness.sync(),
            Err(error) => {
                tracing::warn!(%error, "the witness could not be written when the journal was closed");
            }
        }
    }
}
