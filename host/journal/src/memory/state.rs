//! The tables of the twin, and what writes to them.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::SystemTime,
};

use cairn_replay::{Instant, Json, Seq};

use super::unsynced::{Before, Unsynced};
use crate::{
    Digest, Discard, Head, InstanceId, MessageId, Page, Purge, Put, Refusal, StoreError,
    model::{Kept, Letter, Line, Prepared, Row, Value, admit, change, may_go},
};

pub(super) type Entries = BTreeMap<(InstanceId, Seq), Vec<u8>>;

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) entries: Entries,
    pub(super) rows: BTreeMap<InstanceId, Row>,
    pub(super) timers: BTreeSet<(Instant, InstanceId)>,
    /// Messages that wait, in the order in which they were put.
    pub(super) inbox: BTreeMap<(InstanceId, u64), Letter>,
    /// Every id that was ever put: the place in the inbox, or `None` once it is consumed.
    pub(super) seen: BTreeMap<(InstanceId, MessageId), Option<u64>>,
    puts: u64,
    /// The lines of locks, by tenant and name.
    pub(super) lines: BTreeMap<(String, String), Line>,
    /// Outcomes that will do for others, by tenant and name.
    pub(super) kept: BTreeMap<(String, String), (Instant, Value)>,
    /// And when each was last put.
    pub(super) blobs: BTreeMap<Digest, (Vec<u8>, SystemTime)>,
    /// What is too large to stand where it belongs.
    pub(super) values: BTreeMap<Digest, Json>,
    pub(super) broken: Option<StoreError>,
    pub(super) unsynced: Unsynced,
}

impl State {
    pub(super) fn commit(&mut self, mut commit: Prepared) -> Result<(), Refusal> {
        let accepted = admit(self.rows.get(&commit.id).cloned(), &mut commit)?;
        let taken = self.find(&commit)?;
        let lines = self.line_up(&commit)?;
        self.unsynced.begin();
        for (message, place) in commit.consumed.iter().zip(taken) {
            self.consume(&commit.id, message, place);
        }
        for (of, line) in lines {
            let before = self.lines.insert(of.clone(), line);
            self.unsynced.note(|| Before::Line(of, before));
        }
        for (name, value) in commit.kept {
            let name = (commit.id.tenant.clone(), name);
            let before = self.kept.insert(name.clone(), (commit.at, value));
            self.unsynced.note(|| Before::Kept(name, before));
        }
        for seq in accepted.stale {
            let key = (commit.id.clone(), Seq(seq));
            let before = self.entries.remove(&key);
            self.unsynced.note(|| Before::Entry(key, before));
        }
        for (seq, bytes) in accepted.entries {
            let key = (commit.id.clone(), seq);
            let before = self.entries.insert(key.clone(), bytes);
            self.unsynced.note(|| Before::Entry(key, before));
        }
        if let Some(due) = accepted.old_timer {
            let key = (due, commit.id.clone());
            let before = self.timers.remove(&key);
            self.unsynced.note(|| Before::Timer(key, before));
        }
        if let Some(due) = accepted.new_timer {
            let key = (due, commit.id.clone());
            let added = self.timers.insert(key.clone());
            self.unsynced.note(|| Before::Timer(key, !added));
        }
        let before = self.rows.insert(commit.id.clone(), accepted.row);
        self.unsynced.note(|| Before::Row(commit.id, before));
        Ok(())
    }

    fn consume(&mut self, id: &InstanceId, message: &MessageId, place: u64) {
        let key = (id.clone(), place);
        let before = self.inbox.remove(&key);
        self.unsynced.note(|| Before::Inbox(key, before));
        let key = (id.clone(), message.clone());
        let before = self.seen.insert(key.clone(), None);
        self.unsynced.note(|| Before::Seen(key, before));
    }

    pub(super) fn purge(&mut self, purge: &Purge) -> Result<(), Refusal> {
        let id = &purge.id;
        let mail = self.seen.keys().any(|(to, _)| to == id);
        let row = may_go(self.rows.get(id).cloned(), mail, purge)?;
        self.entries.retain(|(of, _), _| of != id);
        self.inbox.retain(|(of, _), _| of != id);
        self.seen.retain(|(of, _), _| of != id);
        for name in &purge.kept {
            self.kept.remove(&(id.tenant.clone(), name.clone()));
        }
        if let Some(due) = row.and_then(|row| row.timer) {
            self.timers.remove(&(due, id.clone()));
        }
        self.rows.remove(id);
        // It is durable when it is answered, and with it all in front of it.
        self.unsynced.sync();
        Ok(())
    }

    pub(super) fn keep(&mut self, kept: Kept) {
        let name = (kept.tenant, kept.name);
        match kept.value {
            Some(value) => drop(self.kept.insert(name, (kept.at, value))),
            None => drop(self.kept.remove(&name)),
        }
        // It is durable when it is answered, and with it all in front of it.
        self.unsynced.sync();
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

    pub(super) fn put(&mut self, letter: Letter) -> Put {
        let name = (letter.to.clone(), letter.id.clone());
        if self.seen.contains_key(&name) {
            return Put::Duplicate;
        }
        self.seen.insert(name, Some(self.puts));
        self.inbox.insert((letter.to.clone(), self.puts), letter);
        self.puts += 1;
        // A message is durable when it is answered, and with it all in front of it.
        self.unsynced.sync();
        Put::Accepted
    }

    pub(super) fn discard(&mut self, discard: &Discard) {
        for message in &discard.messages {
            let place = self.seen.get(&(discard.to.clone(), message.clone())).copied().flatten();
            if let Some(place) = place {
                self.consume(&discard.to, message, place);
            }
        }
        // It is durable when it is answered, and with it all in front of it.
        self.unsynced.sync();
    }

    pub(super) fn addressed(
        &self,
        tenant: &str,
        after: Option<&InstanceId>,
        limit: usize,
    ) -> Page<InstanceId> {
        let first = InstanceId { tenant: tenant.to_owned(), instance: String::new() };
        let to = self.inbox.range((first, 0)..).map(|((to, _), _)| to);
        let to = to.take_while(|to| to.tenant == tenant).filter(|to| after.is_none_or(|after| *to > after));
        let mut items: Vec<InstanceId> = to.cloned().collect();
        items.dedup();
        let more = items.len() > limit;
        items.truncate(limit);
        Page { next: items.last().filter(|_| more).cloned(), items }
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
