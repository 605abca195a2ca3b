//! A history that breaks its own rules.

use std::fmt;

use crate::Seq;

/// An entry that cannot stand where it stands: the journal was altered, or the host appended what it may not. Never the
/// guest's doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Where.
    pub at: Seq,
    /// What is there, and why it cannot be.
    pub found: String,
}

impl Damage {
    pub(crate) fn new(at: Seq, found: impl Into<String>) -> Self {
        Self { at, found: found.into() }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} {}", self.at.0, self.found)
    }
}

impl std::error::Error for Damage {}
