//! Values that are too long to stand where they belong.

use std::{collections::BTreeMap, fmt, io::ErrorKind};

use cairn_replay::Json;
use sha2::{Digest as _, Sha256};

use super::{
    Flaw,
    bytes::{Reader, Writer},
};
use crate::Digest;

/// A longer value, in bytes, is kept apart, and what stands in its place refers to it.
pub const LARGE: usize = 64 * 1024;

/// What a reference takes in an entry, in bytes, at most.
pub const REFERENCE: usize = 80;

/// Which value is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The SHA-256 of its text.
    pub hash: [u8; 32],
    /// The length of its text in bytes.
    pub length: u64,
}

/// Where values are that are kept apart.
pub trait Values {
    /// The value, compared with its digest.
    ///
    /// # Errors
    /// What became of it.
    fn value(&mut self, reference: Reference) -> Result<Json, Lost>;
}

/// Why a value cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// It is not there.
    Missing,
    /// Something else is there.
    Altered,
    /// The system says no.
    Unreadable(ErrorKind),
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "is not there"),
            Self::Altered => write!(f, "has other bytes than were written"),
            Self::Unreadable(kind) => write!(f, "cannot be read: {kind}"),
        }
    }
}

impl Reference {
    /// To this text.
    #[must_use]
    pub fn to(text: &str) -> Self {
        Self { hash: Sha256::digest(text.as_bytes()).into(), length: text.len() as u64 }
    }

    /// As the value is named.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::from(self.hash)
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        to.text(&self.digest().0);
        to.number(self.length);
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self, Flaw> {
        let hash = hash(&from.text()?).ok_or(Flaw::Large)?;
        let length = from.number()?;
        if length <= LARGE as u64 { Err(Flaw::Large) } else { Ok(Self { hash, length }) }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value of {} bytes, {}", self.length, self.digest().0)
    }
}

/// Only what [`Reference::digest`] gives: one form for each.
fn hash(digest: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    let hex = digest.strip_prefix("sha256:").filter(|hex| hex.len() == 64 && hex.is_ascii())?;
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    (Digest::from(hash).0 == digest).then_some(hash)
}

impl Values for BTreeMap<Digest, Json> {
    fn value(&mut self, reference: Reference) -> Result<Json, Lost> {
        let json = self.get(&reference.digest()).ok_or(Lost::Missing)?;
        if Reference::to(&json.0) == reference { Ok(json.clone()) } else { Err(Lost::Altered) }
    }
}
