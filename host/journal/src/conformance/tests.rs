//! The twin in memory passes; stores with one promise broken do not.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
    time::Duration,
};

use cairn_replay::{Entry, Instant, Json, Seq};

use super::{
    Subject,
    machine::{Make, tried},
    promise_1, promise_2, promise_3, promise_4, promise_5, promise_6, promise_7, promise_8, promise_9,
    promise_10, promise_11, promise_12, promise_13, promise_14, promise_15, wait,
};
use crate::{
    Commit, Digest, Discard, Head, HeadChange, InstanceId, Journal, Keep, MemoryJournal, Message, MessageId,
    Page, Purge, Put, Queued, Receipt, Refusal, Status, StoreError, Swept, Sync,
};

/// The twin with one promise broken, by number; 0 breaks none. Clones share it: that is what opening anew is.
#[derive(Clone, Default)]
struct Broken {
    twin: MemoryJournal,
    promise: u8,
    /// For 4: commits that are answered but not visible.
    held: Arc<Mutex<Vec<Commit>>>,
    /// For 7: how many heads were listed.
    listed: Arc<Mutex<usize>>,
}

impl Subject for Broken {
    type Store = Self;

    fn open(&mut self) -> Result<Self, StoreError> {
        self.twin.fail(None);
        Ok(self.clone())
    }

    fn crash(&mut self, store: Self) {
        drop(store);
        if self.promise == 2 {
            self.twin = MemoryJournal::new();
        }
    }

    fn damage(&mut self, _store: &Self, id: &InstanceId, seq: Seq, bytes: Option<Vec<u8>>) {
        self.twin.damage(id, seq, bytes);
    }

    fn damage_value(&mut self, _store: &Self, digest: &Digest, json: Option<Json>) {
        self.twin.damage_value(digest, json);
    }

    fn break_disk(&mut self, _store: &Self) {
        self.twin.fail(Some(StoreError::Io("memory: broken".into())));
    }
}

impl Broken {
    fn retry(&self, commit: Commit, refusal: Refusal) -> Result<Result<(), Refusal>, StoreError> {
        match (self.promise, refusal) {
            (1, Refusal::NoSuchMessage(_)) => {
                wait(self.twin.commit(Commit { consumed: Vec::new(), ..commit }, Sync::Durable))
            }
            (10, Refusal::NoPlace(_)) => {
                wait(self.twin.commit(Commit { locks: Vec::new(), ..commit }, Sync::Durable))
            }
            (3, Refusal::Conflict { next }) => {
                wait(self.twin.commit(Commit { expect: next, ..commit }, Sync::Durable))
            }
            (_, refusal) => Ok(Err(refusal)),
        }
    }
}

impl Journal for Broken {
    fn commit(&self, commit: Commit, sync: Sync) -> Receipt<Result<(), Refusal>> {
        if self.promise == 4 && sync == Sync::Ordered {
            self.held.lock().unwrap().push(commit);
            return Box::pin(std::future::ready(Ok(Ok(()))));
        }
        let restart = commit.restart && self.promise != 11;
        let commit = Commit { restart, ..commit };
        for held in self.held.lock().unwrap().drain(..) {
            drop(self.twin.commit(held, sync));
        }
        let mut answer = wait(self.twin.commit(commit.clone(), sync));
        if let Ok(Err(refusal)) = answer {
            answer = self.retry(commit, refusal);
        }
        if self.promise == 9 && answer.is_err() {
            self.twin.fail(None);
        }
        Box::pin(std::future::ready(answer))
    }

    fn purge(&self, purge: Purge) -> Receipt<Result<(), Refusal>> {
        if self.promise != 13 {
            return self.twin.purge(purge);
        }
        // It forgets to look whether that is over.
        let head = self.twin.head(&purge.id).unwrap();
        let over = HeadChange { status: Some(Status::Finished), digest: None };
        if let Some(head) = head.filter(|head| head.next == purge.expect) {
            let end = super::make::append(&head.id, head.next.0, Vec::new());
            drop(self.twin.commit(Commit { head: over, ..end }, Sync::Durable));
        }
        self.twin.purge(purge)
    }

    fn load(&self, id: &InstanceId, from: Seq) -> Result<Vec<Entry>, StoreError> {
        match self.twin.load(id, from) {
            Err(_) if self.promise == 8 => Ok(Vec::new()),
            answer => answer,
        }
    }

    fn head(&self, id: &InstanceId) -> Result<Option<Head>, StoreError> {
        self.twin.head(id)
    }

    fn list(&self, tenant: &str, after: Option<&InstanceId>, limit: usize) -> Result<Page<Head>, StoreError> {
        if self.promise != 7 {
            return self.twin.list(tenant, after, limit);
        }
        let mut listed = self.listed.lock().unwrap();
        let skip = if after.is_some() { *listed } else { 0 };
        let all = self.twin.list(tenant, None, usize::MAX)?;
        let items: Vec<_> = all.items.into_iter().skip(skip).take(limit).collect();
        *listed = skip + items.len();
        Ok(Page { next: items.last().map(|head| head.id.clone()), items })
    }

    fn ready(&self) -> Result<Vec<Head>, StoreError> {
        self.twin.ready()
    }

    fn due(&self, until: Instant, limit: usize) -> Result<Vec<(Instant, InstanceId)>, StoreError> {
        let early = u64::from(self.promise == 6);
        self.twin.due(Instant(until.0.saturating_add(early)), limit)
    }

    fn next_timer(&self) -> Result<Option<Instant>, StoreError> {
        self.twin.next_timer()
    }

    fn put(&self, message: Message) -> Receipt<Put> {
        self.twin.put(message)
    }

    fn discard(&self, discard: Discard) -> Receipt<()> {
        self.twin.discard(discard)
    }

    fn addressed(
        &self,
        tenant: &str,
        after: Option<&InstanceId>,
        limit: usize,
    ) -> Result<Page<InstanceId>, StoreError> {
        self.twin.addressed(tenant, after, limit)
    }

    fn inbox(&self, id: &InstanceId) -> Result<Vec<Message>, StoreError> {
        let mut inbox = self.twin.inbox(id)?;
        if self.promise == 5 {
            inbox.sort_by(|one, other| one.id.cmp(&other.id));
        }
        Ok(inbox)
    }

    fn knows(&self, to: &InstanceId, message: &MessageId) -> Result<bool, StoreError> {
        self.twin.knows(to, message)
    }

    fn queue(&self, tenant: &str, lock: &str) -> Result<Vec<Queued>, StoreError> {
        self.twin.queue(tenant, lock)
    }

    fn kept(&self, tenant: &str, name: &str) -> Result<Option<(Instant, Json)>, StoreError> {
        let tenant = if self.promise == 12 { "acme" } else { tenant };
        self.twin.kept(tenant, name)
    }

    fn keep(&self, keep: Keep) -> Receipt<()> {
        if self.promise == 14 && keep.json.is_none() {
            return Box::pin(std::future::ready(Ok(())));
        }
        self.twin.keep(keep)
    }

    fn kept_under(&self, tenant: &str, beginning: &str) -> Result<Vec<(String, Json)>, StoreError> {
        self.twin.kept_under(tenant, beginning)
    }

    fn put_blob(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        self.twin.put_blob(bytes)
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.twin.blob(digest)
    }

    fn sweep_blobs(&self, keep: &BTreeSet<Digest>, older: Duration) -> Result<Swept, StoreError> {
        self.twin.sweep_blobs(keep, older)
    }

    fn sweep_values(&self) -> Result<Swept, StoreError> {
        // It keeps them for ever.
        if self.promise == 15 { Ok(Swept::default()) } else { self.twin.sweep_values() }
    }
}

const PROMISES: [fn(&mut Broken); 15] = [
    promise_1, promise_2, promise_3, promise_4, promise_5, promise_6, promise_7, promise_8, promise_9,
    promise_10, promise_11, promise_12, promise_13, promise_14, promise_15,
];

#[test]
fn the_twin_keeps_every_promise() {
    for promise in PROMISES {
        promise(&mut Broken::default());
    }
}

#[test]
fn a_broken_promise_is_found_by_its_own_test() {
    for (number, promise) in (1..).zip(PROMISES) {
        let mut broken = Broken { promise: number, ..Broken::default() };
        let passed = catch_unwind(AssertUnwindSafe(|| promise(&mut broken))).is_ok();
        assert!(!passed, "a store that breaks promise {number} passed its test");
    }
}

/// The twin with one promise broken.
struct BrokenIn<const PROMISE: u8>;

impl<const PROMISE: u8> Make for BrokenIn<PROMISE> {
    type Subject = Broken;

    fn make() -> Broken {
        Broken { promise: PROMISE, ..Broken::default() }
    }
}

#[test]
fn the_twin_is_as_the_model_says() {
    if let Err((_, why)) = tried::<BrokenIn<0>>(200) {
        panic!("{why}");
    }
}

/// Each broken promise is found, and told in few acts.
#[test]
fn a_broken_promise_is_found_by_random_acts() {
    type Found = fn(u32) -> Result<(), (usize, String)>;
    let broken: [(u8, Found); 13] = [
        (1, tried::<BrokenIn<1>>),
        (2, tried::<BrokenIn<2>>),
        (3, tried::<BrokenIn<3>>),
        (4, tried::<BrokenIn<4>>),
        (5, tried::<BrokenIn<5>>),
        (6, tried::<BrokenIn<6>>),
        (7, tried::<BrokenIn<7>>),
        (10, tried::<BrokenIn<10>>),
        (11, tried::<BrokenIn<11>>),
        (12, tried::<BrokenIn<12>>),
        (13, tried::<BrokenIn<13>>),
        (14, tried::<BrokenIn<14>>),
        (15, tried::<BrokenIn<15>>),
    ];
    for (promise, tried) in broken {
        let found = tried(400);
        let Err((acts, why)) = found else {
            panic!("a store that breaks promise {promise} is as the model says")
        };
        assert!((1..=6).contains(&acts), "promise {promise} takes {acts} acts to tell:\n{why}");
    }
}
