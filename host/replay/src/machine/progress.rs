//! How far the code of one scope has come in this activation.

use std::collections::BTreeMap;

use crate::{Command, Key, history::Scope};

#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// Keys that the code has used, in full, each with the number that its next repetition is given.
    used: BTreeMap<Key, u32>,
    /// Recorded requests that it has not come to yet.
    pub(crate) unasked: usize,
    /// Of the recorded requests, in order, those in front of this one have all been come to.
    passed: usize,
    /// Recorded lines of the log behind the last request that it has not come to yet.
    pub(crate) unlogged: usize,
    /// Undos that it has registered and that no unwinding has taken.
    pub(crate) undos: usize,
    /// The guest returned, and the journal says the same.
    pub(crate) finished: bool,
}

impl Progress {
    /// At the beginning of a scope.
    pub(super) fn new(scope: &Scope) -> Self {
        Self { unasked: scope.requests.len(), unlogged: scope.lines, ..Self::default() }
    }

    /// As if the code had asked for all that is recorded.
    pub(super) fn at_end(scope: &Scope) -> Self {
        let used = scope.requests.iter().map(|key| (key.clone(), 2)).collect();
        Self { used, passed: scope.requests.len(), undos: scope.undos.len(), ..Self::default() }
    }

    /// The first recorded request that the code has not come to.
    pub(super) fn next_unasked<'a>(&mut self, scope: &'a Scope) -> Option<&'a Key> {
        if self.unasked == 0 {
            return None;
        }
        let rest = scope.requests.get(self.passed..)?;
        let at = rest.iter().position(|key| !self.used.contains_key(key))?;
        self.passed += at;
        rest.get(at)
    }

    /// What a request changes; the same whether it is recorded or news.
    pub(super) fn follow(&mut self, command: &Command) {
        match command {
            Command::Undo { .. } | Command::UndoBlock { .. } | Command::Block { .. } => self.undos += 1,
            Command::Unwind { depth } => {
                self.undos = self.undos.min(usize::try_from(*depth).unwrap_or(usize::MAX));
            }
            _ => {}
        }
    }

    /// The key as the journal knows it: with `#2`, `#3` … where this activation used it before.
    pub(crate) fn claim(&mut self, plain: Key) -> Key {
        let Some(mut number) = self.used.get(&plain).copied() else {
            self.used.insert(plain.clone(), 2);
            return plain;
        };
        // A guest may have used such a name itself: then the number goes on.
        let mut name = Key(format!("{}#{number}", plain.0));
        while self.used.contains_key(&name) {
            number += 1;
            name = Key(format!("{}#{number}", plain.0));
        }
        self.used.insert(plain, number + 1);
        self.used.insert(name.clone(), 2);
        name
    }
}
