//! What is to be run, as the step's arguments say it.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;

use super::super::{Attempt, failure::failure};
use crate::ops::FailureView;

/// A program and what it gets. Nothing of it passes through a shell.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::tool) struct Command {
    /// As it is written in the code, and granted.
    pub(in crate::tool) program: String,
    #[serde(default, deserialize_with = "null_as_absent")]
    pub(in crate::tool) args: Vec<String>,
    /// Added to the clean environment.
    #[serde(default, deserialize_with = "null_as_absent")]
    pub(in crate::tool) env: BTreeMap<String, String>,
    /// Where it runs; a relative one starts where `cairn` was started.
    pub(in crate::tool) dir: Option<String>,
    /// Given to it, then closed; without it there is nothing to read.
    pub(in crate::tool) stdin: Option<String>,
}

impl Command {
    /// Reads the arguments of `run` and `probe`.
    ///
    /// # Errors
    /// `tool_failed` where they are not those.
    pub(super) fn read(attempt: &Attempt) -> Result<Self, FailureView> {
        Self::deserialize(&attempt.arguments).map_err(|e| {
            failure(
                "tool_failed",
                format!("the arguments of `{}.{}` cannot be used: {e}", attempt.tool, attempt.operation),
            )
        })
    }
}

/// As a person would type it, shortened.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 80;
        let line = [self.program.as_str()].into_iter().chain(self.args.iter().map(String::as_str));
        let line = line.collect::<Vec<_>>().join(" ").replace(char::is_control, " ");
        match line.char_indices().nth(LONGEST) {
            Some((end, _)) => write!(f, "{}…", line.get(..end).unwrap_or_default()),
            None => f.write_str(&line),
        }
    }
}

fn null_as_absent<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
