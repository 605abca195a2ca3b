//! Why the guest is not let go on. Passes through it as an error that it cannot see.

use std::fmt;

use cairn_replay::{Divergence, Failure};

use crate::Error;

#[derive(Debug)]
pub(crate) enum Stop {
    /// It waits for something that takes long: it is dropped, and loaded again when that has come.
    Unload,
    /// Replay and journal disagree.
    Diverged(Box<Divergence>),
    /// It asked for something that cannot be: counts as a trap.
    Refused(String),
    /// It hit a limit.
    OverLimit(String),
    /// It went on computing when it was to stop: what it ends with.
    Unwanted(Failure),
    /// The host cannot go on; not the guest's doing.
    Fault(Error),
    /// It wants its next run.
    Restart,
    /// A replay that is only to prove something has come to the end of what is recorded.
    Proven,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unload => f.write_str("it waits"),
            Self::Diverged(divergence) => divergence.fmt(f),
            Self::Refused(message) | Self::OverLimit(message) => f.write_str(message),
            Self::Unwanted(failure) => f.write_str(&failure.message),
            Self::Fault(error) => error.fmt(f),
            Self::Restart => f.write_str("it wants its next run"),
            Self::Proven => f.write_str("all that is recorded agrees"),
        }
    }
}

impl std::error::Error for Stop {}

impl From<Divergence> for Stop {
    fn from(divergence: Divergence) -> Self {
        Self::Diverged(Box::new(divergence))
    }
}

impl From<cairn_replay::Damage> for Stop {
    fn from(damage: cairn_replay::Damage) -> Self {
        Self::Fault(Error::fault(format!("the journal would break its own rules: {damage}")))
    }
}
