//! Which process holds a data directory: a small file for messages. The lock itself is the journal's.

use std::{fs, io, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::Dir;
use crate::screen::{Clock, now, shell};

/// Who holds a data directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    /// Its process id.
    pub(crate) pid: u32,
    /// How it was called, as a command.
    pub(crate) command: String,
    /// Milliseconds since the Unix epoch.
    pub(crate) since: u64,
    /// Of this program.
    pub(crate) version: String,
}

impl Owner {
    /// This process.
    pub(crate) fn this() -> Self {
        let words: Vec<String> =
            std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
        Self {
            pid: std::process::id(),
            command: shell::command(words.iter().map(String::as_str)),
            since: now(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// Who wrote the file last; none if nobody did or it cannot be read.
    pub(crate) fn read(dir: &Dir) -> Option<Self> {
        serde_json::from_slice(&fs::read(dir.owner()).ok()?).ok()
    }

    /// For a message: ``process 4711 (`cairn run order.cairn`, since 14:03:22)``.
    pub(crate) fn words(&self) -> String {
        format!("process {} (`{}`, since {})", self.pid, self.command, Clock::here().moment(self.since))
    }
}

/// For a message: the owner, or that it is not known.
pub(crate) fn owner_words(dir: &Dir) -> String {
    Owner::read(dir).map_or_else(|| "another process".to_owned(), |owner| owner.words())
}

/// The file, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Named {
    path: PathBuf,
}

impl Named {
    /// Writes down that this process holds the directory. To be called with the lock.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub(crate) fn write(dir: &Dir) -> io::Result<Self> {
        let path = dir.owner();
        let draft = path.with_extension("new");
        fs::write(&draft, serde_json::to_vec(&Owner::this())?)?;
        fs::rename(&draft, &path)?;
        Ok(Self { path })
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
