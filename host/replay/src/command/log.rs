//! `log`: a line for people, written once.

use crate::{Entry, Instant, Json, Key, Level, Machine, Phase};

impl Machine {
    /// Was the next line that this scope logs written before?
    #[must_use]
    pub fn has_logged(&self, scope: Option<&Key>) -> bool {
        self.progress(scope).is_some_and(|progress| progress.unasked > 0 || progress.unlogged > 0)
    }

    /// The guest of a scope logs. Gives the entry to append, or `None` if the line was written before.
    ///
    /// Entries are lost from the end only, so a line in front of a recorded request was written; behind the last one the
    /// lines are counted. So a changed line of the log is no divergence, and never makes another one appear twice.
    pub fn log(
        &mut self,
        scope: Option<&Key>,
        level: Level,
        message: &str,
        fields: Json,
        at: Instant,
    ) -> Option<Entry> {
        let progress = self.progress_mut(scope);
        if progress.unasked > 0 {
            return None;
        }
        if progress.unlogged > 0 {
            progress.unlogged -= 1;
            return None;
        }
        if self.phase(scope) != Phase::Live {
            return None;
        }
        let entry = Entry::Logged { scope: scope.cloned(), at, level, message: message.to_owned(), fields };
        self.history.push(entry.clone());
        Some(entry)
    }
}
