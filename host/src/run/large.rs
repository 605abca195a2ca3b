//! Large values of a run: equal ones are one text in memory.

use cairn_journal::format::LARGE;
use cairn_replay::{Command, Entry, Json, Text};

/// Those that stand in a run's entries.
#[derive(Default)]
pub(super) struct Large(Vec<Text>);

impl Large {
    /// An entry was taken in.
    pub(super) fn take(&mut self, entry: &Entry) {
        let Some(Json(text)) = of(entry) else { return };
        if text.len() > LARGE && !self.0.iter().any(|known| known.is_shared_with(text)) {
            self.0.push(text.clone());
        }
    }

    /// The text, shared with an equal one that is there.
    pub(super) fn share(&self, text: String) -> Text {
        // Most differ in length, and the rest soon.
        let known = self.0.iter().filter(|_| text.len() > LARGE).find(|known| ***known == *text);
        known.cloned().unwrap_or_else(|| text.into())
    }
}

/// The value of an entry that others are likely to be equal to.
fn of(entry: &Entry) -> Option<&Json> {
    match entry {
        Entry::Began(began) => Some(&began.input),
        Entry::Ended { outcome, .. } => outcome.as_ref().ok(),
        Entry::Asked { command, .. } => match command {
            Command::Call { request, .. } | Command::Undo { request, .. } => Some(&request.arguments),
            Command::Block { captured: given, .. }
            | Command::UndoBlock { captured: given, .. }
            | Command::Child { input: given, .. }
            | Command::Spawn { input: given, .. }
            | Command::Emit { data: given, .. } => Some(given),
            _ => None,
        },
        _ => None,
    }
}
