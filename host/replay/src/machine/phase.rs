//! The states of an activation, by name.

use super::Machine;
use crate::{Divergence, Key};

/// Where the code of a scope stands in an activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Something recorded has not been come to yet: a request, or the end.
    Replaying,
    /// All that is recorded has been asked for: from here on requests are news.
    Live,
    /// The guest returned, and the journal says the same.
    Finished,
    /// A request did not agree with the journal: nothing more is taken from the guest.
    Diverged,
}

impl Machine {
    /// Where a scope stands.
    #[must_use]
    pub fn phase(&self, scope: Option<&Key>) -> Phase {
        let Some(progress) = self.progress(scope) else { return Phase::Replaying };
        if self.diverged.is_some() {
            Phase::Diverged
        } else if progress.finished {
            Phase::Finished
        } else if progress.unasked > 0 || self.history.end_of(scope).is_some() {
            Phase::Replaying
        } else {
            Phase::Live
        }
    }

    /// What went wrong, once it did.
    #[must_use]
    pub fn divergence(&self) -> Option<&Divergence> {
        self.diverged.as_deref()
    }

    /// Stays in [`Phase::Diverged`] from here on.
    pub(crate) fn diverge<T>(&mut self, divergence: Divergence) -> Result<T, Divergence> {
        self.diverged = Some(Box::new(divergence.clone()));
        Err(divergence)
    }

    pub(crate) fn agreed_so_far(&self) -> Result<(), Divergence> {
        match &self.diverged {
            Some(divergence) => Err(Divergence::clone(divergence)),
            None => Ok(()),
        }
    }
}
