//! The next run of an instance: under the same id, with an empty journal.

use std::sync::Arc;

use cairn_journal::InstanceId;
use cairn_replay::{Began, Entry, Json, Phase};

use super::{
    Activation, Stop,
    commit::{Purpose, settled},
    core::{Answer, Core, Mode},
};
use crate::{
    Error, crash,
    host::Inner,
    ops::{self, Cancel, Progress},
};

impl Core {
    /// The code ends this run and wants another: why it is stopped.
    pub(crate) fn restart(&mut self, input: Json) -> Stop {
        // Recorded requests that were not asked for again are a divergence, as at an end.
        if let Err(divergence) = self.machine.wait(None, &[]) {
            return divergence.into();
        }
        if self.mode == Mode::Prove {
            return Stop::Proven;
        }
        if self.machine.phase(None) != Phase::Live {
            let fault = "the code wants another run where its recorded run ended";
            return Stop::Fault(Error::fault(fault));
        }
        if let Some(failure) = self.cancelled() {
            return Stop::Unwanted(failure);
        }
        self.beside.next_run = Some(input);
        Stop::Restart
    }

    /// Children that are not over, and who wants them to stop.
    fn left_behind(&self) -> Vec<(String, InstanceId)> {
        let children = self.beside.children.values().filter_map(|child| child.id.clone());
        children.map(|child| (self.id.instance.clone(), child)).collect()
    }

    /// Puts the beginning of the next run in the place of this one's journal.
    fn begin_next_run(&mut self) -> Option<Answer> {
        // It was told to whoever cancelled it that it comes to its end: the code is asked again.
        if self.machine.paused() || self.machine.cancelled().is_some() {
            return None;
        }
        let input = self.beside.next_run.take()?;
        let before = self.machine.began();
        let began = Began {
            at: self.now(),
            digest: self.machine.digest().to_owned(),
            input,
            run: before.run.saturating_add(1),
            ..before.clone()
        };
        self.announce(Progress::Restarted { run: began.run });
        self.forget_pending();
        self.beside.leave_all(false);
        self.news(Entry::Began(began));
        crash::point("restart:before-commit");
        let answer = self.commit(Purpose::Restarts);
        self.closed = true;
        Some(answer)
    }
}

/// Ends a run for the next one of the same instance. Others that it had started and not let go are cancelled: nobody will ask for
/// their outcome. That comes first, so that a crash in between does it again.
///
/// # Errors
/// The journal's.
pub(super) async fn next_run(inner: &Arc<Inner>, activation: &Activation) -> Result<(), Error> {
    let left_behind = activation.core().left_behind();
    for (by, child) in left_behind {
        let why = "the run that started it begins anew".to_owned();
        let verb = Cancel { tenant: child.tenant, id: child.instance, by, why };
        match ops::cancel(inner, verb).await {
            // One that is over needs no cancelling.
            Ok(_) | Err(Error::Mistake(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let answer = activation.core().begin_next_run();
    if let Some(answer) = answer {
        settled(answer).await?;
        crash::point("restart:after-commit");
    }
    Ok(())
}
