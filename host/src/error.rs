//! Two families, kept apart by type: what the user can mend, and what is ours.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a verb did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Error {
    /// The user's mistake: exit code 2. Nothing was changed.
    Mistake(Mistake),
    /// Replay and journal disagree: exit code 4. The text is the whole message; nothing was written or run.
    Diverged(String),
    /// Ours, or the machine's: exit code 70.
    Fault(Fault),
}

/// What the user asked cannot be; each says what was found, why it cannot be, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// In one line, a lowercase fragment: `no instance is called "o7"`.
    pub message: String,
    /// What to do; may be several lines.
    pub help: Option<String>,
}

/// What should not have happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What was being done and what came of it, with the path or id.
    pub message: String,
    /// What the operator can do.
    pub help: Option<String>,
}

impl Error {
    /// A user's mistake without advice.
    pub fn mistake(message: impl Into<String>) -> Self {
        Self::Mistake(Mistake { message: message.into(), help: None })
    }

    /// A fault of ours without advice.
    pub fn fault(message: impl Into<String>) -> Self {
        Self::Fault(Fault { message: message.into(), help: None })
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        match &mut self {
            Self::Mistake(Mistake { help, .. }) | Self::Fault(Fault { help, .. }) => {
                *help = Some(text.into());
            }
            Self::Diverged(_) => {}
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mistake(Mistake { message, .. })
            | Self::Fault(Fault { message, .. })
            | Self::Diverged(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}
