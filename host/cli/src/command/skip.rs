//! `cairn skip`

use cairn_host::ops::{self, Request};
use clap::Args;

use super::which::{Verb, Who, each};
use crate::{command::which::Which, global::Global, json_arg, problem::Outcome};

/// Give an open step, wait or question an outcome by hand
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn skip o1 nap
  cairn skip o1 charge --result '{\"id\": \"ch_17\"}' --why 'charged by hand'
  cairn skip o1 paid --result '{\"amount\": 500}'
  cairn skip o1 sign_off --result '\"yes\"'

The run goes on as if that had come: of a step or another run its result, of a wait the
fields of the event, of a question the choice. An attempt that is out is cut off. What is
open, and under which key, is what `cairn show` shows without an end.")]
pub(crate) struct Skip {
    /// The run's id
    id: String,

    /// The key of what is open
    key: String,

    /// What it gives: JSON, @FILE, or @- for stdin; null where none is given
    #[arg(long, value_name = "JSON")]
    result: Option<String>,

    #[command(flatten)]
    who: Who,
}

impl Skip {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let result = self.result.as_ref().map(|text| json_arg::read("the result", text)).transpose()?;
        let request = |id: &str, drive| {
            let order = self.who.order(id, drive);
            Request::Skip(ops::Skip { order, key: self.key.clone(), result: result.clone() })
        };
        let verb = Verb { name: "skip", usually: &[], goes_on: true, request: &request };
        each(global, &Which::one(&self.id), &verb).await
    }
}
