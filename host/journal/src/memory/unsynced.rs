//! What a crash may take back: of each commit that no durable one has followed, what stood in its place before.

use std::collections::BTreeMap;

use cairn_replay::{Instant, Seq};

use super::state::State;
use crate::{
    InstanceId, MessageId,
    model::{Letter, Line, Row, Value},
};

/// What stood somewhere before a commit wrote there.
#[derive(Clone, Debug)]
pub(super) enum Before {
    Entry((InstanceId, Seq), Option<Vec<u8>>),
    Row(InstanceId, Option<Row>),
    /// Whether this timer was there.
    Timer((Instant, InstanceId), bool),
    Inbox((InstanceId, u64), Option<Letter>),
    Seen((InstanceId, MessageId), Option<Option<u64>>),
    Line((String, String), Option<Line>),
    Kept((String, String), Option<(Instant, Value)>),
}

impl Before {
    /// Puts it back.
    pub(super) fn restore(self, state: &mut State) {
        match self {
            Self::Entry(key, before) => put(&mut state.entries, key, before),
            Self::Row(key, before) => put(&mut state.rows, key, before),
            Self::Timer(key, true) => drop(state.timers.insert(key)),
            Self::Timer(key, false) => drop(state.timers.remove(&key)),
            Self::Inbox(key, before) => put(&mut state.inbox, key, before),
            Self::Seen(key, before) => put(&mut state.seen, key, before),
            Self::Line(key, before) => put(&mut state.lines, key, before),
            Self::Kept(key, before) => put(&mut state.kept, key, before),
        }
    }
}

fn put<K: Ord, V>(table: &mut BTreeMap<K, V>, key: K, value: Option<V>) {
    match value {
        Some(value) => drop(table.insert(key, value)),
        None => drop(table.remove(&key)),
    }
}

/// The commits since the last durable one, if they are remembered at all.
#[derive(Debug, Default)]
pub(super) struct Unsynced {
    pub(super) remembers: bool,
    commits: Vec<Vec<Before>>,
}

impl Unsynced {
    /// A commit begins.
    pub(super) fn begin(&mut self) {
        if self.remembers {
            self.commits.push(Vec::new());
        }
    }

    /// What stood where the commit is about to write.
    pub(super) fn note(&mut self, before: impl FnOnce() -> Before) {
        if let Some(commit) = self.commits.last_mut() {
            commit.push(before());
        }
    }

    /// All that was written is on disk.
    pub(super) fn sync(&mut self) {
        self.commits.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.commits.len()
    }

    /// Everything behind the first `kept` ones, the newest first.
    pub(super) fn take_back(&mut self, kept: usize) -> impl Iterator<Item = Before> + use<> {
        let lost = self.commits.split_off(kept.min(self.commits.len()));
        self.commits.clear();
        lost.into_iter().flatten().rev()
    }
}
