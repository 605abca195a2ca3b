//! `cairn purge`

use cairn_host::ops::{self, Request};
use clap::Args;

use super::which::{Verb, Which, each};
use crate::{data::verbs::TENANT, global::Global, problem::Outcome};

/// Remove runs that are over, with all that is recorded of them
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn purge --older-than 30d
  cairn purge --status finished --workflow order --older-than 7d --dry-run
  cairn purge o1

What is removed cannot be had back: journal, outcome, messages that nobody took. Its id can
be used anew; messages to it that had come before count as new then. Runs that are not over
are refused. Deployed code and kept answers of cached steps stay.")]
pub(crate) struct Purge {
    #[command(flatten)]
    which: Which,
}

impl Purge {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let request =
            |id: &str, _| Request::Purge(ops::Purge { tenant: TENANT.to_owned(), id: id.to_owned() });
        let verb =
            Verb { name: "purge", usually: &["finished", "failed"], goes_on: false, request: &request };
        each(global, &self.which, &verb).await
    }
}
