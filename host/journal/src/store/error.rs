//! Why the store cannot do what it was asked, in words.

use std::fmt;

use super::{Refusal, StoreError};

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Corrupt { place, found } => write!(f, "the journal is damaged in {place}: {found}"),
            Self::Full(what) => write!(f, "no space is left for the journal: {what}"),
            Self::ReadOnly(what) => write!(f, "the data directory may not be written to: {what}"),
            Self::Locked(what) => write!(f, "the data directory is in use by another process: {what}"),
            Self::Newer { found, known } => {
                write!(f, "the data directory has format version {found}, and this build reads up to {known}")
            }
            Self::Io(what) => write!(f, "the disk refused the journal: {what}"),
            Self::Closed(cause) => {
                write!(f, "nothing more is written since an earlier write failed: {cause}")
            }
        }
    }
}

impl StoreError {
    /// What whoever runs it can do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Corrupt { .. } => {
                "nothing was changed: `cairn verify` says all that is wrong; restore a backup, or let `cairn repair` mend what it can: it copies the directory first"
            }
            Self::Full(_) => "what was recorded is safe: make room, then go on",
            Self::ReadOnly(_) => "give this user the right to write there, or name another directory",
            Self::Locked(_) => "stop that one first, or name another directory",
            Self::Newer { .. } => "nothing was changed: use a build as new as the one that wrote it",
            Self::Io(_) => "what was recorded is safe: look after the disk, then go on",
            Self::Closed(_) => "what was recorded is safe: mend that, then start again",
        }
    }
}

impl std::error::Error for StoreError {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict { next } => write!(f, "the next entry of this instance is {}", next.0),
            Self::Gone => write!(f, "there is no such instance"),
            Self::NotOver => write!(f, "this instance is not over"),
            Self::NoPlace(lock) => write!(f, "all places of the lock `{lock}` are held by others"),
            Self::NoSuchMessage(id) => write!(f, "message `{}` is not in this instance's inbox", id.0),
        }
    }
}

impl std::error::Error for Refusal {}
