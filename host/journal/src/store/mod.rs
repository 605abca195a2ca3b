//! The journal's trait. One model for memory, fjall and a distributed database; the conformance suite tests each promise
//! by its number:
//!
//! 1. Each [`Commit`] is atomic: its entries, timers, consumed messages and head change are all there or none is.
//! 2. A commit answered `Ok` under [`Sync::Durable`] survives a power cut, and so does all that was committed before it.
//! 3. Sequences are dense from 0; a commit whose `expect` is not the next one is refused with [`Refusal::Conflict`] and the
//!    rest of its batch is not touched.
//! 4. The owner reads its own writes as soon as its commit is answered.
//! 5. Messages of one instance come out in the order in which they were put, each id once; a consumed one never comes back,
//!    and its id stays known. So it is with one that is discarded ([`Discard`]), durably when that is answered. Whose inbox has
//!    something in it is listed, also of instances that are not there.
//! 6. A timer is listed from its due time on until it is cleared; never before.
//! 7. Cursors are stable under writes.
//! 8. A torn, missing or altered entry is found at load ([`StoreError::Corrupt`]) and never guessed over.
//! 9. Once a write failed for a reason of the disk, nothing more is accepted ([`StoreError::Closed`]) until the store is
//!    opened anew.
//! 10. Who stands in the line of a lock is listed in the order in which it was asked for, as the last commit about each says; a
//!     commit that would give a lock more holders than it has places is refused with [`Refusal::NoPlace`].
//! 11. A commit that restarts an instance puts its entries in the place of all earlier ones, from sequence 0 on: all of that
//!     or none, and no entry of the earlier run comes back. Messages that nobody consumed stay.
//! 12. An outcome that was kept is given to whoever asks for it in that tenant, the newest one under its name.
//! 13. A [`Purge`] removes an instance that is over, with its timer, its messages, the ids of all that ever came, and the outcomes that were
//!     kept under the names it gives: all of that or none, and no other's. One that is not over is refused with [`Refusal::NotOver`].
//!     Its name can be used anew, as if there had never been one. Where there is none but mail for one, that is removed.
//! 14. What is kept by itself ([`Keep`]) is on disk when that is answered, in the place of what was kept under its name, whoever kept that;
//!     what is forgotten is gone. All that is kept in a tenant is listed by how its names begin.
//! 15. A value over [`LARGE`](crate::format::LARGE) bytes is kept once, whoever refers to it; it comes out as it was given in, and is there as long
//!     as an entry, a message or a kept outcome refers to it. One that is missing or altered is found where it is read
//!     ([`StoreError::Corrupt`]), and harms nobody who does not refer to it.

mod error;

use std::{collections::BTreeSet, future::Future, io::Read, path::Path, pin::Pin, time::Duration};

use cairn_replay::{Entry, Instant, Json, Key, Seq};

use crate::Backup;

/// Names an instance within the whole store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceId {
    /// Whose it is.
    pub tenant: String,
    /// Its own name, unique within the tenant.
    pub instance: String,
}

/// `sha256:` and 64 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub String);

/// How sure a commit has to be before it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sync {
    /// On disk: survives a power cut.
    Durable,
    /// In order and visible, but a crash may take it, and then all behind it: only for what has left nothing behind.
    Ordered,
}

/// Where an instance stands; derived from its journal, kept beside it so that lists need no replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It can go on at once.
    Ready,
    /// It waits, unloaded.
    Waiting(Waiting),
    /// An operator paused it: nothing of it runs until one has it go on.
    Paused,
    /// It ended well.
    Finished,
    /// It ended with a failure of this kind.
    Failed(String),
    /// Replay and journal disagree; the text is the whole message. Nothing runs until somebody decides.
    Diverged(String),
}

/// What a waiting instance waits for; at least one of the three.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// The earliest moment at which it can go on by itself.
    pub until: Option<Instant>,
    /// Names of the events it would take.
    pub events: Vec<String>,
    /// What else, in the host's words: `child ID`, `lock NAME`, `answer KEY from WHOM`, `turn`.
    pub on: Vec<String>,
}

/// The row about an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which.
    pub id: InstanceId,
    /// Of which workflow.
    pub workflow: String,
    /// Which code it runs.
    pub digest: Digest,
    /// Where it stands.
    pub status: Status,
    /// The sequence that its next entry gets.
    pub next: Seq,
    /// When it began.
    pub started: Instant,
    /// When it last changed.
    pub changed: Instant,
}

/// What a commit changes in the head beside `next` and `changed`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeadChange {
    /// The new status, if it changes.
    pub status: Option<Status>,
    /// The new code, if it moved.
    pub digest: Option<Digest>,
}

/// A change of an instance's timer; it has at most one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimerChange {
    /// As it was.
    #[default]
    Keep,
    /// Due at this moment, whatever it was before.
    Set(Instant),
    /// None.
    Clear,
}

/// Where an instance stands in the line of a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockChange {
    /// The lock's name within the tenant.
    pub name: String,
    /// Under which key the instance asked for it.
    pub key: Key,
    /// When it asked: the place in the line.
    pub asked: Instant,
    /// What becomes of it.
    pub to: Place,
}

/// What an instance has of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It stands in the line.
    Waits,
    /// It has one of so many places.
    Holds {
        /// How many there are in all.
        of: u32,
    },
    /// Nothing any more.
    Gone,
}

/// One who stands in the line of a lock, or holds one of its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Which instance.
    pub id: InstanceId,
    /// Under which of its keys.
    pub key: Key,
    /// Since when.
    pub asked: Instant,
    /// Whether it has a place.
    pub holds: bool,
}

/// One atomic act of one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Whose.
    pub id: InstanceId,
    /// The sequence that the first entry gets. 0 makes a new instance: then the first entry must be [`Entry::Began`].
    pub expect: Seq,
    /// The journal ends with what was in front of `expect`, and begins anew with `entries` at sequence 0, an [`Entry::Began`]
    /// first.
    pub restart: bool,
    /// Appended, in order; may be empty.
    pub entries: Vec<Entry>,
    /// When it is to be woken.
    pub timer: TimerChange,
    /// Messages that it took.
    pub consumed: Vec<MessageId>,
    /// Where it stands in the lines of locks.
    pub locks: Vec<LockChange>,
    /// Outcomes that will do for others: names within the tenant, and what is kept under them; as of `at`.
    pub kept: Vec<(String, Json)>,
    /// What else is known of it now.
    pub head: HeadChange,
    /// The moment that becomes [`Head::changed`].
    pub at: Instant,
}

/// The removal of an instance that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purge {
    /// Which.
    pub id: InstanceId,
    /// The sequence that its next entry would get.
    pub expect: Seq,
    /// Names of outcomes that were kept for it alone.
    pub kept: Vec<String>,
}

/// Something that is kept under a name by itself, with no commit of an instance; or is forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Whose.
    pub tenant: String,
    /// Its name within the tenant: the same names as those of [`Commit::kept`].
    pub name: String,
    /// What is kept from now on; `None`: nothing is.
    pub json: Option<Json>,
    /// As of when.
    pub at: Instant,
}

/// Why a commit was not carried out; nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The next sequence is another: somebody else wrote, or it exists already (`expect` 0).
    Conflict {
        /// The sequence that would have been right.
        next: Seq,
    },
    /// There is no such instance; or it was to be made, or restarted, without [`Entry::Began`].
    Gone,
    /// It is to be removed, and is not over.
    NotOver,
    /// All places of this lock are held by others.
    NoPlace(String),
    /// A consumed message is not there (any more).
    NoSuchMessage(MessageId),
}

/// A message's id: the sender's, or one that the host made up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub String);

/// An event on its way to an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// For deduplication.
    pub id: MessageId,
    /// To whom; the instance need not exist yet.
    pub to: InstanceId,
    /// The event's name.
    pub event: String,
    /// Its fields: a JSON object.
    pub data: Json,
    /// When it was accepted.
    pub at: Instant,
    /// From when on nobody is to take it, if its sender said so. The store keeps that and does not look at it.
    pub expires: Option<Instant>,
}

/// Messages that nobody is to have any more: they leave the inbox as if they had been consumed. It is for whoever knows that nobody is
/// just consuming them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discard {
    /// Whose inbox.
    pub to: InstanceId,
    /// Which; what is not there (any more) is passed over.
    pub messages: Vec<MessageId>,
}

/// What became of a message that was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is on disk.
    Accepted,
    /// One with this id was there before; nothing changed.
    Duplicate,
}

/// A part of a list, and where the next begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// In the order of the ids.
    pub items: Vec<T>,
    /// Behind which the next page begins; `None` at the end.
    pub next: Option<InstanceId>,
}

/// Why the store cannot do what it was asked: never the caller's mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// What is stored is not what was written.
    Corrupt {
        /// Where: an instance, a file.
        place: String,
        /// What was found there and what it should have been.
        found: String,
    },
    /// No space is left.
    Full(String),
    /// It may not be written to.
    ReadOnly(String),
    /// Another process has it open.
    Locked(String),
    /// It was written by a newer version than this one reads.
    Newer {
        /// The version found.
        found: u32,
        /// The newest that this build reads.
        known: u32,
    },
    /// The disk said no in another way; the text names path and cause.
    Io(String),
    /// An earlier write failed: it has to be opened anew. The text is that first cause.
    Closed(String),
}

/// What became of blobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many were removed.
    pub removed: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many are left.
    pub kept: u64,
}

/// The answer to a commit, when it is there.
pub type Receipt<T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>;

/// A store of journals. One process owns it.
pub trait Journal: Send + std::marker::Sync + 'static {
    /// Carries out one commit. Commits that one caller hands over one after the other are carried out in that order; the
    /// receipt need not be awaited for that, and the commit is carried out also when it is dropped.
    ///
    /// # Errors
    /// The receipt's error speaks of the store; a [`Refusal`] of this commit alone.
    fn commit(&self, commit: Commit, sync: Sync) -> Receipt<Result<(), Refusal>>;

    /// Removes an instance that is over; durable when the receipt says so.
    ///
    /// # Errors
    /// As of [`Journal::commit`].
    fn purge(&self, purge: Purge) -> Receipt<Result<(), Refusal>>;

    /// The entries of an instance from `from` on, each checked (density, chain).
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] names the first bad entry.
    fn load(&self, id: &InstanceId, from: Seq) -> Result<Vec<Entry>, StoreError>;

    /// The head of an instance, if there is one.
    ///
    /// # Errors
    /// As the disk has it.
    fn head(&self, id: &InstanceId) -> Result<Option<Head>, StoreError>;

    /// Heads of a tenant in order of instance id, at most `limit`, behind `after`.
    ///
    /// # Errors
    /// As the disk has it.
    fn list(&self, tenant: &str, after: Option<&InstanceId>, limit: usize) -> Result<Page<Head>, StoreError>;

    /// Heads of all tenants that can go on at once ([`Status::Ready`]): what a start takes up.
    ///
    /// # Errors
    /// As the disk has it.
    fn ready(&self) -> Result<Vec<Head>, StoreError>;

    /// Timers due up to and including `until`, in order, at most `limit`.
    ///
    /// # Errors
    /// As the disk has it.
    fn due(&self, until: Instant, limit: usize) -> Result<Vec<(Instant, InstanceId)>, StoreError>;

    /// The moment of the earliest timer of all.
    ///
    /// # Errors
    /// As the disk has it.
    fn next_timer(&self) -> Result<Option<Instant>, StoreError>;

    /// Accepts a message; durable when the receipt says so.
    ///
    /// # Errors
    /// As the disk has it.
    fn put(&self, message: Message) -> Receipt<Put>;

    /// Removes messages that nobody has consumed; their ids stay known. Durable when the receipt says so.
    ///
    /// # Errors
    /// As the disk has it.
    fn discard(&self, discard: Discard) -> Receipt<()>;

    /// Instances of a tenant with messages that nobody has consumed, those that are not there included, in their order, at most `limit`,
    /// behind `after`.
    ///
    /// # Errors
    /// As the disk has it.
    fn addressed(
        &self,
        tenant: &str,
        after: Option<&InstanceId>,
        limit: usize,
    ) -> Result<Page<InstanceId>, StoreError>;

    /// Messages for an instance that nobody has consumed, oldest first.
    ///
    /// # Errors
    /// As the disk has it.
    fn inbox(&self, id: &InstanceId) -> Result<Vec<Message>, StoreError>;

    /// Whether a message with this id was accepted for an instance, also if it has been consumed since.
    ///
    /// # Errors
    /// As the disk has it.
    fn knows(&self, to: &InstanceId, message: &MessageId) -> Result<bool, StoreError>;

    /// The ids of those messages, in that order, and when each expires, for whoever does not want what they carry.
    ///
    /// # Errors
    /// As the disk has it.
    fn waiting(&self, id: &InstanceId) -> Result<Vec<(MessageId, Option<Instant>)>, StoreError> {
        Ok(self.inbox(id)?.into_iter().map(|message| (message.id, message.expires)).collect())
    }

    /// Who holds a lock of a tenant or waits for it, in the order of asking; equal moments in the order of instance and key.
    ///
    /// # Errors
    /// As the disk has it.
    fn queue(&self, tenant: &str, lock: &str) -> Result<Vec<Queued>, StoreError>;

    /// What a commit of a tenant kept under a name, and when.
    ///
    /// # Errors
    /// As the disk has it.
    fn kept(&self, tenant: &str, name: &str) -> Result<Option<(Instant, Json)>, StoreError>;

    /// Keeps something by itself, or forgets it; durable when the receipt says so. In the order of the calls with commits.
    ///
    /// # Errors
    /// As the disk has it.
    fn keep(&self, keep: Keep) -> Receipt<()>;

    /// All that is kept in a tenant under names that begin so, in the order of the names.
    ///
    /// # Errors
    /// As the disk has it.
    fn kept_under(&self, tenant: &str, beginning: &str) -> Result<Vec<(String, Json)>, StoreError>;

    /// Keeps bytes under their digest; durable when it returns. A second time is free.
    ///
    /// # Errors
    /// As the disk has it.
    fn put_blob(&self, bytes: &[u8]) -> Result<Digest, StoreError>;

    /// The bytes of a digest, checked against it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where they do not fit.
    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError>;

    /// As [`Journal::put_blob`], for bytes that need not be in memory all at once.
    ///
    /// # Errors
    /// As the disk has it; a failure of `bytes` counts as one.
    fn put_blob_from(&self, bytes: &mut dyn Read) -> Result<Digest, StoreError> {
        let mut all = Vec::new();
        bytes.read_to_end(&mut all).map_err(|error| StoreError::Io(error.to_string()))?;
        self.put_blob(&all)
    }

    /// As [`Journal::blob`], for bytes that need not be in memory all at once. Only whoever reads to the end knows that they are the
    /// right ones: there a read fails with `InvalidData` if they do not fit their digest.
    ///
    /// # Errors
    /// As the disk has it.
    fn read_blob(&self, digest: &Digest) -> Result<Option<Box<dyn Read + Send>>, StoreError> {
        Ok(self.blob(digest)?.map(|bytes| Box::new(std::io::Cursor::new(bytes)) as Box<dyn Read + Send>))
    }

    /// Removes large values that no entry, message or kept outcome refers to any more: those of instances that were purged, of earlier runs,
    /// of what was taken back. All that was committed before is durable then. One that a commit or a message is about to refer to stays.
    /// Blocks; not for a thread of an async runtime.
    ///
    /// # Errors
    /// As the disk has it.
    fn sweep_values(&self) -> Result<Swept, StoreError> {
        Ok(Swept::default())
    }

    /// Removes blobs that no entry, message or head of any instance names, that are not in `keep`, and that were last put longer ago than
    /// `older`: who puts one, and then commits an entry that names it, has that long. What stands in a large value is named as well.
    ///
    /// # Errors
    /// As the disk has it.
    fn sweep_blobs(&self, keep: &BTreeSet<Digest>, older: Duration) -> Result<Swept, StoreError> {
        let _ = (keep, older);
        Ok(Swept::default())
    }

    /// Copies everything, as it is at one moment after the call began, to a folder that must not exist: one that can be opened. Others
    /// may go on writing meanwhile. Blocks; not for a thread of an async runtime.
    ///
    /// # Errors
    /// As the disk has it; [`StoreError::Io`] from a store that keeps nothing in files.
    fn back_up(&self, to: &Path) -> Result<Backup, StoreError> {
        Err(StoreError::Io(format!(
            "{}: this store keeps nothing in files that could be copied",
            to.display()
        )))
    }
}
