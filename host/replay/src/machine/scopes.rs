//! The scopes of an instance: the run itself, which has no key, and each of its blocks under the key of its operation.

use super::{Machine, Progress};
use crate::{Command, Entry, Key};

impl Machine {
    /// The code of a scope begins, or begins again.
    pub fn enter(&mut self, scope: Option<&Key>) {
        let Some(recorded) = self.history.scope(scope) else { return };
        let progress = Progress::new(recorded);
        self.put(scope, progress);
    }

    /// Goes to the end of what is recorded of a scope, as if its code had asked for all of it.
    pub fn skip(&mut self, scope: Option<&Key>) {
        let Some(recorded) = self.history.scope(scope) else { return };
        let progress = Progress::at_end(recorded);
        self.put(scope, progress);
    }

    /// The code of a block is not run any more.
    pub fn leave(&mut self, block: &Key) {
        self.blocks.remove(block);
    }

    fn put(&mut self, scope: Option<&Key>, progress: Progress) {
        match scope {
            None => self.root = progress,
            Some(block) => drop(self.blocks.insert(block.clone(), progress)),
        }
    }

    pub(crate) fn progress(&self, scope: Option<&Key>) -> Option<&Progress> {
        scope.map_or(Some(&self.root), |block| self.blocks.get(block))
    }

    /// That of a block which was not entered is at its beginning.
    pub(crate) fn progress_mut(&mut self, scope: Option<&Key>) -> &mut Progress {
        match scope {
            None => &mut self.root,
            Some(block) => self
                .blocks
                .entry(block.clone())
                .or_insert_with(|| self.history.scope(Some(block)).map(Progress::new).unwrap_or_default()),
        }
    }

    /// The block in which a key was asked; none outside of blocks, and of a key that nobody asked for.
    #[must_use]
    pub fn scope_of(&self, key: &Key) -> Option<&Key> {
        self.history.scope_of(key).flatten()
    }

    /// Would this key, as a scope's code calls it, mean something that another scope asked for?
    #[must_use]
    pub fn belongs_to_another(&self, scope: Option<&Key>, key: &str) -> bool {
        let full = Key::within(scope, key);
        let inside = |of: Option<&Key>| {
            // A block of this scope itself, whose keys begin like this one.
            full.0.rmatch_indices('/').any(|(at, _)| {
                let name = full.0.get(..at).unwrap_or_default();
                let block = self.history.scope(Some(&Key(name.to_owned()))).is_some();
                block && of.is_none_or(|of| name.len() > of.0.len())
            })
        };
        self.history.scope_of(&full).is_some_and(|owner| owner != scope) || inside(scope)
    }

    /// Is anything recorded of it?
    #[must_use]
    pub fn has_begun(&self, block: &Key) -> bool {
        self.history.scope(Some(block)).is_some_and(|scope| !scope.requests.is_empty())
    }

    /// Is every operation in it to fail, because the code gave it or a block around it up, or because the instance was cancelled?
    /// What undoes is not cancelled from outside.
    #[must_use]
    pub fn is_cancelled(&self, scope: Option<&Key>) -> bool {
        let Some(block) = scope else { return self.history.cancelled().is_some() };
        if self.history.scope(scope).is_some_and(|scope| scope.cancelled.is_some()) {
            return true;
        }
        let undoes = matches!(self.history.command(block), Some(Command::UndoBlock { .. }));
        !undoes && self.is_cancelled(self.scope_of(block))
    }

    /// Is it a block that undoes, or within one?
    #[must_use]
    pub fn undoes(&self, scope: Option<&Key>) -> bool {
        let Some(block) = scope else { return false };
        matches!(self.history.command(block), Some(Command::UndoBlock { .. }))
            || self.undoes(self.scope_of(block))
    }

    /// The entry in front of the one that asked under this key.
    #[must_use]
    pub fn line_before(&self, key: &Key) -> Option<&Entry> {
        self.history.before(key)
    }

    /// Operations that a scope's code has asked for and that have not ended, in the order of their keys; undos are not among
    /// them. Once it is live: before that, they may be more than the code has come to.
    pub fn open(&self, scope: Option<&Key>) -> impl Iterator<Item = &Key> {
        self.history.scope(scope).into_iter().flat_map(|scope| &scope.open)
    }
}
