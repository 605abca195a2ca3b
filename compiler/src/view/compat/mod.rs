//! Two versions of a workflow compared: what changed for those who start it and send to it, which journal keys changed, and, for each
//! place where an instance may wait, whether one that waits there could be moved to the new code.
//!
//! What can be seen in the code is compared: keys, what stands under them, and what stands in front of them. What is worked out from
//! data is compared when an instance is really moved: replay then proves it, entry by entry. So a `Yes` here may still be refused
//! there, and the refusal does no harm.

mod door;
mod moves;
mod steps;

use serde::Serialize;

use crate::check::Checked;
use crate::ir::Program;

pub use moves::{Verdict, Waiting};

/// What is different between two versions of a workflow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The workflow's name.
    pub workflow: String,
    /// In the order of codes, then of the new source.
    pub changes: Vec<Change>,
    /// The places of the old code where an instance may wait, in its order.
    pub waiting: Vec<Waiting>,
}

/// A difference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// `E1101` … `E1110`: for information, not as faults.
    pub code: &'static str,
    /// What changed, in a line.
    pub message: String,
    /// In the old source, from 1.
    pub old_line: Option<u32>,
    /// In the new source, from 1.
    pub new_line: Option<u32>,
    /// Those who start it, send to it or read its result have to change too, or what runs cannot go on.
    pub breaking: bool,
}

impl Comparison {
    /// Every instance could be moved wherever it waits, and nobody outside has to change anything.
    #[must_use]
    pub fn is_compatible(&self) -> bool {
        self.waiting.iter().all(|place| place.verdict == Verdict::Yes)
            && self.changes.iter().all(|change| !change.breaking)
    }
}

/// Compares the workflow `old` of one checked file with `new` of another.
#[must_use]
pub fn compare(old: (&Checked, &Program), new: (&Checked, &Program)) -> Comparison {
    let (before, after) = (steps::steps(old.0, old.1), steps::steps(new.0, new.1));
    let mut changes = door::changes(old.1, new.1);
    changes.extend(moves::changes(&before, &after));
    changes.sort_by_key(|change| (change.code, change.new_line, change.old_line));
    let reads_input = !changes.iter().any(|change| change.code == "E1106" && change.breaking);
    let waiting = moves::waiting(&before, &after, reads_input);
    Comparison { workflow: new.1.meta.workflow.clone(), changes, waiting }
}

#[cfg(test)]
mod tests;
