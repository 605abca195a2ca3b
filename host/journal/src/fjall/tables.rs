//! The keyspaces, each with a sentence, and what lies in them, typed. A keyspace costs a table in memory and 46 ms to make:
//! there are four, and never one for a tenant.

use std::{
    ops::Bound,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use cairn_replay::{Instant, Seq};
use fjall::{
    AbstractTree, CompressionType, Database, Keyspace, KeyspaceCreateOptions, Readable, Snapshot, UserKey,
    UserValue,
};

use super::{
    errors,
    files::mark::{self, Mark, Whole},
    files::scrub::Sound,
    inboxes::Inboxes,
    keys,
    keys::Tag,
    values,
};
use crate::{
    InstanceId, MessageId, Page, StoreError,
    format::{Chain, Flaw},
    model::{Letter, Line, Row, Value, corrupt},
};

/// The database.
pub(super) struct Tables {
    pub(super) db: Database,
    /// The stones: (tenant, instance, sequence) → an entry in the frozen form.
    pub(super) entries: Keyspace,
    /// What is known of instances without their entries: rows, the index of the ready ones, the count of messages.
    pub(super) heads: Keyspace,
    /// The index of timers: (due, tenant, instance).
    pub(super) timers: Keyspace,
    /// What instances leave for others: messages that wait and the ids of all that ever came, the lines of locks, kept outcomes.
    pub(super) messages: Keyspace,
    inboxes: Inboxes,
    path: PathBuf,
}

/// Cached blocks, in bytes: enough for the inner blocks of some million entries.
const CACHE: u64 = 8 * 1024 * 1024;

/// What one keyspace holds in memory before it is written into a table, in bytes; the engine's own default is 64 times that. What waits is to cost no
/// memory, and opening reads less again. Of a directory that is there already, it is what it was made with.
const WRITE_BUFFER: u64 = 1024 * 1024;

impl Tables {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        // The engine checks some of what it reads with assertions.
        catch_unwind(AssertUnwindSafe(|| Self::open_or_panic(path))).unwrap_or_else(|_| {
            let found = "the storage engine gave up on it: its files do not fit together".into();
            Err(StoreError::Corrupt { place: path.display().to_string(), found })
        })
    }

    fn open_or_panic(path: &Path) -> Result<Self, StoreError> {
        let wrong = |error: fjall::Error| errors::of_engine(path, &error);
        // The engine checks a batch by compressing it again: a log that is compressed is only as durable as the compressor's exact output.
        let builder = Database::builder(path).journal_compression(CompressionType::None);
        let db = builder.cache_size(CACHE).open().map_err(wrong)?;
        let options = || KeyspaceCreateOptions::default().max_memtable_size(WRITE_BUFFER);
        let keyspace = |name| db.keyspace(name, options).map_err(wrong);
        Ok(Self {
            entries: keyspace("entries")?,
            heads: keyspace("heads")?,
            timers: keyspace("timers")?,
            messages: keyspace("messages")?,
            inboxes: Inboxes::default(),
            path: path.to_owned(),
            db,
        })
    }

    /// The keyspaces under the engine's numbers, from 1 on.
    pub(super) fn keyspaces(&self) -> [&Keyspace; 4] {
        [&self.entries, &self.heads, &self.timers, &self.messages]
    }

    /// What the newest batch says.
    pub(super) fn mark(&self) -> Result<Option<Whole>, StoreError> {
        let stored = self.heads.get(mark::KEY).map_err(|error| self.wrong(&error))?;
        let Some(stored) = stored else { return Ok(None) };
        match mark::read(mark::KEY, &stored) {
            Some(Mark::Whole(whole)) => Ok(Some(whole)),
            Some(Mark::Part { .. }) | None => Err(self.damaged("the number of the last batch", Flaw::Short)),
        }
    }

    /// Whether the tables reach as far as the log begins.
    pub(super) fn check(&self, sound: &Sound, now: Option<Whole>) -> Result<(), StoreError> {
        let keyspaces = self.keyspaces();
        let keyspace = |index: usize| index.checked_sub(1).and_then(|index| keyspaces.get(index));
        let persisted =
            |index| keyspace(index).and_then(|keyspace| keyspace.tree.get_highest_persisted_seqno());
        let in_tables = |index, below| {
            let Some(keyspace) = keyspace(index) else { return Ok(0) };
            let stored = keyspace.tree.get(mark::KEY, below).map_err(|error| self.wrong(&error.into()))?;
            let read = stored.and_then(|stored| mark::read(mark::KEY, &stored));
            Ok(read.map_or(0, |mark| mark.number()))
        };
        sound.check_tables(&self.path, now, persisted, in_tables)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn wrong(&self, error: &fjall::Error) -> StoreError {
        errors::of_engine(&self.path, error)
    }

    /// One moment of all tables.
    pub(super) fn view(&self) -> View<'_> {
        View { tables: self, snapshot: self.db.snapshot() }
    }

    /// The place of a message in the inbox. `None`: it never came; `Some(None)`: it is consumed.
    pub(super) fn place(&self, key: &[u8]) -> Result<Option<Option<u64>>, StoreError> {
        let stored = self.messages.get(key).map_err(|error| self.wrong(&error))?;
        stored
            .map(|bytes| {
                values::read_place(&bytes).map_err(|flaw| self.damaged("the index of messages", flaw))
            })
            .transpose()
    }

    pub(super) fn damaged(&self, what: &str, flaw: Flaw) -> StoreError {
        StoreError::Corrupt { place: format!("{}, {what}", self.path.display()), found: flaw.to_string() }
    }
}

/// One moment of all tables: what one commit wrote is there in full or not at all.
pub(super) struct View<'a> {
    tables: &'a Tables,
    snapshot: Snapshot,
}

impl View<'_> {
    pub(super) fn tables(&self) -> &Tables {
        self.tables
    }

    pub(super) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    pub(super) fn row(&self, id: &InstanceId) -> Result<Option<Row>, StoreError> {
        let stored = self.snapshot.get(&self.tables.heads, keys::instance(Tag::Head, id));
        let stored = stored.map_err(|error| self.tables.wrong(&error))?;
        stored.map(|bytes| read_row(id, &bytes)).transpose()
    }

    /// Rows of a tenant in order, behind one.
    pub(super) fn rows(
        &self,
        tenant: &str,
        after: Option<&InstanceId>,
    ) -> impl Iterator<Item = Result<Row, StoreError>> {
        let prefix = keys::tenant(Tag::Head, tenant);
        let after = after.map(|id| keys::instance(Tag::Head, id)).filter(|key| *key > prefix);
        let range =
            self.snapshot.range(&self.tables.heads, after.clone().unwrap_or_else(|| prefix.clone())..);
        range
            .map(|guard| guard.into_inner().map_err(|error| self.tables.wrong(&error)))
            .take_while(move |item| item.as_ref().map_or(true, |(key, _)| key.starts_with(&prefix)))
            .filter(move |item| {
                item.as_ref().map_or(true, |(key, _)| after.as_ref().is_none_or(|after| **key > **after))
            })
            .map(|item| {
                let (key, bytes) = item?;
                read_row(&self.id_of(&key, keys::instance_of)?, &bytes)
            })
    }

    pub(super) fn ready(&self) -> impl Iterator<Item = Result<InstanceId, StoreError>> {
        self.snapshot.prefix(&self.tables.heads, [Tag::Ready as u8]).map(|guard| {
            let key = guard.key().map_err(|error| self.tables.wrong(&error))?;
            self.id_of(&key, keys::instance_of)
        })
    }

    /// Keys of timers from a key on.
    pub(super) fn timers(&self, from: &[u8]) -> impl Iterator<Item = Result<UserKey, StoreError>> {
        let range = self.snapshot.range(&self.tables.timers, from.to_vec()..mark::KEY.to_vec());
        range.map(|guard| guard.key().map_err(|error| self.tables.wrong(&error)))
    }

    pub(super) fn id_of(
        &self,
        key: &[u8],
        read: impl Fn(&[u8]) -> Option<InstanceId>,
    ) -> Result<InstanceId, StoreError> {
        read(key).ok_or_else(|| self.tables.damaged("a key", Flaw::Text))
    }

    /// Everything in a keyspace but its mark, in order.
    pub(super) fn all(
        &self,
        keyspace: &Keyspace,
    ) -> impl Iterator<Item = Result<(UserKey, UserValue), StoreError>> {
        let range = self.snapshot.range(keyspace, Vec::new()..mark::KEY.to_vec());
        range.map(|guard| guard.into_inner().map_err(|error| self.tables.wrong(&error)))
    }

    /// Stored entries of an instance from a sequence on, as they are.
    pub(super) fn entries(
        &self,
        id: &InstanceId,
        from: Seq,
    ) -> impl Iterator<Item = Result<(Seq, UserValue), StoreError>> {
        let range = keys::entry(id, from)..=keys::entry(id, Seq(u64::MAX));
        self.snapshot.range(&self.tables.entries, range).map(|guard| {
            let (key, bytes) = guard.into_inner().map_err(|error| self.tables.wrong(&error))?;
            Ok((Seq(keys::number(&key).unwrap_or(u64::MAX)), bytes))
        })
    }

    /// The chain in front of an entry: that of the one before.
    pub(super) fn chain_before(&self, id: &InstanceId, seq: Seq) -> Result<Chain, StoreError> {
        let Some(last) = seq.0.checked_sub(1).map(Seq) else { return Ok(Chain::start(id)) };
        let stored = self.snapshot.get(&self.tables.entries, keys::entry(id, last));
        let stored = stored.map_err(|error| self.tables.wrong(&error))?;
        let chain = stored.and_then(|bytes| Chain::at_end_of(&bytes));
        chain.ok_or_else(|| corrupt(id, last, "it is missing".into()))
    }

    /// The line of a lock; `prefix` is in front of its keys.
    pub(super) fn line(&self, prefix: &[u8]) -> Result<Line, StoreError> {
        let damaged = |flaw| self.tables.damaged("the line of a lock", flaw);
        let rows = self.snapshot.prefix(&self.tables.messages, prefix);
        rows.map(|guard| {
            let (key, bytes) = guard.into_inner().map_err(|error| self.tables.wrong(&error))?;
            let stand = keys::stand_of(prefix, &key).ok_or_else(|| damaged(Flaw::Text))?;
            Ok((stand, values::read_place(&bytes).map_err(damaged)?.is_some()))
        })
        .collect()
    }

    pub(super) fn kept(&self, tenant: &str, name: &str) -> Result<Option<(Instant, Value)>, StoreError> {
        let stored = self.snapshot.get(&self.tables.messages, keys::kept(tenant, name));
        let stored = stored.map_err(|error| self.tables.wrong(&error))?;
        let read = |bytes: UserValue| {
            values::read_kept(&bytes).map_err(|flaw| self.tables.damaged("a kept outcome", flaw))
        };
        stored.map(read).transpose()
    }

    pub(super) fn kept_under(
        &self,
        tenant: &str,
        beginning: &str,
    ) -> Result<Vec<(String, Value)>, StoreError> {
        let whose = keys::tenant(Tag::Kept, tenant);
        let damaged = |flaw| self.tables.damaged("a kept outcome", flaw);
        let rows = self.snapshot.prefix(&self.tables.messages, keys::kept(tenant, beginning));
        rows.map(|guard| {
            let (key, bytes) = guard.into_inner().map_err(|error| self.tables.wrong(&error))?;
            let name =
                key.strip_prefix(whose.as_slice()).and_then(|name| String::from_utf8(name.to_vec()).ok());
            let (_, value) = values::read_kept(&bytes).map_err(damaged)?;
            Ok((name.ok_or_else(|| damaged(Flaw::Text))?, value))
        })
        .collect()
    }

    pub(super) fn knows(&self, to: &InstanceId, message: &MessageId) -> Result<bool, StoreError> {
        let seen = self.snapshot.contains_key(&self.tables.messages, keys::seen(to, message));
        seen.map_err(|error| self.tables.wrong(&error))
    }

    /// Whose inboxes have something in them: each is jumped over once its first message is seen.
    pub(super) fn addressed(
        &self,
        tenant: &str,
        after: Option<&InstanceId>,
        limit: usize,
    ) -> Result<Page<InstanceId>, StoreError> {
        let prefix = keys::tenant(Tag::Inbox, tenant);
        let behind = |id: &InstanceId| (Bound::Excluded(keys::inbox(id, u64::MAX)), Bound::Unbounded);
        let mut range = after.map_or((Bound::Included(prefix.clone()), Bound::Unbounded), behind);
        let mut items: Vec<InstanceId> = Vec::new();
        loop {
            let first = self.snapshot.range(&self.tables.messages, range).next();
            let Some(key) = first.map(|guard| guard.key()).transpose().map_err(|e| self.tables.wrong(&e))?
            else {
                return Ok(Page { items, next: None });
            };
            if !key.starts_with(&prefix) {
                return Ok(Page { items, next: None });
            }
            if items.len() == limit {
                return Ok(Page { next: items.last().cloned(), items });
            }
            let id = self.id_of(&key, |key| keys::inbox_of(key).map(|(id, _)| id))?;
            range = behind(&id);
            items.push(id);
        }
    }

    /// Messages that wait for an instance, oldest first.
    pub(super) fn inbox(&self, id: &InstanceId) -> Result<Vec<Letter>, StoreError> {
        let lowest = self.tables.inboxes.lowest(id);
        let range = keys::inbox(id, lowest)..=keys::inbox(id, u64::MAX);
        let (mut letters, mut first) = (Vec::new(), None);
        for guard in self.snapshot.range(&self.tables.messages, range) {
            let (key, bytes) = guard.into_inner().map_err(|error| self.tables.wrong(&error))?;
            first = first.or_else(|| keys::number(&key));
            let read = values::read_letter(id.clone(), &bytes);
            letters.push(read.map_err(|flaw| StoreError::Corrupt {
                place: format!("the inbox of instance `{}` of tenant `{}`", id.instance, id.tenant),
                found: flaw.to_string(),
            })?);
        }
        let first = match first {
            Some(number) => number,
            // As of this moment: what is put later has a higher number.
            None => self.puts()?,
        };
        self.tables.inboxes.raise(id, first);
        Ok(letters)
    }

    /// How many messages were ever put: the number of the next.
    pub(super) fn puts(&self) -> Result<u64, StoreError> {
        let stored = self.snapshot.get(&self.tables.heads, keys::puts());
        let Some(stored) = stored.map_err(|error| self.tables.wrong(&error))? else { return Ok(0) };
        let count =
            values::read_place(&stored).map_err(|flaw| self.tables.damaged("the count of messages", flaw))?;
        Ok(count.unwrap_or(0))
    }
}

fn read_row(id: &InstanceId, bytes: &[u8]) -> Result<Row, StoreError> {
    values::read_row(id.clone(), bytes).map_err(|flaw| StoreError::Corrupt {
        place: format!("the head of instance `{}` of tenant `{}`", id.instance, id.tenant),
        found: flaw.to_string(),
    })
}
