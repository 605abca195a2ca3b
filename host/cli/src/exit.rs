//! What the process ends with. Part of the contract: scripts and supervisors read it.

use std::process::ExitCode;

/// Exit codes, from good to bad: of several, the greatest is the one to report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done, or the workflow finished well.
    Finished,
    /// The workflow waits, and nobody wanted to wait with it.
    Waits,
    /// Ctrl-C or SIGTERM; nothing is lost.
    Interrupted,
    /// The workflow ended with a failure.
    Failed,
    /// What was asked cannot be.
    Mistake,
    /// Replay and journal disagree.
    Diverged,
    /// Ours, or the machine's.
    Fault,
}

impl Exit {
    /// The number of it.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Finished => 0,
            Self::Failed => 1,
            Self::Mistake => 2,
            Self::Waits => 3,
            Self::Diverged => 4,
            Self::Fault => 70,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
