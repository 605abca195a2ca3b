//! What the world's imports see of an activation, beside asking.

use cairn_replay::{Began, Instant, Key, Note, Outcome, Phase};

use super::{
    Stop,
    core::{Answer, Core, Mode},
};
use crate::{Error, tool::Grant};

impl Core {
    /// The outcome of an operation that a wait has just given.
    /// A text of the guest's, shared with an equal one of the run if it is large.
    pub(crate) fn share(&self, text: String) -> cairn_replay::Text {
        self.beside.large.share(text)
    }

    pub(crate) fn outcome(&self, key: &Key) -> Result<Outcome, Stop> {
        let outcome = self.machine.outcome(key).cloned();
        outcome.ok_or_else(|| Stop::Fault(Error::fault(format!("`{}` has no outcome after its end", key.0))))
    }

    /// The host's time.
    pub(crate) fn clock(&self) -> Instant {
        self.now()
    }

    /// When an operation was begun, by the journal.
    pub(crate) fn asked_at(&self, key: &Key) -> Option<Instant> {
        self.machine.asked_at(key)
    }

    /// When it ended, by the journal.
    pub(crate) fn ended_at(&self, key: &Key) -> Option<Instant> {
        self.machine.ended_at(key)
    }

    /// The code gives an operation up.
    pub(crate) fn cancel_operation(&mut self, key: &Key) -> Result<(), Stop> {
        if self.mode == Mode::Prove {
            return Ok(());
        }
        self.give_up(key)
    }

    /// See [`Activation::wish_to_stop`](super::Activation::wish_to_stop).
    pub(super) fn wish_to_stop(&mut self, by: &str, why: &str) -> Result<Option<(bool, Answer)>, Error> {
        if self.closed {
            return Ok(None);
        }
        self.cancel(by, why).map(Some).map_err(|stop| Error::fault(stop.to_string()))
    }

    pub(crate) fn replays(&self, scope: Option<&Key>) -> bool {
        self.machine.phase(scope) == Phase::Replaying
    }

    pub(crate) fn undo_depth(&self, scope: Option<&Key>) -> u32 {
        self.machine.undo_depth(scope)
    }

    pub(crate) fn began(&self) -> &Began {
        self.machine.began()
    }

    /// What the run may do.
    pub(crate) fn grant(&self) -> &Grant {
        &self.grant
    }

    pub(crate) fn digest(&self) -> &str {
        self.machine.digest()
    }

    pub(crate) fn read_clock(&mut self, scope: Option<&Key>, key: &str) -> Result<Note, Stop> {
        let now = self.now();
        self.note(scope, key, Note::Now(now.0))
    }

    /// 256 bits that nobody records.
    pub(crate) fn seed(&self) -> [u8; 32] {
        let mut seed = [0; 32];
        for part in seed.chunks_exact_mut(8) {
            part.copy_from_slice(&self.inner.ports.entropy.bits().to_le_bytes());
        }
        seed
    }

    pub(crate) fn read_chance(&mut self, scope: Option<&Key>, key: &str) -> Result<Note, Stop> {
        // A replay is answered from the journal and leaves chance as it was: a test's draws come again behind a crash.
        let replayed = self.machine.phase(scope) == Phase::Replaying;
        let bits = if replayed { 0 } else { self.inner.ports.entropy.bits() };
        self.note(scope, key, Note::Random(bits))
    }
}
