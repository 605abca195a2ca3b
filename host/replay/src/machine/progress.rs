//! How far the code has come in this activation.

use std::collections::BTreeMap;

use crate::{Key, Options, Outcome, Request};

/// One undo that an unwinding runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoStep {
    /// The key under which it was registered, and under which it ends.
    pub key: Key,
    /// What to do.
    pub request: Request,
    /// How patiently.
    pub options: Options,
    /// How it ended, if it has.
    pub outcome: Option<Outcome>,
}

#[derive(Clone, Debug)]
pub(crate) struct Progress {
    /// Keys that the code has used, each with the number that its next repetition is given.
    used: BTreeMap<Key, u32>,
    /// Recorded requests that it has not come to yet.
    pub(crate) unasked: usize,
    /// Recorded lines of the log behind the last request that it has not come to yet.
    pub(crate) unlogged: usize,
    /// Registered and not unwound, oldest first.
    pub(crate) undos: Vec<Key>,
    /// What each unwinding took, newest first.
    pub(crate) unwindings: BTreeMap<Key, Vec<Key>>,
    /// The guest returned, and the journal says the same.
    pub(crate) finished: bool,
}

impl Progress {
    pub(super) fn new(unasked: usize, unlogged: usize) -> Self {
        Self {
            used: BTreeMap::new(),
            unasked,
            unlogged,
            undos: Vec::new(),
            unwindings: BTreeMap::new(),
            finished: false,
        }
    }

    pub(super) fn used(&self) -> impl Iterator<Item = &Key> {
        self.used.keys()
    }

    pub(super) fn is_used(&self, key: &Key) -> bool {
        self.used.contains_key(key)
    }

    /// The key as the journal knows it: with `#2`, `#3` … where this activation used it before.
    pub(crate) fn claim(&mut self, key: &str) -> Key {
        let plain = Key(key.to_owned());
        let Some(mut number) = self.used.get(&plain).copied() else {
            self.used.insert(plain.clone(), 2);
            return plain;
        };
        // A guest may have used such a name itself: then the number goes on.
        let mut name = Key(format!("{key}#{number}"));
        while self.used.contains_key(&name) {
            number += 1;
            name = Key(format!("{key}#{number}"));
        }
        self.used.insert(plain, number + 1);
        self.used.insert(name.clone(), 2);
        name
    }
}
