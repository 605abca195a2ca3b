//! `cairn doc`

use std::{fs, path::PathBuf};

use clap::Args;
use serde_json::json;

use crate::{
    exit::Exit,
    global::Global,
    problem::{Outcome, fault},
    screen::out,
    views::Text,
};

/// Write a page about a file: what it is for, what it takes and gives, how it fails, its picture and its keys
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn doc order.cairn
  cairn doc order.cairn -o docs/order.md

Doc comments (`///`) are what it says in words; the pictures are Mermaid.")]
pub(crate) struct Doc {
    /// A file in the Cairn language
    file: PathBuf,

    /// Where to write it; stdout if left out
    #[arg(short, long, value_name = "OUT.md")]
    output: Option<PathBuf>,
}

impl Doc {
    pub(crate) fn run(&self, global: &Global) -> Outcome {
        let page = Text::read(&self.file)?.doc();
        if let Some(output) = &self.output {
            fs::write(output, &page).map_err(|e| {
                fault(
                    format!("cannot write `{}`: {e}", output.display()),
                    "name another place with `-o OUT.md`",
                )
            })?;
        } else if global.json {
            out::pretty(&json!({ "page": page }))?;
        } else {
            out::data(&page)?;
        }
        Ok(Exit::Finished)
    }
}
