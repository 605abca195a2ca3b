//! Stopping what is not wanted any more: first all of it, at once; then what was done is undone.

use std::{sync::Arc, time::Duration};

use cairn_replay::{Command, Entry, Instant, Key, NextUndo, Phase};

use super::{Activation, Stop, core::Core, words};

/// How often an undo looks whether all that was stopped is gone.
const A_MOMENT: Duration = Duration::from_millis(2);

/// An undo waits no longer for what was stopped than this. Code is stopped long before; this is for a tool that blocks its thread.
const AT_THE_LONGEST: Duration = Duration::from_secs(5);

/// How it stands with a guest that computes.
pub(crate) enum Standing {
    /// It may go on.
    Wanted,
    /// It has a short time to come to its end.
    Stops,
    /// Nobody looks at it any more.
    Gone,
}

impl Core {
    /// May the guest of a scope go on computing?
    pub(crate) fn standing(&self, scope: Option<&Key>) -> Standing {
        if self.closed || self.scopes.get(scope).is_none() {
            return Standing::Gone;
        }
        // What is replayed does nothing, and has to come to where the recorded run was.
        if self.stopping(scope) && self.is_live(scope) { Standing::Stops } else { Standing::Wanted }
    }

    /// Why a guest that went on computing is stopped.
    pub(crate) fn unwanted(&self) -> Stop {
        Stop::Unwanted(self.cancellation())
    }

    /// The instance is to stop: those of its guests that compute are not waited for, but nothing is undone before they have stopped.
    pub(super) fn halt(&mut self) {
        let computing: Vec<_> = self.scopes.computing().cloned().collect();
        self.computing = computing.into_iter().filter(|scope| !self.machine.undoes(scope.as_ref())).collect();
        self.hurry.notify_waiters();
    }

    /// A guest has come to a wait, or to its end.
    pub(super) fn has_stopped(&mut self, scope: Option<&Key>) {
        if !self.computing.is_empty() {
            self.computing.remove(&scope.cloned());
        }
    }

    fn is_quiet(&mut self) -> bool {
        self.leaving.retain(|effect| !effect.is_finished());
        self.leaving.is_empty() && self.computing.is_empty()
    }

    /// Is it done to undo something?
    pub(super) fn is_to_undo(&self, key: &Key) -> bool {
        matches!(self.machine.command(key), Some(Command::Undo { .. }))
            || self.machine.undoes(self.machine.scope_of(key))
    }

    /// When the undo that an unwinding of something that was stopped is at has taken as long as it may.
    fn unwinds_until(&self, unwinding: &Key) -> Option<Instant> {
        if !self.stops(unwinding) {
            return None;
        }
        // Of a block that it awaits each undo has its own time.
        let begun = self.machine.undoes_since(unwinding)?;
        let begun = self.machine.cancelled_at().map_or(begun, |at| at.max(begun));
        let most = u64::try_from(self.inner.limits.undo.as_millis()).unwrap_or(u64::MAX);
        Some(Instant(begun.0.saturating_add(most)))
    }

    /// The next moment at which an undo has taken as long as it may.
    pub(super) fn unwinding_ends(&self) -> Option<Instant> {
        self.unwinding.keys().filter_map(|key| self.unwinds_until(key)).min()
    }

    /// Goes on past undos that have taken too long: they fail, and are told as such.
    pub(super) fn end_unwindings(&mut self, now: Instant) -> Result<(), Stop> {
        let late = |key: &&Key| self.unwinds_until(key).is_some_and(|until| until <= now);
        let late: Vec<Key> = self.unwinding.keys().filter(late).cloned().collect();
        for unwinding in late {
            if let NextUndo::Run(undo) = self.machine.next_undo(&unwinding) {
                self.leave_undone(undo, now)?;
            }
            self.unwind(&unwinding)?;
        }
        Ok(())
    }

    fn leave_undone(&mut self, undo: Key, at: Instant) -> Result<(), Stop> {
        self.stop_effect(&undo);
        if self.scopes.get(Some(&undo)).is_some() {
            self.drop_scope(&undo);
        }
        let most = u64::try_from(self.inner.limits.undo.as_millis()).unwrap_or(u64::MAX);
        let message = format!(
            "it was not done within the {} that an undo may take: see what is left of it, and undo that by hand",
            words::duration(most)
        );
        self.apply(Entry::Ended { key: undo, at, outcome: Err(words::fail("limit", message)) })
    }
}

impl Activation {
    /// Resolves when all that was stopped is gone.
    pub(super) async fn until_quiet(&self) {
        let begun = std::time::Instant::now();
        while !self.core().is_quiet() && begun.elapsed() < AT_THE_LONGEST {
            tokio::time::sleep(A_MOMENT).await;
        }
    }

    /// Resolves when a scope is to stop, or is there to undo something: then it waits for nobody's turn.
    pub(super) async fn until_hurried(&self, scope: Option<&Key>) {
        let hurry = Arc::clone(&self.core().hurry);
        loop {
            let told = hurry.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            if self.core().hurries(scope) {
                return;
            }
            told.await;
        }
    }
}

impl Core {
    fn hurries(&self, scope: Option<&Key>) -> bool {
        self.closed || self.stopping(scope) || self.machine.undoes(scope)
    }

    /// A guest that is to stop broke before it had come to the end of what is recorded: it ends without its code.
    pub(super) fn stops_in_replay(&self, scope: Option<&Key>) -> bool {
        self.machine.cancelled().is_some() && self.machine.phase(scope) == Phase::Replaying
    }
}
