//! `undo`: what undoes the work so far is registered; an unwinding runs it, under the same key.

use crate::{Command, Key, Machine, Request, UndoStep, machine::Progress};

pub(super) fn follow(progress: &mut Progress, key: &Key) {
    progress.undos.push(key.clone());
}

pub(super) fn describe(request: &Request) -> String {
    format!("an undo by `{}`", request.tool)
}

impl Machine {
    /// How many undos the code has registered, up to where it is now in this activation, that no unwinding it asked for
    /// has taken.
    #[must_use]
    pub fn undo_depth(&self) -> u32 {
        u32::try_from(self.progress.undos.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn undo_step(&self, key: &Key) -> Option<UndoStep> {
        let Command::Undo { request, options } = self.command(key)? else { return None };
        let outcome = self.outcome(key).cloned();
        Some(UndoStep { key: key.clone(), request: request.clone(), options: options.clone(), outcome })
    }
}
