//! Deliberate bugs, between the host and its journal: what the trials of this load are good for is seen by whether they find them.

use std::{collections::BTreeSet, io::Read, path::Path, sync::Arc, thread, time::Duration};

use cairn_host::{
    journal::{
        Backup, Commit, Digest, Discard, Head, InstanceId, Journal, Keep, Message, MessageId, Page, Purge,
        Put, Queued, Receipt, Refusal, StoreError, Swept, Sync,
    },
    replay::{Entry, Instant, Json, Seq},
};

/// A bug.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bug {
    /// A message is acknowledged 10 ms before it is handed over.
    Early,
    /// What has to be on disk is only written.
    Unsynced,
    /// A message that the disk refused is acknowledged.
    Deaf,
    /// The last outcome that is on disk is not given back.
    Forgets,
}

impl Bug {
    /// The bug of that name.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let all = [
            ("early", Self::Early),
            ("unsynced", Self::Unsynced),
            ("deaf", Self::Deaf),
            ("forgets", Self::Forgets),
        ];
        let found = all.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, bug)| bug).ok_or_else(|| format!("`{name}` is no bug that is known here"))
    }
}

/// The journal as the host is to see it.
pub(crate) fn seen(journal: Arc<dyn Journal>, bug: Option<Bug>) -> Arc<dyn Journal> {
    match bug {
        Some(bug) => Arc::new(Faulty { journal, bug }),
        None => journal,
    }
}

struct Faulty {
    journal: Arc<dyn Journal>,
    bug: Bug,
}

impl Journal for Faulty {
    fn commit(&self, commit: Commit, sync: Sync) -> Receipt<Result<(), Refusal>> {
        let sync = if self.bug == Bug::Unsynced { Sync::Ordered } else { sync };
        self.journal.commit(commit, sync)
    }

    fn load(&self, id: &InstanceId, from: Seq) -> Result<Vec<Entry>, StoreError> {
        let mut entries = self.journal.load(id, from)?;
        let last = entries.iter().rposition(|entry| matches!(entry, Entry::Ended { .. }));
        if let (Bug::Forgets, Some(last)) = (self.bug, last) {
            entries.truncate(last);
        }
        Ok(entries)
    }

    fn put(&self, message: Message) -> Receipt<Put> {
        if self.bug == Bug::Early {
            let journal = Arc::clone(&self.journal);
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(10));
                drop(journal.put(message));
            });
            return Box::pin(std::future::ready(Ok(Put::Accepted)));
        }
        let (receipt, deaf) = (self.journal.put(message), self.bug == Bug::Deaf);
        Box::pin(async move {
            match receipt.await {
                Err(_) if deaf => Ok(Put::Accepted),
                answer => answer,
            }
        })
    }

    fn purge(&self, purge: Purge) -> Receipt<Result<(), Refusal>> {
        self.journal.purge(purge)
    }

    fn head(&self, id: &InstanceId) -> Result<Option<Head>, StoreError> {
        self.journal.head(id)
    }

    fn list(&self, tenant: &str, after: Option<&InstanceId>, limit: usize) -> Result<Page<Head>, StoreError> {
        self.journal.list(tenant, after, limit)
    }

    fn ready(&self) -> Result<Vec<Head>, StoreError> {
        self.journal.ready()
    }

    fn due(&self, until: Instant, limit: usize) -> Result<Vec<(Instant, InstanceId)>, StoreError> {
        self.journal.due(until, limit)
    }

    fn next_timer(&self) -> Result<Option<Instant>, StoreError> {
        self.journal.next_timer()
    }

    fn discard(&self, discard: Discard) -> Receipt<()> {
        self.journal.discard(discard)
    }

    fn addressed(
        &self,
        tenant: &str,
        after: Option<&InstanceId>,
        limit: usize,
    ) -> Result<Page<InstanceId>, StoreError> {
        self.journal.addressed(tenant, after, limit)
    }

    fn inbox(&self, id: &InstanceId) -> Result<Vec<Message>, StoreError> {
        self.journal.inbox(id)
    }

    fn knows(&self, to: &InstanceId, message: &MessageId) -> Result<bool, StoreError> {
        self.journal.knows(to, message)
    }

    fn waiting(&self, id: &InstanceId) -> Result<Vec<(MessageId, Option<Instant>)>, StoreError> {
        self.journal.waiting(id)
    }

    fn queue(&self, tenant: &str, lock: &str) -> Result<Vec<Queued>, StoreError> {
        self.journal.queue(tenant, lock)
    }

    fn kept(&self, tenant: &str, name: &str) -> Result<Option<(Instant, Json)>, StoreError> {
        self.journal.kept(tenant, name)
    }

    fn keep(&self, keep: Keep) -> Receipt<()> {
        self.journal.keep(keep)
    }

    fn kept_under(&self, tenant: &str, beginning: &str) -> Result<Vec<(String, Json)>, StoreError> {
        self.journal.kept_under(tenant, beginning)
    }

    fn put_blob(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        self.journal.put_blob(bytes)
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.journal.blob(digest)
    }

    fn put_blob_from(&self, bytes: &mut dyn Read) -> Result<Digest, StoreError> {
        self.journal.put_blob_from(bytes)
    }

    fn read_blob(&self, digest: &Digest) -> Result<Option<Box<dyn Read + Send>>, StoreError> {
        self.journal.read_blob(digest)
    }

    fn sweep_values(&self) -> Result<Swept, StoreError> {
        self.journal.sweep_values()
    }

    fn sweep_blobs(&self, keep: &BTreeSet<Digest>, older: Duration) -> Result<Swept, StoreError> {
        self.journal.sweep_blobs(keep, older)
    }

    fn back_up(&self, to: &Path) -> Result<Backup, StoreError> {
        self.journal.back_up(to)
    }
}
