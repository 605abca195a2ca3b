//! What one of the two says.

use super::Fields;
use crate::{Command, Entry, Key, Note, Outcome, command};

/// What the journal says, or what the guest did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// A durable request.
    Command {
        /// Under which key.
        key: Key,
        /// For what.
        command: Command,
    },
    /// A reading of the clock or a random number.
    Note {
        /// Under which key.
        key: Key,
        /// What; of the guest's side only the kind counts.
        note: Note,
    },
    /// A wait for one of these, of which none has ended.
    Wait(Vec<Key>),
    /// The end of the run.
    End(Outcome),
}

impl Side {
    /// What a recorded request says.
    pub(crate) fn of(entry: &Entry) -> Option<Self> {
        match entry {
            Entry::Asked { key, command, .. } => {
                Some(Self::Command { key: key.clone(), command: command.clone() })
            }
            Entry::Noted { key, note, .. } => Some(Self::Note { key: key.clone(), note: *note }),
            _ => None,
        }
    }

    /// The key of a request.
    #[must_use]
    pub fn key(&self) -> Option<&Key> {
        match self {
            Self::Command { key, .. } | Self::Note { key, .. } => Some(key),
            Self::Wait(keys) => keys.first(),
            Self::End(_) => None,
        }
    }

    /// In words, without the key.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Command { command, .. } => command::describe(command),
            Self::Note { note, .. } => format!("a reading of {}", command::note_name(*note)),
            Self::Wait(keys) => {
                let keys: Vec<_> = keys.iter().map(|key| format!("`{}`", key.0)).collect();
                format!("a wait for the outcome of {}", keys.join(" or "))
            }
            Self::End(Ok(_)) => "the end, with a result".into(),
            Self::End(Err(failure)) => format!("the end, with the failure `{}`", failure.kind),
        }
    }
}

pub(super) fn compare_ends(fields: &mut Fields, recorded: &Outcome, asked: &Outcome) {
    match (recorded, asked) {
        (Ok(recorded), Ok(asked)) => fields.text("result", &recorded.0, &asked.0),
        (Err(recorded), Err(asked)) => {
            fields.value("kind", &recorded.kind, &asked.kind);
            fields.text("message", &recorded.message, &asked.message);
            fields.text("detail", &recorded.detail.0, &asked.detail.0);
        }
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => {}
    }
}
