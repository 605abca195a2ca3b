//! The program `cairn` with a data directory of its own.

use std::{
    ffi::{OsStr, OsString},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{Ran, Running};

/// The program, with a folder of its own to work in: the data directory is `data` in it.
pub struct Cairn {
    program: PathBuf,
    folder: TempDir,
    data: PathBuf,
}

impl Cairn {
    /// A fresh folder for the program at this path.
    ///
    /// # Panics
    /// If no folder can be made.
    #[must_use]
    pub fn new(program: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("cairn-").tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        Self { program: program.into(), folder, data }
    }

    /// The same program and folder with another data directory.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<PathBuf>) -> Self {
        self.data = data.into();
        self
    }

    /// Where it works; goes with this.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its data directory.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// A command line, split at spaces, run in the folder and with the data directory; more can be added.
    #[must_use]
    pub fn cmd(&self, words: &str) -> Cmd {
        let mut command = Command::new(&self.program);
        command.arg0("cairn");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CAIRN_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(self.folder.path())
            .env("CAIRN_DATA", &self.data)
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let cmd = Cmd { command, words: Vec::new() };
        words.split_whitespace().fold(cmd, |cmd, word| cmd.arg(word))
    }

    /// `show ID --json`, which must succeed.
    ///
    /// # Panics
    /// If it does not.
    #[must_use]
    #[track_caller]
    pub fn show(&self, id: &str) -> Value {
        self.cmd("show --json").arg(id).run().ended(0).json()
    }
}

/// A command that can be added to, and then run.
pub struct Cmd {
    command: Command,
    words: Vec<OsString>,
}

impl Cmd {
    /// One more argument.
    #[must_use]
    pub fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        self.words.push(word.as_ref().to_owned());
        self.command.arg(word);
        self
    }

    /// More arguments.
    #[must_use]
    pub fn args<T: AsRef<OsStr>>(self, words: impl IntoIterator<Item = T>) -> Self {
        words.into_iter().fold(self, Self::arg)
    }

    /// `--input` with this.
    #[must_use]
    pub fn input(self, value: &Value) -> Self {
        self.arg("--input").arg(value.to_string())
    }

    /// With this variable in its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// In this folder.
    #[must_use]
    pub fn dir(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Kills itself with SIGKILL at the n-th passing of the crash point, from 1.
    #[must_use]
    pub fn crash(self, point: &str, n: u32) -> Self {
        self.env("CAIRN_CRASH", format!("{point}:{n}"))
    }

    /// Begins it.
    ///
    /// # Panics
    /// If it cannot be begun.
    #[must_use]
    #[track_caller]
    pub fn spawn(mut self) -> Running {
        let line = self.line();
        let child = self.command.spawn().unwrap_or_else(|e| panic!("beginning `{line}`: {e}"));
        Running::new(line, child)
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn run(self) -> Ran {
        self.spawn().finish()
    }

    fn line(&self) -> String {
        let words = self.words.iter().map(|word| quoted(&word.to_string_lossy()));
        std::iter::once("cairn".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=/.:@,".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}
