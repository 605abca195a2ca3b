//! The limits that a workflow sets itself: how long a run may take, and how many steps it may make.

use cairn_replay::{Command, Instant, Key, Phase};

use super::{Stop, core::Core};

impl Core {
    fn limit(&self, name: &str) -> Option<u64> {
        let meta = self.code.component.meta.as_ref()?;
        u64::try_from(*meta.limits.get(name)?).ok()
    }

    /// The moment at which the run has taken as long as it may; none once nothing but undos is begun.
    pub(super) fn latest(&self) -> Option<Instant> {
        if self.stopping(None) {
            return None;
        }
        Some(Instant(self.machine.began().at.0.saturating_add(self.limit("time")?)))
    }

    /// # Errors
    /// [`Stop::OverLimit`] once it has taken too long.
    pub(super) fn in_time(&self, now: Instant) -> Result<(), Stop> {
        match self.latest() {
            Some(latest) if latest <= now => Err(Stop::OverLimit(format!(
                "the run has taken longer than the {} that `limits` gives it",
                super::words::duration(self.limit("time").unwrap_or(0))
            ))),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// [`Stop::OverLimit`] for a step too many.
    pub(super) fn step_allowed(&self, scope: Option<&Key>, command: &Command) -> Result<(), Stop> {
        let Some(most) = self.limit("steps") else { return Ok(()) };
        let step = matches!(command, Command::Call { .. });
        if !step
            || self.stopping(scope)
            || self.machine.phase(scope) != Phase::Live
            || self.beside.calls < most
        {
            return Ok(());
        }
        Err(Stop::OverLimit(format!(
            "the run has made the {most} steps that `limits` gives it, and wants another"
        )))
    }
}
