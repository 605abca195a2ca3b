//! `cairn wit`

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    exit::Exit,
    global::Global,
    problem::{Outcome, fault, mistake},
    screen::out,
};

/// Write the world that components are made for, in WIT
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn wit                to the screen
  cairn wit wit/           as files of this folder, for generators of bindings
  cairn wit --package -o cairn-workflow.wasm
                           as one file, as registries of packages have it")]
pub(crate) struct Wit {
    /// The folder, made if it is not there
    #[arg(conflicts_with = "package")]
    folder: Option<PathBuf>,

    /// As a package: WIT encoded as a component
    #[arg(long, requires = "output")]
    package: bool,

    /// Where to write the package
    #[arg(short, long, value_name = "OUT.wasm", requires = "package")]
    output: Option<PathBuf>,
}

impl Wit {
    pub(crate) fn run(&self, _: &Global) -> Outcome {
        if let Some(output) = &self.output {
            return package(output);
        }
        for (name, text) in cairn_compiler::wit() {
            let Some(folder) = &self.folder else {
                out::data(&format!("// {name}\n{text}\n"))?;
                continue;
            };
            fs::create_dir_all(folder).and_then(|()| fs::write(folder.join(name), text)).map_err(|e| {
                mistake(format!("cannot write into `{}`: {e}", folder.display()), "name another folder")
            })?;
        }
        if let Some(folder) = &self.folder {
            out::tell(&format!("{} files in `{}`\n", cairn_compiler::wit().count(), folder.display()));
        }
        Ok(Exit::Finished)
    }
}

fn package(output: &Path) -> Outcome {
    let bytes = cairn_compiler::wit_package()
        .map_err(|e| fault(format!("the world cannot be encoded: {e}"), "please report this"))?;
    fs::write(output, &bytes).map_err(|e| {
        mistake(format!("cannot write `{}`: {e}", output.display()), "name another place with `-o OUT.wasm`")
    })?;
    out::tell(&format!("{} bytes in `{}`\n", bytes.len(), output.display()));
    Ok(Exit::Finished)
}
