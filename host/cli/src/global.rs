//! Options that every command takes.

use std::path::PathBuf;

use clap::Args;

use crate::data::{Dir, USUAL};

/// Options that every command takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Global {
    /// The data directory: where runs are kept
    #[arg(long, global = true, value_name = "DIR", env = "CAIRN_DATA", hide_env_values = true, default_value = USUAL, help_heading = "Everywhere")]
    pub(crate) data: PathBuf,

    /// Answer as JSON on stdout, for programs
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) json: bool,
}

impl Global {
    /// The data directory.
    pub(crate) fn dir(&self) -> Dir {
        Dir::new(&self.data)
    }
}
