//! `cairn retry`

use cairn_host::ops::Request;
use clap::Args;

use super::which::{Verb, Which, Who, each};
use crate::{global::Global, problem::Outcome};

/// Have a failed run go on from where it failed
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn retry o1 --why 'the warehouse is back'
  cairn retry --status failed:http_5xx --older-than 10m

The operation that it failed of is taken back and done again, as by `cairn restart --from`;
all others stay done. Where the failed run has undone what it did, it is refused: then
`cairn restart` begins anew.")]
pub(crate) struct Retry {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    who: Who,
}

impl Retry {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let request = |id: &str, drive| Request::Retry(self.who.order(id, drive));
        let verb = Verb { name: "retry", usually: &["failed"], goes_on: true, request: &request };
        each(global, &self.which, &verb).await
    }
}
