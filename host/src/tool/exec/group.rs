//! A process group: a command and what it started.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use tokio::process::Child;

/// Kills the whole group when it is dropped, unless it was let go.
pub(super) struct Group {
    leader: Option<Pid>,
}

impl Group {
    /// Of a child that was started with `process_group(0)`.
    pub(super) fn of(child: &Child) -> Self {
        Self { leader: child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) }
    }

    /// Tells all of it to end.
    pub(super) fn ask_to_end(&self) {
        self.send(Signal::TERM);
    }

    /// Waits until none of it is left. There is no event to wait for: not all of them are our children.
    pub(super) async fn gone(&self) {
        const LOOK: Duration = Duration::from_millis(20);
        while self.leader.is_some_and(|leader| test_kill_process_group(leader).is_ok()) {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The command ended by itself: what it left behind may go on.
    pub(super) fn let_go(mut self) {
        self.leader = None;
    }

    fn send(&self, signal: Signal) {
        if let Some(leader) = self.leader {
            // It fails only where nothing is left to be told.
            let _ = kill_process_group(leader, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.send(Signal::KILL);
    }
}
