//! The data directory: which one, and what the command line keeps in it beside the host's own files.

use std::path::{Path, PathBuf};

use crate::{
    problem::{Outcome, mistake},
    screen::Hints,
};

/// Where to look without `--data` and `CAIRN_DATA`.
pub(crate) const USUAL: &str = ".cairn";

/// A data directory, which need not exist.
#[derive(Clone, Debug)]
pub(crate) struct Dir {
    path: PathBuf,
}

impl Dir {
    /// At this path.
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// As the user gave it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the process that holds it answers.
    pub(crate) fn socket(&self) -> PathBuf {
        self.path.join("socket")
    }

    /// What was fetched from registries.
    pub(crate) fn fetched(&self) -> PathBuf {
        self.path.join("cache").join("oci")
    }

    /// Who holds it.
    pub(crate) fn owner(&self) -> PathBuf {
        self.path.join("owner")
    }

    /// Commands that mean this directory.
    pub(crate) fn hints(&self) -> Hints {
        let usual =
            std::env::var_os("CAIRN_DATA").filter(|dir| !dir.is_empty()).unwrap_or_else(|| USUAL.into());
        Hints::new(&self.path, Path::new(&usual))
    }

    /// For verbs that read: they make no directory.
    ///
    /// # Errors
    ///
    /// The user's mistake where there is none.
    pub(crate) fn required(&self) -> Outcome<()> {
        if self.path.is_dir() {
            return Ok(());
        }
        let dir = self.path.display();
        let found = if self.path.exists() { "is no directory" } else { "does not exist" };
        let run = self.hints().command(&["run", "FILE"]);
        Err(mistake(
            format!("the data directory `{dir}` {found}, so there are no runs to look at"),
            format!(
                "`{run}` makes it; if your runs are elsewhere, say where with `--data DIR` or CAIRN_DATA"
            ),
        ))
    }
}
