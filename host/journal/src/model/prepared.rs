//! A commit made ready in the thread of whoever asks, so that the one thread that writes has less to do.

use cairn_replay::{Entry, Instant, Json, Seq};

use super::Value;
use crate::{
    Commit, Digest, HeadChange, InstanceId, LockChange, MessageId, TimerChange,
    format::{self, Reference},
};

/// A commit, its entries encoded but for their chains.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) id: InstanceId,
    pub(crate) expect: Seq,
    pub(crate) restart: bool,
    pub(crate) bodies: Vec<Vec<u8>>,
    /// What a new head takes from an entry that begins an instance.
    pub(crate) begun: Option<Begun>,
    pub(crate) timer: TimerChange,
    pub(crate) consumed: Vec<MessageId>,
    pub(crate) locks: Vec<LockChange>,
    pub(crate) kept: Vec<(String, Value)>,
    /// Values that are kept apart, in front of what refers to them.
    pub(crate) apart: Vec<(Reference, Json)>,
    pub(crate) head: HeadChange,
    pub(crate) at: Instant,
}

#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) workflow: String,
    pub(crate) digest: Digest,
    pub(crate) started: Instant,
}

impl From<Commit> for Prepared {
    fn from(commit: Commit) -> Self {
        let Commit { id, expect, restart, entries, timer, consumed, locks, kept, head, at } = commit;
        let (mut bodies, mut apart) = (Vec::with_capacity(entries.len()), Vec::new());
        for entry in &entries {
            let written = format::body(entry);
            bodies.push(written.bytes);
            apart.extend(written.apart);
        }
        let kept = kept.into_iter().map(|(name, json)| (name, Value::of(json, &mut apart))).collect();
        let begun = match entries.into_iter().next() {
            Some(Entry::Began(began)) => {
                Some(Begun { workflow: began.workflow, digest: Digest(began.digest), started: began.at })
            }
            _ => None,
        };
        Self { id, expect, restart, bodies, begun, timer, consumed, locks, kept, apart, head, at }
    }
}

/// Of a row and its keys, about.
const OVERHEAD: usize = 256;

impl Prepared {
    /// Bytes that it takes, about.
    pub(crate) fn weight(&self) -> usize {
        let kept: usize = self.kept.iter().map(|(name, value)| name.len() + value.weight()).sum();
        OVERHEAD + kept + self.bodies.iter().map(Vec::len).sum::<usize>()
    }
}
