//! Takes back an operation and all that came of it: what of a history is left, so that the code asks for it anew.
//!
//! A scope knows nothing but what it was begun with and the ends of its own operations. So what is taken back is: in the scope of
//! the operation, its request and every one behind it; in each scope around that, every request behind the end of the block on the way
//! there; blocks that such requests began; and ends that only say that somebody gave an operation up. What others have done side
//! by side stays, their outcomes included: a step that nothing of this depends on does not run again.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Act, Command, Damage, Entry, Key, Machine, NextUndo, Outcome, Seq};

/// What is left of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewound {
    /// The entries that stay, in order.
    pub entries: Vec<Entry>,
    /// How many were taken back.
    pub dropped: u64,
    /// Ends of operations that were taken back; what was taken from a mailbox for them is not there any more.
    pub ended: Vec<(Key, Outcome)>,
    /// Requests that were taken back.
    pub requests: Vec<(Key, Command)>,
}

/// Why an operation cannot be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoRewind {
    /// Nobody asked for it.
    Unknown,
    /// It is none that has an outcome of its own: a reading, an undo, the host's own.
    NoOperation,
    /// This undo has run, and what it undid would stay as done: this operation, which stands further up.
    Undone {
        /// The undo.
        undo: Key,
        /// What it undid.
        step: Key,
    },
    /// This unwinding is under way.
    Undoing(Key),
    /// The instance was asked to stop before it asked for this.
    Cancelled(Seq),
    /// This block around it was given up before.
    GivenUp(Key),
    /// The history breaks its own rules.
    Damaged(Damage),
}

/// What is left of a history when the operation of a key is taken back.
///
/// # Errors
/// [`NoRewind`]: why it cannot be.
pub fn rewind(history: &[Entry], key: &Key) -> Result<Rewound, NoRewind> {
    let mut machine = Machine::new(history.to_vec()).map_err(NoRewind::Damaged)?;
    let from = Cut::asked_at(history, key).ok_or(NoRewind::Unknown)?;
    match machine.command(key) {
        None | Some(Command::Undo { .. } | Command::UndoBlock { .. } | Command::Unlock) => {
            return Err(NoRewind::NoOperation);
        }
        Some(_) if key.0.contains('!') => return Err(NoRewind::NoOperation),
        Some(_) => {}
    }
    let mut cut = Cut::new(&machine, history, key, from)?;
    for (index, entry) in history.iter().enumerate() {
        cut.take(&machine, index, entry);
    }
    let rewound = cut.rewound(history);
    nothing_undone(&mut machine, history, &cut.requests)?;
    Machine::new(rewound.entries.clone()).map_err(NoRewind::Damaged)?;
    Ok(rewound)
}

/// Which entries stay.
struct Cut<'a> {
    /// What is taken back.
    key: &'a Key,
    /// The blocks around it.
    path: BTreeSet<Key>,
    /// From which entry on the requests of a scope are taken back.
    limits: BTreeMap<Option<Key>, usize>,
    /// From here on everybody was stopped.
    stopped: usize,
    /// Requests that stay.
    requests: BTreeSet<Key>,
    /// Operations whose ends stay.
    ended: BTreeSet<Key>,
    stays: Vec<bool>,
}

impl<'a> Cut<'a> {
    fn asked_at(history: &[Entry], of: &Key) -> Option<usize> {
        history.iter().position(
            |entry| matches!(entry, Entry::Asked { key, .. } | Entry::Noted { key, .. } if key == of),
        )
    }

    fn new(machine: &Machine, history: &[Entry], key: &'a Key, from: usize) -> Result<Self, NoRewind> {
        let stopped = history.iter().position(|entry| matches!(entry, Entry::CancelAsked { .. }));
        let stopped = stopped.unwrap_or(history.len());
        if stopped < from {
            return Err(NoRewind::Cancelled(Seq(stopped as u64)));
        }
        let mut cut = Self {
            key,
            path: BTreeSet::new(),
            limits: BTreeMap::new(),
            stopped,
            requests: BTreeSet::new(),
            ended: BTreeSet::new(),
            stays: Vec::with_capacity(history.len()),
        };
        let mut scope = machine.scope_of(key).cloned();
        cut.limits.insert(scope.clone(), from);
        while let Some(block) = scope {
            let given_up = history
                .iter()
                .position(|entry| matches!(entry, Entry::ScopeCancelled { key, .. } if *key == block));
            if given_up.is_some_and(|at| at < from) {
                return Err(NoRewind::GivenUp(block));
            }
            let ended =
                history.iter().position(|entry| matches!(entry, Entry::Ended { key, .. } if *key == block));
            scope = machine.scope_of(&block).cloned();
            cut.limits.insert(scope.clone(), ended.unwrap_or(history.len()));
            cut.path.insert(block);
        }
        Ok(cut)
    }

    /// The entry at a place, in order.
    fn take(&mut self, machine: &Machine, index: usize, entry: &Entry) {
        let stays = match entry {
            Entry::Began(_) | Entry::Moved { .. } => true,
            Entry::CancelAsked { .. } | Entry::Finished { .. } => false,
            Entry::Acted { act, .. } => match act {
                Act::Terminate => false,
                // Settled with the end that it speaks of, which follows.
                Act::Decide { key } => self.requests.contains(key) && !self.path.contains(key),
                Act::Resend { key } => self.requests.contains(key),
                Act::Pause | Act::Continue | Act::Restart { .. } | Act::Rewind { .. } => true,
            },
            Entry::Asked { key, .. } | Entry::Noted { key, .. } => {
                let stays = self.within(machine.scope_of(key), index);
                if stays {
                    self.requests.insert(key.clone());
                }
                stays
            }
            Entry::Exposed { scope, .. } => self.within(scope.as_ref(), index),
            Entry::Logged { scope, .. } => match scope {
                // A reminder of a question.
                Some(of) if machine.command(of).is_some_and(|of| !is_block(of)) => self.requests.contains(of),
                scope => self.within(scope.as_ref(), index),
            },
            Entry::Tried { key, .. } | Entry::Sent { key, .. } => self.requests.contains(key),
            Entry::ScopeCancelled { key, .. } => {
                let stays = self.requests.contains(key)
                    && !self.path.contains(key)
                    && self.within(machine.scope_of(key), index);
                if !stays {
                    let limit = self.limits.entry(Some(key.clone())).or_insert(index);
                    *limit = (*limit).min(index);
                }
                stays
            }
            Entry::Ended { key, outcome, .. } => {
                let stays = self.end_stays(machine, index, key, outcome);
                if stays {
                    self.ended.insert(key.clone());
                }
                stays
            }
        };
        self.stays.push(stays);
    }

    /// Does a request of this scope stay, at this place?
    fn within(&self, scope: Option<&Key>, index: usize) -> bool {
        if index >= self.stopped || self.limits.get(&scope.cloned()).is_some_and(|limit| index >= *limit) {
            return false;
        }
        scope.is_none_or(|block| self.requests.contains(block) && !self.was_given_up(block, index))
    }

    /// Was the block, or one around it, given up by somebody whose wish does not stay?
    fn was_given_up(&self, block: &Key, index: usize) -> bool {
        let around = self.limits.iter().filter_map(|(scope, limit)| Some((scope.as_ref()?, limit)));
        around.into_iter().any(|(scope, limit)| {
            !self.path.contains(scope)
                && index >= *limit
                && block.0.strip_prefix(&scope.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    fn end_stays(&self, machine: &Machine, index: usize, key: &Key, outcome: &Outcome) -> bool {
        if !self.requests.contains(key) || self.path.contains(key) {
            return false;
        }
        let scope = machine.scope_of(key);
        let given_up = outcome.as_ref().is_err_and(|failure| failure.kind == "cancelled");
        let block = machine.command(key).is_some_and(is_block);
        (!given_up || self.within(scope, index)) && !(block && self.was_given_up(key, index))
    }

    fn rewound(&self, history: &[Entry]) -> Rewound {
        let mut rewound =
            Rewound { entries: Vec::new(), dropped: 0, ended: Vec::new(), requests: Vec::new() };
        for (entry, stays) in history.iter().zip(&self.stays) {
            match entry {
                Entry::Acted { act: Act::Decide { key }, .. } if !self.ended.contains(key) => {}
                entry if *stays => {
                    rewound.entries.push(entry.clone());
                    continue;
                }
                Entry::Ended { key, outcome, .. } if !self.requests.contains(key) => {
                    rewound.ended.push((key.clone(), outcome.clone()));
                }
                Entry::Asked { key, command, .. } => rewound.requests.push((key.clone(), command.clone())),
                _ => {}
            }
            rewound.dropped += 1;
        }
        debug_assert!(!self.requests.contains(self.key), "what is taken back does not stay");
        rewound
    }
}

fn is_block(command: &Command) -> bool {
    matches!(command, Command::Block { .. } | Command::UndoBlock { .. })
}

/// No unwinding that is taken back has undone what stays.
fn nothing_undone(
    machine: &mut Machine,
    history: &[Entry],
    requests: &BTreeSet<Key>,
) -> Result<(), NoRewind> {
    for entry in history {
        let Entry::Asked { key, command: Command::Unwind { .. }, .. } = entry else { continue };
        if requests.contains(key) {
            continue;
        }
        if machine.next_undo(key) != NextUndo::Done {
            return Err(NoRewind::Undoing(key.clone()));
        }
        for undo in machine.unwound(key).to_vec() {
            let step = undone_by(machine, history, &undo);
            if let Some(step) = step.filter(|step| requests.contains(step)) {
                return Err(NoRewind::Undone { undo, step });
            }
        }
    }
    Ok(())
}

/// What an undo undoes: by the custom of the language `x`, if its own key is `x.undo`; else what was asked for in front of it.
fn undone_by(machine: &Machine, history: &[Entry], undo: &Key) -> Option<Key> {
    if let Some((base, count)) = undo.0.rsplit_once(".undo") {
        let step = Key(format!("{base}{count}"));
        if machine.command(&step).is_some() {
            return Some(step);
        }
    }
    let at = Cut::asked_at(history, undo)?;
    let scope = machine.scope_of(undo);
    let before = history.iter().take(at).rev().find_map(|entry| match entry {
        Entry::Asked { key, command, .. } if machine.scope_of(key) == scope => match command {
            Command::Undo { .. } | Command::UndoBlock { .. } | Command::Unlock => None,
            _ => Some(key.clone()),
        },
        _ => None,
    });
    Some(before.unwrap_or_else(|| undo.clone()))
}

#[cfg(test)]
mod tests;
