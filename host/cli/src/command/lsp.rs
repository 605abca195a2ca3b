//! `cairn lsp`

use clap::Args;

use crate::{
    exit::Exit,
    problem::{Outcome, fault},
};

/// Serve an editor: the language server, on stdin and stdout
#[derive(Args, Debug)]
#[command(
    after_help = "Editors start it by themselves; `editors/vscode` shows how. It speaks the Language Server Protocol."
)]
pub(crate) struct Lsp {
    /// Taken for editors that say how they want to talk; there is no other way
    #[arg(long)]
    stdio: bool,
}

impl Lsp {
    pub(crate) fn run(&self) -> Outcome {
        tracing::debug!(said = self.stdio, "serving an editor on stdin and stdout");
        cairn_lsp::stdio()
            .map_err(|e| fault(e.to_string(), "start it from an editor, or see `cairn lsp --help`"))?;
        Ok(Exit::Finished)
    }
}
