//! `cairn wit`

use std::{fs, path::PathBuf};

use clap::Args;

use crate::{
    exit::Exit,
    global::Global,
    problem::{Outcome, mistake},
    screen::out,
};

/// Write the world that components are made for, in WIT
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn wit                to the screen
  cairn wit wit/           as files of this folder, for generators of bindings")]
pub(crate) struct Wit {
    /// The folder, made if it is not there
    folder: Option<PathBuf>,
}

impl Wit {
    pub(crate) fn run(&self, _: &Global) -> Outcome {
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
