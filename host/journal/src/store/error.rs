//! Why the store cannot do what it was asked, in words.

use std::fmt;

use super::{Refusal, StoreError};

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Corrupt { place, found } => write!(
                f,
                "damage in {place}: {found}; nothing was changed: copy the data directory before anything else, \
                 then restore a backup"
            ),
            Self::Full(what) => write!(f, "no space left: {what}; make room, then start again"),
            Self::ReadOnly(what) => {
                write!(
                    f,
                    "may not write: {what}; give this user the right to write there, or name another directory"
                )
            }
            Self::Locked(what) => {
                write!(f, "in use by another process: {what}; stop that one first, or name another directory")
            }
            Self::Newer { found, known } => write!(
                f,
                "the data directory has format version {found}, this build reads up to {known}; use a newer build"
            ),
            Self::Io(what) => write!(f, "the disk refused: {what}"),
            Self::Closed(cause) => {
                write!(f, "nothing more is written since an earlier write failed ({cause}); start again")
            }
        }
    }
}

impl std::error::Error for StoreError {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict { next } => write!(f, "the next entry of this instance is {}", next.0),
            Self::Gone => write!(f, "there is no such instance"),
            Self::NoSuchMessage(id) => write!(f, "message `{}` is not in this instance's inbox", id.0),
        }
    }
}

impl std::error::Error for Refusal {}
