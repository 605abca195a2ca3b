//! The tables of the twin, and what writes to them.

use std::collections::{BTreeMap, BTreeSet};

use cairn_replay::{Instant, Json, Seq};

use crate::{
    Digest, Head, InstanceId, Message, MessageId, Page, Put, Refusal, StoreError,
    model::{Line, Prepared, Row, admit, change},
};

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) entries: BTreeMap<(InstanceId, Seq), Vec<u8>>,
    pub(super) rows: BTreeMap<InstanceId, Row>,
    pub(super) timers: BTreeSet<(Instant, InstanceId)>,
    /// Messages that wait, in the order in which they were put.
    pub(super) inbox: BTreeMap<(InstanceId, u64), Message>,
    /// Every id that was ever put: the place in the inbox, or `None` once it is consumed.
    seen: BTreeMap<(InstanceId, MessageId), Option<u64>>,
    puts: u64,
    /// The lines of locks, by tenant and name.
    pub(super) lines: BTreeMap<(String, String), Line>,
    /// Outcomes that will do for others, by tenant and name.
    pub(super) kept: BTreeMap<(String, String), (Instant, Json)>,
    pub(super) blobs: BTreeMap<Digest, Vec<u8>>,
    pub(super) broken: Option<StoreError>,
}

impl State {
    pub(super) fn commit(&mut self, mut commit: Prepared) -> Result<(), Refusal> {
        let accepted = admit(self.rows.get(&commit.id).cloned(), &mut commit)?;
        let taken = self.find(&commit)?;
        let lines = self.line_up(&commit)?;
        for (message, place) in commit.consumed.iter().zip(taken) {
            self.inbox.remove(&(commit.id.clone(), place));
            self.seen.insert((commit.id.clone(), message.clone()), None);
        }
        self.lines.extend(lines);
        for (name, json) in commit.kept {
            self.kept.insert((commit.id.tenant.clone(), name), (commit.at, json));
        }
        for seq in accepted.stale {
            self.entries.remove(&(commit.id.clone(), Seq(seq)));
        }
        for (seq, bytes) in accepted.entries {
            self.entries.insert((commit.id.clone(), seq), bytes);
        }
        if let Some(due) = accepted.old_timer {
            self.timers.remove(&(due, commit.id.clone()));
        }
        if let Some(due) = accepted.new_timer {
            self.timers.insert((due, commit.id.clone()));
        }
        self.rows.insert(commit.id, accepted.row);
        Ok(())
    }

    /// The places of the messages that a commit consumes; each may be named once.
    fn find(&self, commit: &Prepared) -> Result<Vec<u64>, Refusal> {
        let mut places = Vec::new();
        for message in &commit.consumed {
            let place = self.seen.get(&(commit.id.clone(), message.clone())).copied().flatten();
            match place.filter(|place| !places.contains(place)) {
                Some(place) => places.push(place),
                None => return Err(Refusal::NoSuchMessage(message.clone())),
            }
        }
        Ok(places)
    }

    /// The lines of locks as a commit leaves them.
    fn line_up(&self, commit: &Prepared) -> Result<BTreeMap<(String, String), Line>, Refusal> {
        let mut lines: BTreeMap<(String, String), Line> = BTreeMap::new();
        for one in &commit.locks {
            let of = (commit.id.tenant.clone(), one.name.clone());
            let line =
                lines.entry(of).or_insert_with_key(|of| self.lines.get(of).cloned().unwrap_or_default());
            change(line, &commit.id, one)?;
        }
        Ok(lines)
    }

    pub(super) fn put(&mut self, message: Message) -> Put {
        let name = (message.to.clone(), message.id.clone());
        if self.seen.contains_key(&name) {
            return Put::Duplicate;
        }
        self.seen.insert(name, Some(self.puts));
        self.inbox.insert((message.to.clone(), self.puts), message);
        self.puts += 1;
        Put::Accepted
    }

    pub(super) fn list(&self, tenant: &str, after: Option<&InstanceId>, limit: usize) -> Page<Head> {
        let first = InstanceId { tenant: tenant.to_owned(), instance: String::new() };
        let heads = self.rows.range(first..).map(|(_, row)| &row.head);
        let mut heads = heads
            .take_while(|head| head.id.tenant == tenant)
            .filter(|head| after.is_none_or(|after| head.id > *after));
        let items: Vec<Head> = heads.by_ref().take(limit).cloned().collect();
        let more = heads.next().is_some();
        Page { next: items.last().filter(|_| more).map(|head| head.id.clone()), items }
    }
}
