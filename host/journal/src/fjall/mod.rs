//! The store on disk, on fjall. Only this room knows that engine.
//!
//! Every write goes through one thread (`writer`), which makes batches of them (`stage`); reads go to the tables from any thread.

mod backup;
mod blobs;
mod care;
mod count;
mod errors;
mod faults;
mod files;
mod gate;
mod inboxes;
mod keys;
mod open;
mod purge;
mod queue;
mod rows;
mod stage;
mod sweeper;
mod tables;
mod timers;
mod values;
mod writer;

use std::{
    collections::BTreeSet,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

pub use backup::Backup;
use blobs::{Blobs, Held};
use cairn_replay::{Entry, Instant, Json, Seq};
pub use care::{Counts, Finding, Repair, Repaired, Verified, repair, verify};
use count::Count;
pub use faults::{Faults, NoFaults};
use files::{
    scrub::{Sound, scrub},
    tables::folder,
    witness::{Told, Witness},
};
use gate::Gate;
use queue::Queue;
use rows::Rows;
use sweeper::Sweeper;
use tables::Tables;
use timers::Cursor;
use tokio::sync::oneshot;
use writer::{Reply, Request, Writer};

use crate::{
    Commit, Digest, Discard, Head, InstanceId, Journal, Keep, Message, MessageId, Page, Purge, Put, Queued,
    Receipt, Refusal, StoreError, Swept, Sync,
    format::Reference,
    model::{self, Kept, Letter, Prepared, Value, corrupt, place_of_kept},
};

/// A journal in a directory.
///
/// Dropping it writes what was handed over, syncs, and frees the directory.
pub struct FjallJournal {
    queue: Arc<Queue<Request>>,
    writer: Option<thread::JoinHandle<()>>,
    gate: Arc<Gate>,
    cursor: Arc<Cursor>,
    tables: Arc<Tables>,
    blobs: Blobs,
    /// Large values: only what the tables hold can name one.
    values: Arc<Blobs>,
    sweeper: Arc<Sweeper>,
    dir: PathBuf,
    /// Freed last.
    _lock: File,
}

impl FjallJournal {
    /// Opens the journal in a directory, which is made if it is missing.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if another process has it open, [`StoreError::Newer`] if a newer build wrote it,
    /// [`StoreError::ReadOnly`] and [`StoreError::Full`] as the disk has it, [`StoreError::Corrupt`] if what is there
    /// cannot be read, or is no journal.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::open_with(dir, NoFaults)
    }

    /// As [`FjallJournal::open`], with something to happen at its crash points.
    ///
    /// # Errors
    /// As [`FjallJournal::open`].
    pub fn open_with(dir: &Path, faults: impl Faults) -> Result<Self, StoreError> {
        let lock = open::prepare(dir)?;
        open::clear(dir)?;
        let sound = scrub(dir)?;
        if let Some(torn) = &sound.torn {
            torn.cut()?;
        }
        let tables = Arc::new(Tables::open(&dir.join("db"))?);
        let count = counted(dir, &tables, &sound)?;
        let (blobs, values) = (Blobs::open(dir.join("blobs"))?, Blobs::open(dir.join("values"))?);
        let (queue, gate, cursor) = (Arc::new(Queue::new()), Arc::default(), Arc::new(Cursor::new()));
        let writer = Writer {
            tables: Arc::clone(&tables),
            queue: Arc::clone(&queue),
            gate: Arc::clone(&gate),
            cursor: Arc::clone(&cursor),
            faults: Box::new(faults),
            rows: Rows::default(),
            puts: tables.view().puts()?,
            count,
            unsynced: false,
        };
        let thread = thread::Builder::new().name("cairn-journal".into()).spawn(|| writer.run());
        let thread = thread.map_err(|error| errors::of_io(dir, &error))?;
        Ok(Self {
            queue,
            writer: Some(thread),
            gate,
            cursor,
            tables,
            blobs,
            values: Arc::new(values),
            sweeper: Arc::default(),
            dir: dir.to_owned(),
            _lock: lock,
        })
    }

    /// Hands a request over, in the order of the calls.
    fn send<T: Send + 'static>(
        &self,
        weight: usize,
        request: impl FnOnce(Reply<T>) -> Request,
    ) -> Receipt<T> {
        if let Err(closed) = self.gate.check() {
            return refused(closed);
        }
        let (to, answer) = oneshot::channel();
        // A closed queue drops the request, and with it the sender: the receipt says so.
        drop(self.queue.push(weight, request(to)));
        let gate = Arc::clone(&self.gate);
        Box::pin(async move { answer.await.unwrap_or_else(|_| Err(gate.gone())) })
    }

    /// Large values are on disk before what refers to them is handed over.
    fn keep_apart(&self, apart: &[(Reference, Json)]) -> Result<Vec<Held>, StoreError> {
        if apart.is_empty() {
            return Ok(Vec::new());
        }
        self.gate.check()?;
        self.values.keep_all(apart).inspect_err(|error| self.gate.close(error))
    }

    /// All that was handed over is on disk when what this gives comes back.
    fn settle(&self) -> impl Fn() -> Result<(), StoreError> + Send + use<> {
        let (queue, gate) = (Arc::clone(&self.queue), Arc::clone(&self.gate));
        move || {
            let (ask, answer) = oneshot::channel();
            drop(queue.push(0, Request::Settle(ask)));
            answer.blocking_recv().unwrap_or_else(|_| Err(gate.gone()))
        }
    }

    /// Removes values that nothing refers to.
    fn sweep(&self) -> impl FnOnce() -> Result<Swept, StoreError> + Send + use<> {
        let (values, tables, settle) = (Arc::clone(&self.values), Arc::clone(&self.tables), self.settle());
        move || {
            values.sweep(Duration::ZERO, || {
                settle()?;
                care::referred(&tables)
            })
        }
    }

    fn load_once(&self, id: &InstanceId, from: Seq) -> Result<Vec<Entry>, StoreError> {
        let view = self.tables.view();
        let Some(row) = view.row(id)? else {
            // Entries without a head are the rest of something.
            return match view.entries(id, Seq(0)).next() {
                None => Ok(Vec::new()),
                Some(first) => Err(corrupt(id, first?.0, "it is there, but the instance has no head".into())),
            };
        };
        if from >= row.head.next {
            return Ok(Vec::new());
        }
        let (before, stored) = (view.chain_before(id, from)?, view.entries(id, from));
        model::checked(&row, from, before, stored, &mut self.values.reading())
    }

    /// The first key of the index of timers.
    fn first_timer(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.cursor.get(|from| {
            let view = self.tables.view();
            let first = view.timers(from).next().transpose()?;
            Ok(first.map(|key| key.to_vec()))
        })
    }
}

/// Sees that the tables reach as far as log and witness say, and counts on from there.
fn counted(dir: &Path, tables: &Tables, sound: &Sound) -> Result<Count, StoreError> {
    let now = tables.mark()?;
    tables.check(sound, now)?;
    let told = match &sound.told {
        Some(told) => told.clone(),
        None => {
            let told = Told::new(0, 0, names(dir)?);
            Witness::create(dir, &told)?;
            told
        }
    };
    Ok(Count::new(now, Witness::open(dir, told)?))
}

/// A large value may be removed, with the last that referred to it, between reading the one and reading the other: then a second look says so.
fn steady<T>(read: impl Fn() -> Result<T, StoreError>) -> Result<T, StoreError> {
    match read() {
        Err(StoreError::Corrupt { .. }) => read(),
        answer => answer,
    }
}

fn refused<T: Send + 'static>(error: StoreError) -> Receipt<T> {
    Box::pin(std::future::ready(Err(error)))
}

/// What the engine's table of its tables is: it changes no more once those are made.
fn names(dir: &Path) -> Result<Vec<u8>, StoreError> {
    let path = folder(&dir.join("db"), 0).join("current");
    std::fs::read(&path).map_err(|error| errors::of_io(&path, &error))
}

/// The gate is not asked: whoever holds the journal wants what was handed over to be done.
impl Drop for FjallJournal {
    fn drop(&mut self) {
        self.queue.close();
        self.sweeper.end();
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the thread that writes the journal had panicked");
        }
    }
}

impl Journal for FjallJournal {
    /// Blocks while 64 MiB wait to be written, and while large values are written. A receipt under [`Sync::Ordered`] need not be awaited before the next commit:
    /// the order is that of the calls.
    fn commit(&self, commit: Commit, sync: Sync) -> Receipt<Result<(), Refusal>> {
        let mut prepared = Box::new(Prepared::from(commit));
        let held = match self.keep_apart(&std::mem::take(&mut prepared.apart)) {
            Ok(held) => held,
            Err(error) => return refused(error),
        };
        let restart = prepared.restart;
        let receipt = self.send(prepared.weight(), |to| Request::Commit(prepared, held, sync, to));
        if restart && self.sweeper.is_idle() && self.values.take_written(self.sweeper.enough()) {
            self.sweeper.start(self.sweep());
        }
        receipt
    }

    fn purge(&self, purge: Purge) -> Receipt<Result<(), Refusal>> {
        self.send(0, |to| Request::Purge(Box::new(purge), to))
    }

    fn load(&self, id: &InstanceId, from: Seq) -> Result<Vec<Entry>, StoreError> {
        steady(|| self.load_once(id, from))
    }

    fn head(&self, id: &InstanceId) -> Result<Option<Head>, StoreError> {
        Ok(self.tables.view().row(id)?.map(|row| row.head))
    }

    fn list(&self, tenant: &str, after: Option<&InstanceId>, limit: usize) -> Result<Page<Head>, StoreError> {
        let view = self.tables.view();
        let mut rows = view.rows(tenant, after);
        let mut items = Vec::new();
        for row in rows.by_ref().take(limit) {
            items.push(row?.head);
        }
        let more = rows.next().transpose()?.is_some();
        Ok(Page { next: items.last().filter(|_| more).map(|head: &Head| head.id.clone()), items })
    }

    fn ready(&self) -> Result<Vec<Head>, StoreError> {
        let view = self.tables.view();
        view.ready()
            .map(|id| {
                let id = id?;
                let row = view.row(&id)?;
                row.map(|row| row.head).ok_or_else(|| StoreError::Corrupt {
                    place: format!("the head of instance `{}` of tenant `{}`", id.instance, id.tenant),
                    found: "it is missing, but the instance is listed as ready".into(),
                })
            })
            .collect()
    }

    fn due(&self, until: Instant, limit: usize) -> Result<Vec<(Instant, InstanceId)>, StoreError> {
        let Some(first) = self.first_timer()? else { return Ok(Vec::new()) };
        let view = self.tables.view();
        let mut found = Vec::new();
        for key in view.timers(&first).take(limit) {
            let key = key?;
            let due = keys::due(&key).unwrap_or_default();
            if due > until {
                break;
            }
            found.push((due, view.id_of(&key, keys::timer_of)?));
        }
        Ok(found)
    }

    fn next_timer(&self) -> Result<Option<Instant>, StoreError> {
        Ok(self.first_timer()?.and_then(|key| keys::due(&key)))
    }

    fn put(&self, message: Message) -> Receipt<Put> {
        let (letter, apart) = Letter::of(message);
        match self.keep_apart(&apart) {
            Ok(held) => self.send(letter.weight(), |to| Request::Put(Box::new(letter), held, to)),
            Err(error) => refused(error),
        }
    }

    fn discard(&self, discard: Discard) -> Receipt<()> {
        self.send(0, |to| Request::Discard(Box::new(discard), to))
    }

    fn addressed(
        &self,
        tenant: &str,
        after: Option<&InstanceId>,
        limit: usize,
    ) -> Result<Page<InstanceId>, StoreError> {
        self.tables.view().addressed(tenant, after, limit)
    }

    fn inbox(&self, id: &InstanceId) -> Result<Vec<Message>, StoreError> {
        steady(|| {
            let mut values = self.values.reading();
            let letters = self.tables.view().inbox(id)?;
            letters.into_iter().map(|letter| letter.message(&mut values)).collect()
        })
    }

    fn waiting(&self, id: &InstanceId) -> Result<Vec<(MessageId, Option<Instant>)>, StoreError> {
        let letters = self.tables.view().inbox(id)?;
        Ok(letters.into_iter().map(|letter| (letter.id, letter.expires)).collect())
    }

    fn knows(&self, to: &InstanceId, message: &MessageId) -> Result<bool, StoreError> {
        self.tables.view().knows(to, message)
    }

    fn queue(&self, tenant: &str, lock: &str) -> Result<Vec<Queued>, StoreError> {
        let line = self.tables.view().line(&keys::line(tenant, lock))?;
        Ok(model::told(tenant, &line))
    }

    fn kept(&self, tenant: &str, name: &str) -> Result<Option<(Instant, Json)>, StoreError> {
        steady(|| {
            let Some((at, value)) = self.tables.view().kept(tenant, name)? else { return Ok(None) };
            let json = value.had(&mut self.values.reading(), || place_of_kept(tenant, name))?;
            Ok(Some((at, json)))
        })
    }

    fn keep(&self, keep: Keep) -> Receipt<()> {
        let (kept, apart) = Kept::of(keep);
        match self.keep_apart(&apart) {
            Ok(held) => self.send(kept.weight(), |to| Request::Keep(Box::new(kept), held, to)),
            Err(error) => refused(error),
        }
    }

    fn kept_under(&self, tenant: &str, beginning: &str) -> Result<Vec<(String, Json)>, StoreError> {
        steady(|| {
            let mut values = self.values.reading();
            let rows = self.tables.view().kept_under(tenant, beginning)?;
            let had = |(name, value): (String, Value)| {
                let json = value.had(&mut values, || place_of_kept(tenant, &name))?;
                Ok((name, json))
            };
            rows.into_iter().map(had).collect()
        })
    }

    fn put_blob(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        self.gate.check()?;
        self.blobs.put(bytes).inspect_err(|error| self.gate.close(error))
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.blobs.get(digest)
    }

    fn put_blob_from(&self, bytes: &mut dyn Read) -> Result<Digest, StoreError> {
        self.gate.check()?;
        self.blobs.put_from(bytes).inspect_err(|error| self.gate.close(error))?
    }

    fn read_blob(&self, digest: &Digest) -> Result<Option<Box<dyn Read + Send>>, StoreError> {
        self.blobs.read(digest)
    }

    fn sweep_blobs(&self, keep: &BTreeSet<Digest>, older: Duration) -> Result<Swept, StoreError> {
        self.gate.check()?;
        self.blobs.sweep(older, || {
            self.settle()()?;
            let mut used = care::digests(&self.tables)?;
            self.values.named(&mut used)?;
            used.extend(keep.iter().cloned());
            Ok(used)
        })
    }

    fn sweep_values(&self) -> Result<Swept, StoreError> {
        self.gate.check()?;
        self.sweep()()
    }

    fn back_up(&self, to: &Path) -> Result<Backup, StoreError> {
        backup::back_up(self, to)
    }
}

#[cfg(test)]
mod damage;
#[cfg(test)]
mod frozen;
#[cfg(test)]
mod tests;
