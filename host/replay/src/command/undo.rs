//! `undo`: what undoes the work so far is registered; an unwinding runs it, under the same key.

use crate::{Key, Machine, Request};

pub(super) fn describe(request: &Request) -> String {
    format!("an undo by `{}`", request.tool)
}

impl Machine {
    /// How many undos the code of a scope has registered, up to where it is now in this activation, that no unwinding it asked for
    /// has taken. Each block that it has begun counts as one.
    #[must_use]
    pub fn undo_depth(&self, scope: Option<&Key>) -> u32 {
        let undos = self.progress(scope).map_or(0, |progress| progress.undos);
        u32::try_from(undos).unwrap_or(u32::MAX)
    }
}
