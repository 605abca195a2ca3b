//! What the journal says of one scope: of the run itself, or of a block.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Command, Instant, Key, Seq};

/// One scope of a journal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// Requests of its guest, in order.
    pub(crate) requests: Vec<Key>,
    /// Of them those that take time and have not ended.
    pub(crate) open: BTreeSet<Key>,
    /// Lines of its log behind its last request.
    pub(crate) lines: usize,
    /// Registered and not unwound, oldest first; a block stands for those that it leaves when it ends well.
    pub(crate) undos: Vec<Key>,
    /// The code that began it gave it up.
    pub(crate) cancelled: Option<Seq>,
    /// The block has ended.
    closed: bool,
}

/// What an unwinding has taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unwinding {
    /// What is left to be run, the newest last.
    pub(crate) left: Vec<Key>,
    /// Undos that have ended, in the order in which they did.
    pub(crate) done: Vec<Key>,
    /// When the last block ended that it had to await.
    pub(crate) awaited: Option<Instant>,
}

/// Unwindings by key, of all scopes.
pub(crate) type Unwindings = BTreeMap<Key, Unwinding>;

impl Scope {
    /// One of its operations has ended; gives how many less are open.
    pub(crate) fn ended(&mut self, key: &Key) -> u64 {
        u64::from(self.open.remove(key) && !self.closed)
    }

    /// How many of its open operations still counted.
    pub(crate) fn closes(&mut self) -> u64 {
        if std::mem::replace(&mut self.closed, true) { 0 } else { self.open.len() as u64 }
    }

    /// A request of its guest.
    pub(crate) fn asked(&mut self, key: &Key, command: Option<&Command>, unwindings: &mut Unwindings) {
        self.requests.push(key.clone());
        self.lines = 0;
        match command {
            None | Some(Command::Unlock) => {}
            Some(Command::Undo { .. } | Command::UndoBlock { .. }) => self.undos.push(key.clone()),
            Some(command) => {
                self.open.insert(key.clone());
                match command {
                    Command::Block { .. } => self.undos.push(key.clone()),
                    Command::Unwind { depth } => {
                        let stay = usize::try_from(*depth).unwrap_or(usize::MAX).min(self.undos.len());
                        let left = self.undos.split_off(stay);
                        unwindings.insert(key.clone(), Unwinding { left, ..Unwinding::default() });
                    }
                    _ => {}
                }
            }
        }
    }
}
