//! What was found, in words.

use super::{check::Wrong, instance::Fault};
use crate::{InstanceId, StoreError, format::Reference};

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where: a file, an instance.
    pub place: String,
    /// What was found there.
    pub found: String,
    /// What that means for those who use it.
    pub means: String,
    /// What to do.
    pub cure: String,
    /// Whether it is known and harms nobody: an instance that a repair has set aside, a torn end that the next start cuts off.
    pub stays: bool,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files of the write-ahead log.
    pub log_files: u64,
    /// Batches in them.
    pub log_batches: u64,
    /// Bytes of those.
    pub log_bytes: u64,
    /// Tables of the engine.
    pub tables: u64,
    /// Bytes of those.
    pub table_bytes: u64,
    /// Instances.
    pub instances: u64,
    /// Their entries.
    pub entries: u64,
    /// Their timers.
    pub timers: u64,
    /// Messages that wait for them.
    pub messages: u64,
    /// Those who stand in the lines of locks.
    pub locks: u64,
    /// Kept outcomes.
    pub kept: u64,
    /// Blobs.
    pub blobs: u64,
    /// Large values.
    pub values: u64,
    /// Bytes of blobs and large values.
    pub blob_bytes: u64,
    /// Instances that a repair has set aside.
    pub aside: u64,
}

/// What came of looking through a directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How much was looked at.
    pub counts: Counts,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Whether the files of the store are whole, so that their contents were looked at too.
    pub complete: bool,
}

impl Verified {
    /// Nothing is wrong, but for what is known.
    #[must_use]
    pub fn clean(&self) -> bool {
        self.findings.iter().all(|finding| finding.stays)
    }
}

const REPAIR: &str = "`cairn repair` mends it, and copies the directory first";
const RESTORE: &str =
    "restore a backup; `cairn repair --accept-loss` opens what is left, and copies the directory first";

/// What the store's files are missing.
pub(super) fn of_store(error: &StoreError) -> Option<Finding> {
    let StoreError::Corrupt { place, found } = error else { return None };
    Some(Finding {
        place: place.clone(),
        found: found.clone(),
        means: "something that was acknowledged is lost or cannot be read; the directory is not opened"
            .into(),
        cure: RESTORE.into(),
        stays: false,
    })
}

pub(super) fn torn(place: String, bytes: u64) -> Finding {
    Finding {
        place,
        found: format!("{bytes} bytes at its end are not whole"),
        means: "a crash struck while they were written; nothing in them had been acknowledged as durable"
            .into(),
        cure: "nothing: the next start cuts them off".into(),
        stays: true,
    }
}

fn named(id: &InstanceId) -> String {
    format!("instance `{}` of tenant `{}`", id.instance, id.tenant)
}

/// What of an instance or its rows is wrong.
pub(super) fn of(wrong: &Wrong) -> Finding {
    match wrong {
        Wrong::Entries { id, fault, aside: true, .. } => Finding {
            stays: true,
            ..told(
                format!("{}, entry {}", named(id), fault.at),
                fault.why.clone(),
                "a repair has set it aside: it is kept as it is, and does not run; all others do",
                "restore a backup to have it back, or start it anew under another id",
            )
        },
        Wrong::Entries { id, fault: Fault { at, why, value: Some(value) }, .. } => told(
            format!("{}, entry {at}", named(id)),
            why.clone(),
            "a value of its history is lost, so it cannot go on; those that do not refer to this value are not concerned",
            &format!(
                "restore this one file from a backup, `{}`; or `cairn repair`, which sets the instance aside and copies the directory first",
                in_values(*value)
            ),
        ),
        Wrong::Entries { id, fault: Fault { at, why, .. }, .. } => told(
            format!("{}, entry {at}", named(id)),
            why.clone(),
            "its history is not what was written, so it cannot go on; other instances are not concerned",
            "restore a backup, or `cairn repair`, which sets it aside and copies the directory first",
        ),
        Wrong::Head { id, why, .. } => told(
            format!("the head of {}", named(id)),
            why.clone(),
            "its entries are whole, but it is not listed as they say, and may not be woken",
            REPAIR,
        ),
        Wrong::Timer { id, due, missing } => told(
            format!("the timers, {}", named(id)),
            if *missing {
                format!("its timer, due at {} ms, is not in the index", due.0)
            } else {
                format!("the index has a timer for it, due at {} ms, that it does not have", due.0)
            },
            if *missing {
                "nothing wakes it when it is due"
            } else {
                "it is woken for nothing, or looked for in vain"
            },
            REPAIR,
        ),
        Wrong::Ready { id, missing } => told(
            format!("the list of those that can go on, {}", named(id)),
            if *missing { "it is not listed".into() } else { "it is listed, but cannot go on".into() },
            if *missing { "a start does not take it up" } else { "a start takes it up in vain" },
            REPAIR,
        ),
        Wrong::Message { .. }
        | Wrong::Lock { .. }
        | Wrong::Row { .. }
        | Wrong::Blob { .. }
        | Wrong::NoBlob { .. } => of_rest(wrong),
    }
}

/// What of messages, locks, other rows and blobs is wrong.
fn of_rest(wrong: &Wrong) -> Finding {
    match wrong {
        Wrong::Message { id, why, .. } => told(
            format!("the inbox of {}", named(id)),
            why.clone(),
            "a message that was accepted may be lost or come twice",
            REPAIR,
        ),
        Wrong::Lock { id, lock, why, .. } => told(
            format!("the line of the lock `{lock}`, {}", named(id)),
            why.clone(),
            "others may wait for a place that nobody gives back",
            REPAIR,
        ),
        Wrong::Row { table, why, .. } => told(
            format!("a row of `{table}`"),
            why.clone(),
            "what it said is lost",
            "restore a backup, or `cairn repair`, which removes it and copies the directory first",
        ),
        Wrong::Blob { path, why } => told(
            path.clone(),
            why.clone(),
            "whoever needs these bytes cannot go on",
            "restore this one file from a backup, or deploy the same component again",
        ),
        Wrong::NoBlob { id, digest } => told(
            named(id),
            format!("its code, {}, is not there", digest.0),
            "it cannot go on",
            "deploy the same component again, or restore a backup",
        ),
        Wrong::Entries { .. } | Wrong::Head { .. } | Wrong::Timer { .. } | Wrong::Ready { .. } => of(wrong),
    }
}

/// Where it lies within the directory.
fn in_values(value: Reference) -> String {
    let digest = value.digest().0;
    let hex = digest.trim_start_matches("sha256:");
    format!("values/{}/{hex}", hex.get(..2).unwrap_or_default())
}

fn told(place: String, found: String, means: &str, cure: &str) -> Finding {
    Finding { place, found, means: means.into(), cure: cure.into(), stays: false }
}
