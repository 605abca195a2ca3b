//! Blocks: parts of the code that run side by side, each as a scope of its own.

use cairn_replay::{Command, Entry, Key, Outcome};

use super::{
    Stop,
    core::{Core, Mode},
    scopes::Seat,
    words,
};
use crate::crash;

impl Core {
    /// A block is asked for and not ended. One that is not wanted any more, and of which nothing is recorded, does not begin.
    pub(super) fn begin_block(&mut self, key: &Key) -> Result<(), Stop> {
        if self.scopes.get(Some(key)).is_some() {
            return Ok(());
        }
        if self.stops(key) && !self.machine.has_begun(key) {
            return self.end(key, Err(self.cancellation()));
        }
        crash::point("block:before-begin");
        self.start(key, self.machine.scope_of(key).cloned());
        Ok(())
    }

    /// The turn of a block that undoes has come.
    pub(super) fn begin_undo_block(&mut self, key: &Key, unwinding: &Key) {
        if self.scopes.get(Some(key)).is_none() {
            self.start(key, self.machine.scope_of(unwinding).cloned());
        }
    }

    /// The code gave a block up: everything in it fails, and it ends when its undos have run.
    pub(super) fn cancel_block(&mut self, key: &Key) -> Result<(), Stop> {
        if self.machine.is_cancelled(Some(key)) || self.mode == Mode::Prove {
            return Ok(());
        }
        if self.has_not_begun(key) {
            self.drop_scope(key);
            return self.end(key, Err(words::fail("cancelled", "the code gave it up")));
        }
        self.apply(Entry::ScopeCancelled { key: key.clone(), at: self.now() })?;
        crash::point("scope-cancel:before-commit");
        self.hurry.notify_waiters();
        self.cancel_within(Some(key))
    }

    /// No code of it ran, now or before.
    fn has_not_begun(&self, block: &Key) -> bool {
        let queued = self.scopes.get(Some(block)).is_none_or(|scope| scope.seat == Seat::Queued);
        queued && !self.machine.has_begun(block)
    }

    /// What is open within a block that is cancelled, or in the whole instance, ends; but not what undoes.
    pub(super) fn cancel_within(&mut self, block: Option<&Key>) -> Result<(), Stop> {
        for scope in self.scopes.within(block) {
            if self.machine.is_cancelled(scope.as_ref()) && self.is_live(scope.as_ref()) {
                self.end_open(scope.as_ref())?;
            }
        }
        Ok(())
    }

    /// Ends what is open in a scope. What has to come to an end by itself is told to; unwindings go on.
    pub(super) fn end_open(&mut self, scope: Option<&Key>) -> Result<(), Stop> {
        let open: Vec<Key> = self.machine.open(scope).cloned().collect();
        for key in open {
            match self.machine.command(&key) {
                Some(Command::Unwind { .. }) => {}
                Some(Command::Child { .. }) => self.cancel_child(&key)?,
                Some(Command::Block { .. }) if self.has_not_begun(&key) => {
                    self.drop_scope(&key);
                    self.end(&key, Err(self.cancellation()))?;
                }
                // Cancelled with what is around it, or by whoever ends that.
                Some(Command::Block { .. }) => {}
                _ => self.end(&key, Err(self.cancellation()))?,
            }
        }
        Ok(())
    }

    /// A block's guest has come to its end.
    pub(super) fn end_block(&mut self, block: &Key, outcome: Outcome) -> Result<(), Stop> {
        if self.machine.paused() {
            return Err(Stop::Unload);
        }
        let (at, shown) = (self.now(), self.shown(&outcome));
        let news = self.machine.finish(Some(block), outcome, at)?;
        self.drop_scope(block);
        match news {
            Some(entry) => {
                self.news(entry);
                self.has_ended(block, at, shown)
            }
            None => Ok(()),
        }
    }
}
