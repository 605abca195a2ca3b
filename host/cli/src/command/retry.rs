//! `cairn retry`

use cairn_host::ops::{self, Request};
use clap::Args;

use super::which::{Verb, Which, Who, each};
use crate::{global::Global, problem::Outcome};

/// Have a failed run go on from where it failed, or send an unclear step again
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn retry o1 --why 'the warehouse is back'
  cairn retry --status failed:http_5xx --older-than 10m
  cairn retry o1 --key charge --why 'the bank knows nothing of it'

The operation that it failed of is taken back and done again, as by `cairn restart --from`;
all others stay done. Where the failed run has undone what it did, it is refused: then
`cairn restart` begins anew.

A run that waits for a decision about a step, because nobody knows whether it was carried
out, makes that step again, with the same idempotency key. If it was carried out, say what
it gave instead: `cairn skip`.")]
pub(crate) struct Retry {
    #[command(flatten)]
    which: Which,

    /// Which of several unclear steps
    #[arg(long, value_name = "KEY")]
    key: Option<String>,

    #[command(flatten)]
    who: Who,
}

impl Retry {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let request = |id: &str, drive| {
            Request::Retry(ops::Retry { order: self.who.order(id, drive), key: self.key.clone() })
        };
        let verb = Verb { name: "retry", usually: &["failed"], goes_on: true, request: &request };
        each(global, &self.which, &verb).await
    }
}
