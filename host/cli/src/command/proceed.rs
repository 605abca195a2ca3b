//! `cairn continue`

use cairn_host::ops::Request;
use clap::Args;

use super::which::{Verb, Which, Who, each};
use crate::{global::Global, problem::Outcome};

/// Have a paused run go on
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn continue o1
  cairn continue --workflow order --why 'the bank is back'")]
pub(crate) struct Continue {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    who: Who,
}

impl Continue {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let request = |id: &str, drive| Request::Continue(self.who.order(id, drive));
        let verb = Verb { name: "continue", usually: &["paused"], goes_on: true, request: &request };
        each(global, &self.which, &verb).await
    }
}
