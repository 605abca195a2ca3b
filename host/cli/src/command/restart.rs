//! `cairn restart`

use cairn_host::ops::{self, Request};
use clap::Args;

use super::which::{Verb, Which, Who, each};
use crate::{global::Global, problem::Outcome};

/// Run it once more: from its start, or from one of its operations
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn restart o1
  cairn restart o1 --from charge --why 'the price was wrong'
  cairn restart --status failed:timeout --older-than 1h

From the start it begins anew, with the same input, code and grant; nothing that it did is
undone. With --from it keeps what it did before it asked for KEY, and what went on side by
side with that: KEY and all that came of it is taken back, and done again. Events that were
taken there are there again. What is done again calls with new idempotency keys, so no
service takes it for the earlier attempt. `cairn show` has the keys.

Where something that would stay has been undone, or an attempt is out, it is refused.")]
pub(crate) struct Restart {
    #[command(flatten)]
    which: Which,

    /// The operation to go on from, by its key; from the start where none is given
    #[arg(long, value_name = "KEY")]
    from: Option<String>,

    #[command(flatten)]
    who: Who,
}

impl Restart {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let request = |id: &str, drive| {
            Request::Restart(ops::Restart { order: self.who.order(id, drive), from: self.from.clone() })
        };
        let verb = Verb { name: "restart", usually: &[], goes_on: true, request: &request };
        each(global, &self.which, &verb).await
    }
}
