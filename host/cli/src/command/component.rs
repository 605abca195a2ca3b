//! `cairn component`

use std::{
    fs,
    path::{Path, PathBuf},
};

use cairn_compiler::WrapError;
use clap::Args;

use crate::{
    exit::Exit,
    global::Global,
    problem::{Outcome, Problem, fault, mistake},
    screen::out,
};

/// Make a component of a core module, as compilers for wasm32-wasi write it (C, Zig, Go)
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn component build/order.wasm -o order.wasm

The module imports the functions of the world (`cairn wit`) and, if it wants, WASI preview 1. Rust, Python and JavaScript
have tools that make components themselves.")]
pub(crate) struct Component {
    /// The core module
    module: PathBuf,

    /// Where to write the component; MODULE with the ending .component.wasm if left out
    #[arg(short, long, value_name = "OUT.wasm")]
    output: Option<PathBuf>,
}

impl Component {
    pub(crate) fn run(&self, _: &Global) -> Outcome {
        let core = fs::read(&self.module).map_err(|e| {
            mistake(format!("cannot read `{}`: {e}", self.module.display()), "name a core module")
        })?;
        let bytes = cairn_compiler::wrap(&core).map_err(|error| refused(&self.module, &error))?;
        let output = self.output.clone().unwrap_or_else(|| self.module.with_extension("component.wasm"));
        fs::write(&output, &bytes).map_err(|e| {
            mistake(
                format!("cannot write `{}`: {e}", output.display()),
                "name another place with `-o OUT.wasm`",
            )
        })?;
        out::tell(&format!("{} bytes in `{}`\n", bytes.len(), output.display()));
        Ok(Exit::Finished)
    }
}

fn refused(module: &Path, error: &WrapError) -> Problem {
    let text = format!("`{}` cannot be made a workflow: {error}", module.display());
    match error {
        WrapError::Component => mistake(text, "it can be run as it is: `cairn run`"),
        WrapError::Unfit(_) => mistake(
            text,
            "it has to export `run`, and to import nothing but the world (`cairn wit`) and WASI preview 1; the libraries in `sdk/` do",
        ),
        WrapError::Internal(_) => fault(text, "please report this, with the module"),
    }
}
