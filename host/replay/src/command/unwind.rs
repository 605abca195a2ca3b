//! `unwind`: the registered undos above a depth are taken, newest first.

use crate::{Key, Machine, UndoStep, machine::Progress};

pub(super) fn follow(progress: &mut Progress, key: &Key, depth: u32) {
    let stay = usize::try_from(depth).unwrap_or(usize::MAX).min(progress.undos.len());
    let mut taken = progress.undos.split_off(stay);
    taken.reverse();
    progress.unwindings.insert(key.clone(), taken);
}

pub(super) fn describe(depth: u32) -> String {
    format!("an unwinding down to {depth} undos")
}

impl Machine {
    /// What the unwinding that the code asked for under `key` runs, newest first: those that have ended are marked, those
    /// that have not are still to be run. Empty if there is none under that key in this activation.
    #[must_use]
    pub fn unwinding(&self, key: &Key) -> Vec<UndoStep> {
        let taken = self.progress.unwindings.get(key);
        taken.into_iter().flatten().filter_map(|key| self.undo_step(key)).collect()
    }
}
