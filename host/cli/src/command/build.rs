//! `cairn build`

use std::{fs, io::ErrorKind, path::PathBuf};

use clap::Args;
use serde_json::json;

use crate::{
    code::Code,
    exit::Exit,
    global::Global,
    problem::{Outcome, fault, mistake},
    screen::{digest, out},
};

/// Compile a workflow to a WebAssembly component
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn build order.cairn                  writes order.wasm
  cairn build shop.cairn --workflow refund -o refund.wasm
  cairn build order.cairn -o out/          writes out/order.wasm, after the workflow

The same text always gives the same bytes. `cairn run` takes either, the text or the component.")]
pub(crate) struct Build {
    /// A file in the Cairn language
    file: PathBuf,

    /// Where to write the component, a file or a folder; FILE with the ending .wasm if left out
    #[arg(short, long, value_name = "OUT.wasm")]
    output: Option<PathBuf>,

    /// Which workflow, if the file holds several
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,
}

impl Build {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let code = Code::load(&self.file, self.workflow.as_deref(), global).await?;
        let output = match &self.output {
            Some(folder) if folder.is_dir() => folder.join(format!("{}.wasm", code.component.workflow())),
            Some(file) => file.clone(),
            None => self.file.with_extension("wasm"),
        };
        fs::write(&output, &code.bytes).map_err(|e| {
            let text = format!("cannot write `{}`: {e}", output.display());
            let help = "name another place with `-o OUT.wasm`";
            match e.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::Other => fault(text, help),
                _ => mistake(text, help),
            }
        })?;
        let (name, sum, bytes) = (code.component.workflow(), &code.component.digest, code.bytes.len());
        if global.json {
            out::pretty(&json!({ "workflow": name, "digest": sum, "file": output, "bytes": bytes }))?;
        } else {
            out::tell(&format!("{name}@{}: {} bytes in `{}`\n", digest(sum), bytes, output.display()));
        }
        Ok(Exit::Finished)
    }
}
