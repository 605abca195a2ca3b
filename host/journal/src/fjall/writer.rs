//! The one thread that writes. It takes what is there, makes one batch of it, syncs once, and answers all: while it syncs, the
//! next group gathers, so no timer is needed. Never on a thread of the async runtime: the engine's back-pressure sleeps.
//!
//! A group is synced if anyone in it needs that. One that nobody needs synced is written all the same, in its place in the same
//! file: it is visible at once, and the next sync takes it along.

use std::sync::Arc;

use fjall::PersistMode;
use tokio::sync::oneshot;

use super::{
    blobs::Held,
    count::Count,
    errors,
    faults::Faults,
    files::capture::{Captured, capture},
    gate::Gate,
    queue::Queue,
    rows::Rows,
    stage::{Stage, TimerMove},
    tables::Tables,
    timers::Cursor,
};
use crate::{
    Discard, Purge, Put, Refusal, StoreError, Sync,
    model::{Kept, Letter, Prepared},
};

/// Whoever waits for an answer.
pub(super) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// What the thread is asked for.
pub(super) enum Request {
    Commit(Box<Prepared>, Vec<Held>, Sync, Reply<Result<(), Refusal>>),
    Put(Box<Letter>, Vec<Held>, Reply<Put>),
    Purge(Box<Purge>, Reply<Result<(), Refusal>>),
    Keep(Box<Kept>, Vec<Held>, Reply<()>),
    Discard(Box<Discard>, Reply<()>),
    /// Sync what is written.
    Settle(Reply<()>),
    /// Hold all files of this moment open, for a backup.
    Capture(Reply<Captured>),
}

/// An answer that waits for the write, and what may be let go of then: what refers to it can be seen. It is let go of first: whoever is told may
/// sweep at once, and would find it held.
enum Answer {
    Commit(Reply<Result<(), Refusal>>, Result<(), Refusal>, Vec<Held>),
    Put(Reply<Put>, Put, Vec<Held>),
    Keep(Reply<()>, Vec<Held>),
}

impl Answer {
    fn send(self, written: Result<(), StoreError>) {
        match self {
            Self::Commit(to, answer, held) => tell(to, held, written.map(|()| answer)),
            Self::Put(to, answer, held) => tell(to, held, written.map(|()| answer)),
            Self::Keep(to, held) => tell(to, held, written),
        }
    }
}

/// Nobody may be waiting any more; that changes nothing.
fn tell<T>(to: Reply<T>, held: Vec<Held>, answer: Result<T, StoreError>) {
    drop(held);
    drop(to.send(answer));
}

impl Request {
    fn refuse(self, error: StoreError) {
        match self {
            Self::Commit(_, _, _, to) | Self::Purge(_, to) => drop(to.send(Err(error))),
            Self::Put(_, _, to) => drop(to.send(Err(error))),
            Self::Keep(_, _, to) | Self::Discard(_, to) | Self::Settle(to) => drop(to.send(Err(error))),
            Self::Capture(to) => drop(to.send(Err(error))),
        }
    }
}

pub(super) struct Writer {
    pub(super) tables: Arc<Tables>,
    pub(super) queue: Arc<Queue<Request>>,
    pub(super) gate: Arc<Gate>,
    pub(super) cursor: Arc<Cursor>,
    pub(super) faults: Box<dyn Faults>,
    pub(super) rows: Rows,
    pub(super) puts: u64,
    pub(super) count: Count,
    /// Whether something was written that no sync has taken along yet.
    pub(super) unsynced: bool,
}

impl Writer {
    pub(super) fn run(mut self) {
        while let Some(group) = self.queue.take() {
            self.carry_out(group);
        }
        if self.gate.check().is_err() {
            return;
        }
        match self.sync() {
            Ok(()) => self.count.end(),
            Err(error) => {
                tracing::error!(%error, "the last entries could not be synced when the journal was closed");
            }
        }
    }

    /// All that was written is on disk.
    fn sync(&mut self) -> Result<(), StoreError> {
        if self.unsynced {
            self.tables.db.persist(PersistMode::SyncData).map_err(|error| self.tables.wrong(&error))?;
            self.unsynced = false;
        }
        self.count.durable()
    }

    fn carry_out(&mut self, group: Vec<Request>) {
        if let Err(closed) = self.gate.check() {
            group.into_iter().for_each(|request| request.refuse(closed.clone()));
            return;
        }
        let mut stage = Stage::new(&self.tables, &mut self.rows, &mut self.puts);
        let (mut answers, mut durable) = (Vec::with_capacity(group.len()), false);
        let (mut captures, mut settles) = (Vec::new(), Vec::new());
        for request in group {
            match request {
                Request::Capture(to) => captures.push(to),
                Request::Settle(to) => settles.push(to),
                request => durable |= stage_one(&mut stage, request, &mut answers),
            }
        }
        let (batch, timers) = stage.batch(&mut self.count);
        let written = if batch.is_empty() { Ok(()) } else { self.write(batch, durable) };
        match &written {
            Ok(()) => self.tell(timers),
            Err(error) => self.gate.close(error),
        }
        answers.into_iter().for_each(|answer| answer.send(written.clone()));
        captures.into_iter().for_each(|to| drop(to.send(self.capture())));
        settles.into_iter().for_each(|to| drop(to.send(self.settle())));
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        self.gate.check()?;
        self.sync().inspect_err(|error| self.gate.close(error))
    }

    /// Nothing is written meanwhile; it takes as long as opening the files does.
    fn capture(&mut self) -> Result<Captured, StoreError> {
        self.settle()?;
        capture(self.tables.path(), self.count.number())
    }

    fn write(&mut self, batch: fjall::OwnedWriteBatch, durable: bool) -> Result<(), StoreError> {
        self.point("journal:before-write")?;
        // Synced, the batch is durable before it is visible; else it is in the system's hands: that much a crash of ours leaves.
        let mode = if durable { PersistMode::SyncData } else { PersistMode::Buffer };
        batch.durability(Some(mode)).commit().map_err(|error| self.tables.wrong(&error))?;
        self.unsynced = !durable;
        if durable {
            self.count.durable()?;
        }
        self.point(if durable { "journal:after-sync" } else { "journal:after-write" })
    }

    fn point(&self, name: &'static str) -> Result<(), StoreError> {
        self.faults.point(name).map_err(|error| errors::of_io(self.tables.path(), &error))
    }

    fn tell(&self, timers: Vec<TimerMove>) {
        for change in timers {
            match change {
                TimerMove::Set(key) => self.cursor.set(key),
                TimerMove::Cleared(key) => self.cursor.cleared(&key),
            }
        }
    }
}

/// Stages a request, and keeps its answer until the batch is written. Gives whether it needs a sync.
fn stage_one(stage: &mut Stage<'_>, request: Request, answers: &mut Vec<Answer>) -> bool {
    match request {
        Request::Commit(commit, held, sync, to) => match stage.commit(*commit) {
            Ok(answer) => {
                answers.push(Answer::Commit(to, answer, held));
                sync == Sync::Durable
            }
            Err(error) => {
                tell(to, held, Err(error));
                false
            }
        },
        Request::Purge(purge, to) => match stage.purge(&purge) {
            Ok(answer) => {
                answers.push(Answer::Commit(to, answer, Vec::new()));
                true
            }
            Err(error) => {
                drop(to.send(Err(error)));
                false
            }
        },
        Request::Put(letter, held, to) => match stage.put(&letter) {
            Ok(answer) => {
                answers.push(Answer::Put(to, answer, held));
                true
            }
            Err(error) => {
                tell(to, held, Err(error));
                false
            }
        },
        Request::Discard(discard, to) => match stage.discard(&discard) {
            Ok(()) => {
                answers.push(Answer::Keep(to, Vec::new()));
                true
            }
            Err(error) => {
                drop(to.send(Err(error)));
                false
            }
        },
        Request::Keep(kept, held, to) => match stage.keep_alone(&kept) {
            Ok(()) => {
                answers.push(Answer::Keep(to, held));
                true
            }
            Err(error) => {
                tell(to, held, Err(error));
                false
            }
        },
        Request::Capture(_) | Request::Settle(_) => false,
    }
}

/// However the thread ends: nobody waits for ever.
impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.abandon();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        future::Future,
        pin::pin,
        sync::Mutex,
        task::{Context, Wake, Waker},
        time::Duration,
    };

    use super::{
        super::{blobs::Blobs, tests::Folder},
        *,
    };
    use crate::Swept;

    /// Whoever hears of an answer in this moment.
    struct Sweeps {
        values: Blobs,
        swept: Mutex<Option<Swept>>,
    }

    impl Wake for Sweeps {
        fn wake(self: Arc<Self>) {
            *self.swept.lock().unwrap() =
                Some(self.values.sweep(Duration::ZERO, || Ok(BTreeSet::new())).unwrap());
        }
    }

    fn told<T>(answer: impl FnOnce(Reply<T>, Vec<Held>) -> Answer) -> Option<Swept> {
        let folder = Folder::new();
        let values = Blobs::open(folder.0.clone()).unwrap();
        let held = values.keep(&crate::model::digest(b"large"), b"large").unwrap();
        let sweeps = Arc::new(Sweeps { values, swept: Mutex::default() });
        let (to, receipt) = oneshot::channel();
        let mut receipt = pin!(receipt);
        let waker = Waker::from(Arc::clone(&sweeps));
        assert!(receipt.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        answer(to, vec![held]).send(Ok(()));
        sweeps.swept.lock().unwrap().take()
    }

    #[test]
    fn whoever_is_told_may_sweep_at_once() {
        let all = [
            told(|to, held| Answer::Commit(to, Ok(()), held)),
            told(|to, held| Answer::Put(to, Put::Duplicate, held)),
            told(Answer::Keep),
        ];
        for swept in all {
            let swept = swept.unwrap();
            assert_eq!((swept.removed, swept.kept), (1, 0));
        }
    }
}
