//! What others may read of it.

use cairn_replay::{Entry, Json, Key, Phase};

use super::{
    Stop,
    core::{Core, Mode},
};
use crate::ops::Progress;

impl Core {
    /// The code (of a block, or of the instance itself) shows where it stands. Written once: entries are lost from the end only, so of
    /// those that an activation makes as many as are recorded have been written.
    pub(crate) fn expose(&mut self, scope: Option<&Key>, status: &Json) -> Result<(), Stop> {
        if self.mode == Mode::Prove {
            return Ok(());
        }
        self.may_go_on(scope)?;
        let (recorded, made) = self.beside.exposed.entry(scope.cloned()).or_default();
        *made += 1;
        if *made <= *recorded || self.machine.phase(scope) != Phase::Live {
            return Ok(());
        }
        self.room(scope)?;
        self.announce(Progress::Exposed { status: super::value(status) });
        self.apply(Entry::Exposed { scope: scope.cloned(), at: self.now(), status: status.clone() })
    }
}
