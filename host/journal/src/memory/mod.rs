//! The twin in memory: the same promises but for the power cut, and one that can be made to lose what a crash may take. For tests,
//! and for runs that nobody wants to keep.

mod state;
mod sweep;
#[cfg(test)]
mod tests;
mod unsynced;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cairn_replay::{Entry, Instant, Json, Seq};
use state::{Entries, State};

use crate::{
    Commit, Digest, Discard, Head, InstanceId, Journal, Keep, Message, MessageId, Page, Purge, Put, Queued,
    Receipt, Refusal, Status, StoreError, Swept, Sync,
    format::Chain,
    model::{self, Kept, Letter, Prepared, Row, Value, corrupt, place_of_kept},
};

/// A journal in memory. Clones share it: a clone is what reopening is for a store on disk.
#[derive(Clone, Debug, Default)]
pub struct MemoryJournal(Arc<Mutex<State>>);

impl MemoryJournal {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty one that a [`MemoryJournal::crash`] can take something from: it remembers what no durable commit has followed.
    #[must_use]
    pub fn losing() -> Self {
        let journal = Self::default();
        journal.state().unsynced.remembers = true;
        journal
    }

    /// How many commits a crash could take now: those under [`Sync::Ordered`] that nothing durable has followed. 0 where the
    /// journal is not a losing one.
    #[must_use]
    pub fn at_risk(&self) -> usize {
        self.state().unsynced.len()
    }

    /// A crash: gives what it leaves, in a journal of its own that may be crashed again. Of the commits at risk some survive, the first ones
    /// in their order; the seed decides how many, from none to all. Whoever still holds this one, or a clone of it, is told
    /// [`StoreError::Closed`] when writing, and finds it empty.
    #[must_use]
    pub fn crash(&self, seed: u64) -> Self {
        let mut left = std::mem::take(&mut *self.state());
        self.state().broken = Some(StoreError::Closed("the process has crashed".into()));
        let chances = left.unsynced.len() as u64 + 1;
        let kept = usize::try_from(mix(seed) % chances).unwrap_or(0);
        for before in left.unsynced.take_back(kept) {
            before.restore(&mut left);
        }
        left.broken = None;
        Self(Arc::new(Mutex::new(left)))
    }

    /// Nothing under the lock panics half-way, so a poisoned one is as good.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes an entry (`None`) or puts other bytes in its place, as a broken disk would: for tests of what finds it.
    pub fn damage(&self, id: &InstanceId, seq: Seq, bytes: Option<Vec<u8>>) {
        let mut state = self.state();
        let key = (id.clone(), seq);
        match bytes {
            Some(bytes) => state.entries.insert(key, bytes),
            None => state.entries.remove(&key),
        };
    }

    /// As [`MemoryJournal::damage`], for a large value: it is gone, or this is in its place.
    pub fn damage_value(&self, digest: &Digest, json: Option<Json>) {
        let mut state = self.state();
        match json {
            Some(json) => state.values.insert(digest.clone(), json),
            None => state.values.remove(digest),
        };
    }

    /// From now on writes fail with this, as with a broken disk; `None` is what opening anew does.
    pub fn fail(&self, with: Option<StoreError>) {
        self.state().broken = with;
    }
}

impl State {
    /// The first failure is told as it is, every later one as [`StoreError::Closed`].
    fn writable(&mut self) -> Result<(), StoreError> {
        let Some(error) = self.broken.clone() else { return Ok(()) };
        if !matches!(error, StoreError::Closed(_)) {
            self.broken = Some(StoreError::Closed(error.to_string()));
        }
        Err(error)
    }
}

fn ready<T: Send + 'static>(answer: Result<T, StoreError>) -> Receipt<T> {
    Box::pin(std::future::ready(answer))
}

impl Journal for MemoryJournal {
    fn commit(&self, commit: Commit, sync: Sync) -> Receipt<Result<(), Refusal>> {
        let mut commit = Prepared::from(commit);
        let mut state = self.state();
        let written = model::check_names(&commit).and_then(|()| state.writable());
        if written.is_ok() {
            state.keep_apart(std::mem::take(&mut commit.apart));
        }
        let answer = written.map(|()| state.commit(commit));
        if sync == Sync::Durable && matches!(answer, Ok(Ok(()))) {
            state.unsynced.sync();
        }
        ready(answer)
    }

    fn purge(&self, purge: Purge) -> Receipt<Result<(), Refusal>> {
        let mut state = self.state();
        ready(state.writable().map(|()| state.purge(&purge)))
    }

    fn load(&self, id: &InstanceId, from: Seq) -> Result<Vec<Entry>, StoreError> {
        let mut state = self.state();
        let State { rows, entries, values, .. } = &mut *state;
        let Some(row) = rows.get(id) else { return Ok(Vec::new()) };
        if from >= row.head.next {
            return Ok(Vec::new());
        }
        let before = before(entries, row, from)?;
        let stored = entries.range((id.clone(), from)..=(id.clone(), Seq(u64::MAX)));
        model::checked(row, from, before, stored.map(|((_, seq), bytes)| Ok((*seq, bytes))), values)
    }

    fn head(&self, id: &InstanceId) -> Result<Option<Head>, StoreError> {
        Ok(self.state().rows.get(id).map(|row| row.head.clone()))
    }

    fn list(&self, tenant: &str, after: Option<&InstanceId>, limit: usize) -> Result<Page<Head>, StoreError> {
        Ok(self.state().list(tenant, after, limit))
    }

    fn ready(&self) -> Result<Vec<Head>, StoreError> {
        let state = self.state();
        let heads = state.rows.values().map(|row| &row.head);
        Ok(heads.filter(|head| head.status == Status::Ready).cloned().collect())
    }

    fn due(&self, until: Instant, limit: usize) -> Result<Vec<(Instant, InstanceId)>, StoreError> {
        let state = self.state();
        Ok(state.timers.iter().take_while(|(due, _)| *due <= until).take(limit).cloned().collect())
    }

    fn next_timer(&self) -> Result<Option<Instant>, StoreError> {
        Ok(self.state().timers.first().map(|(due, _)| *due))
    }

    fn put(&self, message: Message) -> Receipt<Put> {
        let (letter, apart) = Letter::of(message);
        let mut state = self.state();
        let written = model::check_letter(&letter).and_then(|()| state.writable());
        ready(written.map(|()| {
            state.keep_apart(apart);
            state.put(letter)
        }))
    }

    fn discard(&self, discard: Discard) -> Receipt<()> {
        let mut state = self.state();
        ready(state.writable().map(|()| state.discard(&discard)))
    }

    fn addressed(
        &self,
        tenant: &str,
        after: Option<&InstanceId>,
        limit: usize,
    ) -> Result<Page<InstanceId>, StoreError> {
        Ok(self.state().addressed(tenant, after, limit))
    }

    fn inbox(&self, id: &InstanceId) -> Result<Vec<Message>, StoreError> {
        let mut state = self.state();
        let State { inbox, values, .. } = &mut *state;
        let waiting = inbox.range((id.clone(), 0)..=(id.clone(), u64::MAX));
        waiting.map(|(_, letter)| letter.clone().message(values)).collect()
    }

    fn waiting(&self, id: &InstanceId) -> Result<Vec<(MessageId, Option<Instant>)>, StoreError> {
        let state = self.state();
        let waiting = state.inbox.range((id.clone(), 0)..=(id.clone(), u64::MAX));
        Ok(waiting.map(|(_, letter)| (letter.id.clone(), letter.expires)).collect())
    }

    fn knows(&self, to: &InstanceId, message: &MessageId) -> Result<bool, StoreError> {
        Ok(self.state().seen.contains_key(&(to.clone(), message.clone())))
    }

    fn queue(&self, tenant: &str, lock: &str) -> Result<Vec<Queued>, StoreError> {
        let state = self.state();
        let line = state.lines.get(&(tenant.to_owned(), lock.to_owned()));
        Ok(line.map(|line| model::told(tenant, line)).unwrap_or_default())
    }

    fn kept(&self, tenant: &str, name: &str) -> Result<Option<(Instant, Json)>, StoreError> {
        let mut state = self.state();
        let Some((at, value)) = state.kept.get(&(tenant.to_owned(), name.to_owned())).cloned() else {
            return Ok(None);
        };
        let json = value.had(&mut state.values, || place_of_kept(tenant, name))?;
        Ok(Some((at, json)))
    }

    fn keep(&self, keep: Keep) -> Receipt<()> {
        let (kept, apart) = Kept::of(keep);
        let mut state = self.state();
        let written = model::check_kept(&kept).and_then(|()| state.writable());
        ready(written.map(|()| {
            state.keep_apart(apart);
            state.keep(kept);
        }))
    }

    fn kept_under(&self, tenant: &str, beginning: &str) -> Result<Vec<(String, Json)>, StoreError> {
        let mut state = self.state();
        let State { kept, values, .. } = &mut *state;
        let from = (tenant.to_owned(), beginning.to_owned());
        let found =
            kept.range(from..).take_while(|((of, name), _)| of == tenant && name.starts_with(beginning));
        let had = |((_, name), (_, value)): (&(String, String), &(Instant, Value))| {
            let json = value.clone().had(values, || place_of_kept(tenant, name))?;
            Ok((name.clone(), json))
        };
        found.map(had).collect()
    }

    fn put_blob(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let mut state = self.state();
        state.writable()?;
        let digest = model::digest(bytes);
        state.keep_blob(&digest, bytes);
        Ok(digest)
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.state().blobs.get(digest).map(|(bytes, _)| bytes.clone()))
    }

    fn sweep_values(&self) -> Result<Swept, StoreError> {
        let mut state = self.state();
        state.writable().map(|()| state.sweep_values())
    }

    fn sweep_blobs(&self, keep: &BTreeSet<Digest>, older: Duration) -> Result<Swept, StoreError> {
        let mut state = self.state();
        state.writable().map(|()| state.sweep_blobs(keep, older))
    }
}

/// The finish of SplitMix64 (Steele, Lea and Flood 2014), so that seeds that lie side by side differ.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The chain in front of an entry: that of the one before.
fn before(entries: &Entries, row: &Row, from: Seq) -> Result<Chain, StoreError> {
    let id = &row.head.id;
    let Some(last) = from.0.checked_sub(1).map(Seq) else { return Ok(Chain::start(id)) };
    let stored = entries.get(&(id.clone(), last));
    stored.and_then(|bytes| Chain::at_end_of(bytes)).ok_or_else(|| corrupt(id, last, "it is missing".into()))
}
