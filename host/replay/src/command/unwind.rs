//! `unwind`: the registered undos above a depth are taken, newest first.

use crate::{Command, Instant, Key, Machine};

/// What an unwinding needs next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextUndo {
    /// This undo is to be run; it ends under its own key.
    Run(Key),
    /// This block has not ended, and whether it leaves undos is known when it has.
    Await(Key),
    /// Nothing: all have ended.
    Done,
}

pub(super) fn describe(depth: u32) -> String {
    format!("an unwinding down to {depth} undos")
}

impl Machine {
    /// What the unwinding that was asked for under `key` has to run next. What blocks left that ended well is taken newest first at the
    /// place of the block.
    pub fn next_undo(&mut self, key: &Key) -> NextUndo {
        loop {
            let unwinding = self.history.unwindings.get(key);
            let Some(newest) = unwinding.and_then(|unwinding| unwinding.left.last()).cloned() else {
                return NextUndo::Done;
            };
            let block = matches!(self.history.command(&newest), Some(Command::Block { .. }));
            let left = match self.history.outcome(&newest) {
                None if block => return NextUndo::Await(newest),
                None => return NextUndo::Run(newest),
                Some(Ok(_)) if block => {
                    self.history.scope_mut(Some(&newest)).map(|of| std::mem::take(&mut of.undos))
                }
                Some(_) => None,
            };
            let ended = self.history.ended_at(&newest);
            if let Some(unwinding) = self.history.unwindings.get_mut(key) {
                unwinding.left.pop();
                unwinding.left.extend(left.unwrap_or_default());
                if block {
                    unwinding.awaited = unwinding.awaited.max(ended);
                } else {
                    unwinding.done.push(newest);
                }
            }
        }
    }

    /// Since when the undo that an unwinding is at has had its turn; none while it is at none, as where it awaits a block.
    #[must_use]
    pub fn undoes_since(&self, key: &Key) -> Option<Instant> {
        let unwinding = self.history.unwindings.get(key)?;
        let undo = unwinding.left.last()?;
        let is_block = matches!(self.history.command(undo), Some(Command::Block { .. }));
        if is_block || self.history.outcome(undo).is_some() {
            return None;
        }
        let before = unwinding.done.last().and_then(|undo| self.history.ended_at(undo));
        self.asked_at(key).max(before).max(unwinding.awaited)
    }

    /// The undos that the unwinding under `key` has run, as far as [`Machine::next_undo`] was told of their ends.
    #[must_use]
    pub fn unwound(&self, key: &Key) -> &[Key] {
        self.history.unwindings.get(key).map_or(&[], |unwinding| &unwinding.done)
    }
}
