//! A program that is started for one conversation.

use std::collections::BTreeMap;

use tokio::process::Child;

use super::{
    super::{Allow, Grant, failure::failure},
    command::Command,
    group::Group,
    run::start,
};
use crate::ops::FailureView;

/// A program and its arguments, and whether it is granted.
pub(in crate::tool) struct Program {
    words: Vec<String>,
    granted: bool,
}

/// It runs, with its input and output in our hands; dropping it kills it and all that it started.
pub(in crate::tool) struct Running {
    /// Dropped before the child, whose id may belong to another once it was waited for.
    _group: Group,
    pub(in crate::tool) child: Child,
}

impl Program {
    /// Of a line: words separated by spaces. Nothing of it passes through a shell.
    pub(in crate::tool) fn of(line: &str, grant: &Grant) -> Self {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let allow = words.first().map(|program| Allow::Exec(program.clone()));
        Self { granted: allow.is_some_and(|allow| grant.allow.contains(&allow)), words }
    }

    /// Starts it.
    ///
    /// # Errors
    /// `denied` where it is not granted, `tool_failed` where it cannot be started.
    pub(in crate::tool) fn start(&self, what: &str, key: &str) -> Result<Running, FailureView> {
        let (program, args) =
            self.words.split_first().map(|(first, rest)| (first.as_str(), rest)).unwrap_or_default();
        if !self.granted {
            let message = format!(
                "`{what}` may not run `{program}`, which is not granted: allow it with `--allow exec={program}`"
            );
            return Err(failure("denied", message));
        }
        let command = Command {
            program: program.to_owned(),
            args: args.to_vec(),
            env: BTreeMap::new(),
            dir: None,
            stdin: Some(String::new()),
        };
        let mut child = start(&command, key)?;
        if let Some(mut log) = child.stderr.take() {
            // Nobody reads its log, and a full pipe would hold it up. Both end with it.
            tokio::spawn(async move { tokio::io::copy(&mut log, &mut tokio::io::sink()).await });
        }
        Ok(Running { _group: Group::of(&child), child })
    }
}
