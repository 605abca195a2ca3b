//! A journal in memory that can be made to die behind any commit, and that knows what it has promised.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use cairn_host::{
    journal::{
        Commit, Digest, Discard, Head, InstanceId, Journal, Keep, MemoryJournal, Message, MessageId, Page,
        Purge, Put, Queued, Receipt, Refusal, StoreError, Sync,
    },
    replay::{Command, Entry, Instant, Json, Key, Note, Seq},
};
use tokio::sync::Notify;

/// What was answered with yes, over all lives of a host.
#[derive(Clone, Debug, Default)]
pub(super) struct Promised(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// Commits so far.
    commits: u64,
    /// Random numbers that are recorded.
    draws: u64,
    /// Operations whose outcome is recorded.
    ended: HashSet<(InstanceId, Key)>,
    /// Operations that were cancelled, in whatever run.
    cancelled: HashSet<(InstanceId, Key)>,
    /// Events that were sent.
    sent: Vec<Sent>,
    /// The last entry of all.
    last: Option<(InstanceId, Entry)>,
}

/// An event that a run has sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) event: String,
    pub(super) data: Json,
    pub(super) at: Instant,
}

impl Promised {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn commits(&self) -> u64 {
        self.kept().commits
    }

    pub(super) fn draws(&self) -> u64 {
        self.kept().draws
    }

    /// The outcome of this operation is recorded.
    pub(super) fn has_ended(&self, id: &InstanceId, key: &str) -> bool {
        self.kept().ended.contains(&(id.clone(), Key(key.to_owned())))
    }

    /// This operation was cancelled.
    pub(super) fn was_cancelled(&self, id: &InstanceId, key: &str) -> bool {
        self.kept().cancelled.contains(&(id.clone(), Key(key.to_owned())))
    }

    /// Events that were sent, in order.
    pub(super) fn sent(&self) -> Vec<Sent> {
        self.kept().sent.clone()
    }

    /// The entry that was recorded last.
    pub(super) fn last(&self) -> Option<(InstanceId, Entry)> {
        self.kept().last.clone()
    }

    fn take(&self, commit: &Commit) {
        let mut kept = self.kept();
        kept.commits += 1;
        for entry in &commit.entries {
            match entry {
                Entry::Began(_) => kept.ended.retain(|(id, _)| *id != commit.id),
                Entry::Noted { note: Note::Random(_), .. } => kept.draws += 1,
                Entry::Ended { key, outcome, .. } => {
                    let step = (commit.id.clone(), key.clone());
                    if matches!(outcome, Err(failure) if failure.kind == "cancelled") {
                        kept.cancelled.insert(step.clone());
                    }
                    kept.ended.insert(step);
                }
                Entry::Asked { at, command: Command::Emit { event, data, .. }, .. } => {
                    kept.sent.push(Sent { event: event.clone(), data: data.clone(), at: *at });
                }
                _ => {}
            }
        }
        if let Some(entry) = commit.entries.last() {
            kept.last = Some((commit.id.clone(), entry.clone()));
        }
    }
}

/// The journal as one life of a host sees it.
#[derive(Debug)]
pub(super) struct Mortal {
    memory: MemoryJournal,
    promised: Promised,
    left: AtomicU64,
    dead: AtomicBool,
    died: Notify,
}

impl Mortal {
    /// It takes so many commits more.
    pub(super) fn new(memory: MemoryJournal, promised: Promised, commits: u64) -> Arc<Self> {
        let (left, dead, died) = (AtomicU64::new(commits), AtomicBool::new(false), Notify::new());
        Arc::new(Self { memory, promised, left, dead, died })
    }

    /// From now on it takes nothing.
    pub(super) fn kill(&self) {
        self.dead.store(true, Ordering::SeqCst);
        self.died.notify_one();
    }

    pub(super) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// Resolves when it has refused something.
    pub(super) async fn death(&self) {
        while !self.is_dead() {
            self.died.notified().await;
        }
    }

    /// Takes one off what is left.
    fn alive(&self) -> Result<(), StoreError> {
        let spent = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if spent.is_err() {
            self.kill();
        }
        if self.is_dead() {
            Err(StoreError::Closed("the test let the host die here".to_owned()))
        } else {
            Ok(())
        }
    }
}

fn refused<T: Send + 'static>(error: StoreError) -> Receipt<T> {
    Box::pin(std::future::ready(Err(error)))
}

impl Journal for Mortal {
    fn commit(&self, commit: Commit, sync: Sync) -> Receipt<Result<(), Refusal>> {
        if let Err(error) = self.alive() {
            return refused(error);
        }
        let kept = commit.clone();
        let mut receipt = self.memory.commit(commit, sync);
        // In memory it is carried out at once; nobody need wait for the answer, and some do not.
        let Poll::Ready(answer) = receipt.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            return receipt;
        };
        if matches!(answer, Ok(Ok(()))) {
            self.promised.take(&kept);
        }
        Box::pin(std::future::ready(answer))
    }

    fn purge(&self, purge: Purge) -> Receipt<Result<(), Refusal>> {
        match self.alive() {
            Ok(()) => self.memory.purge(purge),
            Err(error) => refused(error),
        }
    }

    fn load(&self, id: &InstanceId, from: Seq) -> Result<Vec<Entry>, StoreError> {
        self.memory.load(id, from)
    }

    fn head(&self, id: &InstanceId) -> Result<Option<Head>, StoreError> {
        self.memory.head(id)
    }

    fn list(&self, tenant: &str, after: Option<&InstanceId>, limit: usize) -> Result<Page<Head>, StoreError> {
        self.memory.list(tenant, after, limit)
    }

    fn ready(&self) -> Result<Vec<Head>, StoreError> {
        self.memory.ready()
    }

    fn due(&self, until: Instant, limit: usize) -> Result<Vec<(Instant, InstanceId)>, StoreError> {
        self.memory.due(until, limit)
    }

    fn next_timer(&self) -> Result<Option<Instant>, StoreError> {
        self.memory.next_timer()
    }

    fn put(&self, message: Message) -> Receipt<Put> {
        if self.is_dead() {
            return refused(StoreError::Closed("the test let the host die here".to_owned()));
        }
        self.memory.put(message)
    }

    fn discard(&self, discard: Discard) -> Receipt<()> {
        self.memory.discard(discard)
    }
    fn addressed(
        &self,
        tenant: &str,
        after: Option<&InstanceId>,
        limit: usize,
    ) -> Result<Page<InstanceId>, StoreError> {
        self.memory.addressed(tenant, after, limit)
    }

    fn inbox(&self, id: &InstanceId) -> Result<Vec<Message>, StoreError> {
        self.memory.inbox(id)
    }

    fn knows(&self, to: &InstanceId, message: &MessageId) -> Result<bool, StoreError> {
        self.memory.knows(to, message)
    }

    fn queue(&self, tenant: &str, lock: &str) -> Result<Vec<Queued>, StoreError> {
        self.memory.queue(tenant, lock)
    }

    fn kept(&self, tenant: &str, name: &str) -> Result<Option<(Instant, Json)>, StoreError> {
        self.memory.kept(tenant, name)
    }

    fn keep(&self, keep: Keep) -> Receipt<()> {
        if self.is_dead() {
            return refused(StoreError::Closed("the test let the host die here".to_owned()));
        }
        self.memory.keep(keep)
    }

    fn kept_under(&self, tenant: &str, beginning: &str) -> Result<Vec<(String, Json)>, StoreError> {
        self.memory.kept_under(tenant, beginning)
    }

    fn put_blob(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        self.memory.put_blob(bytes)
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.memory.blob(digest)
    }
}
