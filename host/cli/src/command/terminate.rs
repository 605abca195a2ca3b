//! `cairn terminate`

use cairn_host::ops::Request;
use clap::Args;

use super::which::{Verb, Which, Who, each};
use crate::{global::Global, problem::Outcome};

/// End a run at once: what is out is cut off, and nothing is undone
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn terminate o1 --why 'it hangs, and has done no harm'
  cairn terminate --status diverged --dry-run

It fails with the kind `terminated`. Runs that it had started and waits for are cancelled,
in good order. To stop a run so that it undoes what it did: `cairn cancel`.")]
pub(crate) struct Terminate {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    who: Who,
}

impl Terminate {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let request = |id: &str, drive| Request::Terminate(self.who.order(id, drive));
        let usually = &["ready", "waiting", "paused", "diverged"];
        let verb = Verb { name: "terminate", usually, goes_on: false, request: &request };
        each(global, &self.which, &verb).await
    }
}
