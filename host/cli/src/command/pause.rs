//! `cairn pause`

use cairn_host::ops::Request;
use clap::Args;

use super::which::{Verb, Which, Who, each};
use crate::{global::Global, problem::Outcome};

/// Stop a run from going on, until `cairn continue`
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn pause o1 --why 'the bank is down'
  cairn pause --workflow order --status ready,waiting

No code of it runs and no new attempt at a step goes out, in no process, until it goes on.
An attempt that is out is let come to its end, and what it gave is recorded. Timers and
events wait: what came meanwhile counts from when it came. `cairn cancel` on a paused run
has it go on, to its end.")]
pub(crate) struct Pause {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    who: Who,
}

impl Pause {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let request = |id: &str, drive| Request::Pause(self.who.order(id, drive));
        let verb = Verb { name: "pause", usually: &["ready", "waiting"], goes_on: false, request: &request };
        each(global, &self.which, &verb).await
    }
}
