//! The machine: one activation of an instance.
//!
//! ```text
//!              every recorded request asked for              finish
//!  Replaying ────────────────────────────────────▶ Live ──────────────▶ Finished
//!      │                                             │
//!      └──────────── a request that does not agree ──┴──▶ Diverged
//! ```
//!
//! Each scope (the run itself, and each block) has a guest of its own, and goes this way by itself: its entries are compared with
//! what its guest asks for, and nothing else.
//!
//! `matching` decides about a request; what is special about a kind of it is in `command/`.

mod matching;
mod phase;
mod progress;
mod scopes;

pub use phase::Phase;

use std::collections::BTreeMap;

use crate::{
    Began, Command, Damage, Divergence, Entry, Instant, Key, Outcome, Seq, Tries,
    history::{History, name},
};
pub(crate) use progress::Progress;

/// The state of one activation: the history, and what the code has asked for since it was loaded.
#[derive(Clone, Debug)]
pub struct Machine {
    pub(crate) history: History,
    root: Progress,
    /// Of blocks that were entered.
    blocks: BTreeMap<Key, Progress>,
    diverged: Option<Box<Divergence>>,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The key under which it stands, the host's `#2` included.
    pub key: Key,
    /// The entry that has to be appended; the machine has taken it in already. `None`: it was recorded.
    pub news: Option<Entry>,
}

impl Machine {
    /// A machine at the beginning of an activation; `history` is the whole journal, its first entry [`Entry::Began`].
    ///
    /// # Errors
    /// [`Damage`] where the history breaks its own rules.
    pub fn new(history: Vec<Entry>) -> Result<Self, Damage> {
        let history = History::new(history)?;
        let root = history.scope(None).map(Progress::new).unwrap_or_default();
        Ok(Self { history, root, blocks: BTreeMap::new(), diverged: None })
    }

    /// What the run began with.
    #[must_use]
    pub fn began(&self) -> &Began {
        self.history.began()
    }

    /// The code that it runs now: the one it was last moved to, or else the one it began with.
    #[must_use]
    pub fn digest(&self) -> &str {
        self.history.digest()
    }

    /// How an operation ended, if it has.
    #[must_use]
    pub fn outcome(&self, key: &Key) -> Option<&Outcome> {
        self.history.outcome(key)
    }

    /// When it did.
    #[must_use]
    pub fn ended_at(&self, key: &Key) -> Option<Instant> {
        self.history.ended_at(key)
    }

    /// Of these, the index of the one whose end stands first in the journal; `None` while none has ended.
    #[must_use]
    pub fn first(&self, keys: &[Key]) -> Option<usize> {
        let ended =
            keys.iter().enumerate().filter_map(|(index, key)| Some((self.history.ended(key)?, index)));
        ended.min().map(|(_, index)| index)
    }

    /// What was asked for under a key.
    #[must_use]
    pub fn command(&self, key: &Key) -> Option<&Command> {
        self.history.command(key)
    }

    /// When a key was first seen: what a sleep's span counts from.
    #[must_use]
    pub fn asked_at(&self, key: &Key) -> Option<Instant> {
        self.history.asked_at(key)
    }

    /// The recorded attempts at a step, if one failed and another is due.
    #[must_use]
    pub fn tries(&self, key: &Key) -> Option<&Tries> {
        self.history.tries(key)
    }

    /// The attempt at a step that is recorded as about to leave, and when, where nothing tells what came of it: neither an end, nor
    /// that it failed, nor that an operator has it made again. Where no attempt is out, nobody can know whether it was carried out.
    #[must_use]
    pub fn unclear(&self, key: &Key) -> Option<(u32, Instant)> {
        self.history.unclear(key)
    }

    /// How often operations had been taken back before this one was asked for; of one that nobody asked for, up to now.
    #[must_use]
    pub fn rewinds(&self, key: &Key) -> u64 {
        self.history.rewinds(key)
    }

    /// An operator paused it: nothing of it is to run.
    #[must_use]
    pub fn paused(&self) -> bool {
        self.history.paused()
    }

    /// Who asked for a stop, and why, once that is recorded. Operations asked from then on end with `cancelled`, except
    /// an unwinding and its undos.
    #[must_use]
    pub fn cancelled(&self) -> Option<(&str, &str)> {
        self.history.cancelled()
    }

    /// How many operations are asked for and not ended, of all scopes that have not ended.
    #[must_use]
    pub fn open_operations(&self) -> u64 {
        self.history.open
    }

    /// When somebody first asked for a stop.
    #[must_use]
    pub fn cancelled_at(&self) -> Option<Instant> {
        self.history.cancelled_at()
    }

    /// Takes in an entry that the host appends by itself: `Tried`, `Sent`, `Ended`, `CancelAsked`, `ScopeCancelled`, `Moved`, `Acted`, lines of
    /// its own, and the `Finished` behind an operator's `terminate`.
    ///
    /// # Errors
    /// [`Damage`] where it breaks the rules (our fault), or once the code and the journal disagree; then nothing has
    /// changed and it must not be appended.
    pub fn apply(&mut self, entry: Entry) -> Result<(), Damage> {
        if self.diverged.is_some() {
            let what = format!(
                "would be `{}`, but nothing is appended once code and journal disagree",
                name(&entry)
            );
            return Err(Damage::new(self.next(), what));
        }
        match entry {
            Entry::Tried { .. }
            | Entry::Ended { .. }
            | Entry::CancelAsked { .. }
            | Entry::ScopeCancelled { .. }
            | Entry::Logged { .. }
            | Entry::Exposed { .. }
            | Entry::Acted { .. }
            | Entry::Sent { .. }
            | Entry::Moved { .. } => self.history.append(entry),
            Entry::Finished { .. } if self.history.terminated() => self.history.append(entry),
            other => Err(Damage::new(
                self.next(),
                format!("would be `{}`, which only a request of the guest makes", name(&other)),
            )),
        }
    }

    /// The sequence of the next entry: how many there are, news included.
    #[must_use]
    pub fn next(&self) -> Seq {
        self.history.next()
    }
}

#[cfg(test)]
mod tests;
