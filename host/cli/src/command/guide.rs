//! `cairn guide`

use std::path::{Path, PathBuf};

use cairn_host::tool::Grant;
use clap::Args;
use serde_json::json;

use crate::{
    code,
    exit::Exit,
    global::Global,
    problem::{Outcome, mistake},
    screen::out,
    views::{self, Text},
};

/// One page for a model that is to write a workflow: the syntax by example, the rules that are broken most, what is granted
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn guide                            the language, about 1,500 tokens
  cairn guide --for tools.cairn          and the tools, events and types of a file, to be used as they are
  cairn guide --grant grant.json         and what a grant allows

A grant is JSON as `cairn show --json` has it: {\"allow\": [\"http=https://api.example.com\", \"exec=git\"], \"bind\": {}}.")]
pub(crate) struct Guide {
    /// What the workflow will be granted
    #[arg(long, value_name = "GRANT.json")]
    grant: Option<PathBuf>,

    /// A file whose declarations the workflow will use
    #[arg(long = "for", value_name = "FILE.cairn")]
    file: Option<PathBuf>,
}

impl Guide {
    pub(crate) fn run(&self, global: &Global) -> Outcome {
        let grant = self.grant.as_deref().map(grant).transpose()?;
        let text = self.file.as_deref().map(Text::read).transpose()?;
        let page = views::guide(text.as_ref(), grant.as_ref());
        if global.json {
            out::pretty(&json!({ "page": page }))?;
        } else {
            out::data(&page)?;
        }
        Ok(Exit::Finished)
    }
}

fn grant(path: &Path) -> Outcome<Grant> {
    serde_json::from_slice(&code::read(path)?).map_err(|e| {
        mistake(
            format!("`{}` is no grant: {e}", path.display()),
            "write `{\"allow\": [\"http=https://host\", \"exec=program\"], \"bind\": {}}`",
        )
    })
}
