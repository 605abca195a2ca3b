//! The next run of an instance: under the same id, with an empty journal.

use cairn_replay::{Began, Entry, Json, Phase};

use super::{
    Activation, Stop,
    commit::{Purpose, settled},
    core::{Answer, Core, Mode},
};
use crate::{Error, crash, ops::Progress};

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
        self.beside.next_run = Some(input);
        Stop::Restart
    }

    /// Puts the beginning of the next run in the place of this one's journal.
    fn begin_next_run(&mut self) -> Option<Answer> {
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

/// Ends a run for the next one of the same instance.
///
/// # Errors
/// The journal's.
pub(super) async fn next_run(activation: &Activation) -> Result<(), Error> {
    let answer = activation.core().begin_next_run();
    if let Some(answer) = answer {
        settled(answer).await?;
        crash::point("restart:after-commit");
    }
    Ok(())
}
