//! What the journal says, indexed by key. It knows nothing of how far the code has come.

mod rules;
mod scope;

pub(crate) use rules::name;
pub(crate) use scope::{Scope, Unwindings};

use std::collections::BTreeMap;

use crate::{Act, Began, Command, Damage, Entry, Instant, Key, Note, Outcome, Seq, Side};

/// The attempts at a step that are recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tries {
    /// The number of the last one, from 1.
    pub made: u32,
    /// When the next one is due.
    pub again: Instant,
}

/// Where the entries of one key stand.
#[derive(Clone, Debug)]
struct Slot {
    /// The block in which it was asked.
    scope: Option<Key>,
    /// How often operations had been taken back before.
    rewinds: u64,
    asked: Seq,
    tries: Option<Tries>,
    /// The last attempt that is recorded as about to leave, and when.
    sent: Option<(u32, Instant)>,
    ended: Option<Seq>,
}

/// A journal in memory.
#[derive(Clone, Debug)]
pub(crate) struct History {
    began: Began,
    /// All entries behind the first: sequence 1 is at index 0.
    rest: Vec<Entry>,
    slots: BTreeMap<Key, Slot>,
    root: Scope,
    /// All others, by the keys of their blocks.
    blocks: BTreeMap<Key, Scope>,
    pub(crate) unwindings: Unwindings,
    cancelled: Option<Seq>,
    moved: Option<Seq>,
    finished: Option<Seq>,
    /// An operator paused it, and nobody had it go on since.
    paused: bool,
    /// Operations that have not ended, but in blocks that have.
    pub(crate) open: u64,
    /// How often operations were taken back.
    rewinds: u64,
    /// Whether an unwinding was asked for: undos end by one only.
    unwound: bool,
}

impl History {
    /// Checks the rules entry by entry.
    pub(crate) fn new(entries: Vec<Entry>) -> Result<Self, Damage> {
        let mut entries = entries.into_iter();
        let began = match entries.next() {
            Some(Entry::Began(began)) => began,
            Some(other) => return Err(Damage::new(Seq(0), rules::not_begun(&other))),
            None => return Err(Damage::new(Seq(0), "is missing: a journal begins with `began`")),
        };
        let mut history = Self {
            began,
            rest: Vec::with_capacity(entries.len()),
            slots: BTreeMap::new(),
            root: Scope::default(),
            blocks: BTreeMap::new(),
            unwindings: Unwindings::new(),
            cancelled: None,
            moved: None,
            finished: None,
            paused: false,
            open: 0,
            rewinds: 0,
            unwound: false,
        };
        for entry in entries {
            history.append(entry)?;
        }
        Ok(history)
    }

    /// Checks an entry against the rules and takes it in.
    pub(crate) fn append(&mut self, entry: Entry) -> Result<(), Damage> {
        rules::check(self, &entry)?;
        self.push(entry);
        Ok(())
    }

    /// Takes in an entry that is known to keep the rules.
    pub(crate) fn push(&mut self, entry: Entry) {
        let at = self.next();
        match &entry {
            Entry::Asked { key, command, .. } => {
                self.unwound |= matches!(command, Command::Unwind { .. });
                self.open(key, Some(command), at);
                if matches!(command, Command::Block { .. } | Command::UndoBlock { .. }) {
                    self.blocks.insert(key.clone(), Scope::default());
                }
            }
            Entry::Noted { key, .. } => self.open(key, None, at),
            Entry::Tried { key, attempt, again, .. } => {
                if let Some(slot) = self.slots.get_mut(key) {
                    slot.tries = Some(Tries { made: *attempt, again: *again });
                }
            }
            Entry::Ended { key, .. } => self.end(key, at),
            Entry::Logged { scope, .. } => {
                if let Some(scope) = self.scope_mut(scope.as_ref()) {
                    scope.lines += 1;
                }
            }
            Entry::ScopeCancelled { key, .. } => {
                if let Some(scope) = self.blocks.get_mut(key) {
                    scope.cancelled = scope.cancelled.or(Some(at));
                }
            }
            Entry::CancelAsked { .. } => self.cancelled = self.cancelled.or(Some(at)),
            Entry::Moved { .. } => self.moved = Some(at),
            Entry::Finished { .. } => self.finished = Some(at),
            Entry::Sent { key, at, attempt } => {
                if let Some(slot) = self.slots.get_mut(key) {
                    slot.sent = Some((*attempt, *at));
                }
            }
            Entry::Acted { at, act, .. } => match act {
                Act::Resend { key } => {
                    if let Some(slot) = self.slots.get_mut(key) {
                        slot.tries = slot.sent.map(|(made, _)| Tries { made, again: *at });
                    }
                }
                Act::Pause => self.paused = true,
                Act::Continue => self.paused = false,
                Act::Rewind { .. } => self.rewinds += 1,
                Act::Terminate | Act::Decide { .. } | Act::Restart { .. } => {}
            },
            // The newest counts, and only for those who look at the journal.
            Entry::Exposed { .. } | Entry::Began(_) => {}
        }
        self.rest.push(entry);
    }

    fn open(&mut self, key: &Key, command: Option<&Command>, at: Seq) {
        let scope = self.enclosing(key);
        let part = scope.as_ref().map_or(Some(&mut self.root), |scope| self.blocks.get_mut(scope));
        if let Some(part) = part {
            part.asked(key, command, &mut self.unwindings);
            self.open += u64::from(part.open.contains(key));
        }
        self.slots.insert(
            key.clone(),
            Slot { scope, rewinds: self.rewinds, asked: at, tries: None, sent: None, ended: None },
        );
    }

    fn end(&mut self, key: &Key, at: Seq) {
        let Some(slot) = self.slots.get_mut(key) else { return };
        slot.ended = Some(at);
        let part = slot.scope.as_ref().map_or(Some(&mut self.root), |scope| self.blocks.get_mut(scope));
        if let Some(part) = part {
            self.open -= part.ended(key);
        }
        self.close(key);
    }

    /// A block has ended: what is open in it and in those within it does not count any more.
    fn close(&mut self, block: &Key) {
        if !self.blocks.contains_key(block) {
            return;
        }
        let inside =
            |of: &Key| of == block || of.0.strip_prefix(&block.0).is_some_and(|rest| rest.starts_with('/'));
        let begins = |of: &&Key| of.0.starts_with(&block.0);
        let within: Vec<Key> =
            self.blocks.range(block.clone()..).map(|(of, _)| of).take_while(begins).cloned().collect();
        for of in within.iter().filter(|of| inside(of)) {
            if let Some(scope) = self.blocks.get_mut(of) {
                self.open -= scope.closes();
            }
        }
    }

    /// The innermost block that was asked for and whose key stands in front of this one.
    fn enclosing(&self, key: &Key) -> Option<Key> {
        let ends = key.0.rmatch_indices('/').filter_map(|(at, _)| key.0.get(..at));
        ends.into_iter().find_map(|name| self.blocks.get_key_value(name)).map(|(key, _)| key.clone())
    }

    /// What is recorded of a scope; none where nobody asked for the block.
    pub(crate) fn scope(&self, scope: Option<&Key>) -> Option<&Scope> {
        scope.map_or(Some(&self.root), |scope| self.blocks.get(scope))
    }

    pub(crate) fn scope_mut(&mut self, scope: Option<&Key>) -> Option<&mut Scope> {
        scope.map_or(Some(&mut self.root), |scope| self.blocks.get_mut(scope))
    }

    /// The scope in which a key was asked; an outer none if it was not.
    pub(crate) fn scope_of(&self, key: &Key) -> Option<Option<&Key>> {
        Some(self.slots.get(key)?.scope.as_ref())
    }

    /// The recorded end of a scope.
    pub(crate) fn end_of(&self, scope: Option<&Key>) -> Option<(Seq, &Outcome)> {
        match scope {
            None => self.finished(),
            Some(key) => Some((self.ended(key)?, self.outcome(key)?)),
        }
    }

    pub(crate) fn next(&self) -> Seq {
        Seq(self.rest.len() as u64 + 1)
    }

    pub(crate) fn began(&self) -> &Began {
        &self.began
    }

    /// The entry at a sequence; the first is [`History::began`].
    fn entry(&self, at: Seq) -> Option<&Entry> {
        let index = usize::try_from(at.0.checked_sub(1)?).ok()?;
        self.rest.get(index)
    }

    /// The request that is recorded under a key.
    pub(crate) fn request(&self, key: &Key) -> Option<(Seq, Side)> {
        let (at, entry) = self.asked(key)?;
        Some((at, Side::of(entry)?))
    }

    fn asked(&self, key: &Key) -> Option<(Seq, &Entry)> {
        let at = self.slots.get(key)?.asked;
        Some((at, self.entry(at)?))
    }

    /// The entry in front of the one that asked under a key.
    pub(crate) fn before(&self, key: &Key) -> Option<&Entry> {
        self.entry(Seq(self.slots.get(key)?.asked.0.checked_sub(1)?))
    }

    pub(crate) fn command(&self, key: &Key) -> Option<&Command> {
        match self.asked(key)?.1 {
            Entry::Asked { command, .. } => Some(command),
            _ => None,
        }
    }

    pub(crate) fn note(&self, key: &Key) -> Option<Note> {
        match self.asked(key)?.1 {
            Entry::Noted { note, .. } => Some(*note),
            _ => None,
        }
    }

    pub(crate) fn asked_at(&self, key: &Key) -> Option<Instant> {
        match self.asked(key)?.1 {
            Entry::Asked { at, .. } | Entry::Noted { at, .. } => Some(*at),
            _ => None,
        }
    }

    pub(crate) fn tries(&self, key: &Key) -> Option<&Tries> {
        self.slots.get(key)?.tries.as_ref()
    }

    /// The attempt that had left and of which nothing else is recorded, and when it did.
    pub(crate) fn unclear(&self, key: &Key) -> Option<(u32, Instant)> {
        let slot = self.slots.get(key)?;
        let made = slot.tries.as_ref().map_or(0, |tries| tries.made);
        slot.sent.filter(|(attempt, _)| slot.ended.is_none() && *attempt > made)
    }

    /// How often operations had been taken back before this one was asked for; of one that nobody asked for, up to now.
    pub(crate) fn rewinds(&self, key: &Key) -> u64 {
        self.slots.get(key).map_or(self.rewinds, |slot| slot.rewinds)
    }

    /// The last entry says that an operator ended it.
    pub(crate) fn terminated(&self) -> bool {
        matches!(self.rest.last(), Some(Entry::Acted { act: Act::Terminate, .. }))
    }

    pub(crate) fn paused(&self) -> bool {
        self.paused
    }

    pub(crate) fn ended(&self, key: &Key) -> Option<Seq> {
        self.slots.get(key)?.ended
    }

    pub(crate) fn ended_at(&self, key: &Key) -> Option<Instant> {
        match self.entry(self.ended(key)?)? {
            Entry::Ended { at, .. } => Some(*at),
            _ => None,
        }
    }

    pub(crate) fn outcome(&self, key: &Key) -> Option<&Outcome> {
        match self.entry(self.ended(key)?)? {
            Entry::Ended { outcome, .. } => Some(outcome),
            _ => None,
        }
    }

    pub(crate) fn digest(&self) -> &str {
        match self.moved.and_then(|at| self.entry(at)) {
            Some(Entry::Moved { digest, .. }) => digest,
            _ => &self.began.digest,
        }
    }

    pub(crate) fn cancelled(&self) -> Option<(&str, &str)> {
        match self.entry(self.cancelled?)? {
            Entry::CancelAsked { by, why, .. } => Some((by, why)),
            _ => None,
        }
    }

    pub(crate) fn cancelled_at(&self) -> Option<Instant> {
        match self.entry(self.cancelled?)? {
            Entry::CancelAsked { at, .. } => Some(*at),
            _ => None,
        }
    }

    pub(crate) fn finished(&self) -> Option<(Seq, &Outcome)> {
        let at = self.finished?;
        match self.entry(at)? {
            Entry::Finished { outcome, .. } => Some((at, outcome)),
            _ => None,
        }
    }
}
