//! Commands: the tool behind `use "std:exec"`. A command runs in a process group of its own, in a clean environment, and
//! leaves nothing running when its step is cut off.

mod command;
mod group;
mod output;
mod program;
mod run;
mod server;
#[cfg(test)]
mod tests;

pub(super) use self::{
    command::Command,
    run::{Finished, run},
    server::Program,
};

use serde_json::{Value, json};

use super::{
    Allow, Answer, Attempt, Failed, Grant, Tool,
    failure::{failure, failure_with},
};
use crate::ops::FailureView;

/// Runs the programs that are granted, and no other.
pub(super) struct Exec {
    allowed: Vec<String>,
}

impl Exec {
    pub(super) fn new(grant: &Grant) -> Self {
        let programs = grant.allow.iter().filter_map(|allow| match allow {
            Allow::Exec(program) => Some(program.clone()),
            Allow::Http(_) => None,
        });
        Self { allowed: programs.collect() }
    }

    async fn attempt(&self, attempt: Attempt) -> Result<Value, Failed> {
        let any_code = match attempt.operation.as_str() {
            "run" => false,
            "probe" => true,
            other => {
                let message =
                    format!("`{}` has no operation `{other}`: it has `run` and `probe`", attempt.tool);
                return Err(failure("tool_failed", message).into());
            }
        };
        let command = Command::read(&attempt)?;
        self.check(&attempt, &command.program)?;
        let finished = run(&command, &attempt.idempotency_key, attempt.timeout).await?;
        match finished.code {
            0 => Ok(result(&finished)),
            _ if any_code => Ok(result(&finished)),
            _ => Err(finished.told(failed(&command, &finished))),
        }
    }

    pub(super) fn check(&self, attempt: &Attempt, program: &str) -> Result<(), FailureView> {
        if self.allowed.iter().any(|allowed| allowed == program) {
            return Ok(());
        }
        let what = format!("{}.{}", attempt.tool, attempt.operation);
        Err(failure(
            "denied",
            format!(
                "`{what}` may not run `{program}`, which is not granted: allow it with `--allow exec={program}`"
            ),
        ))
    }
}

impl Tool for Exec {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        Box::pin(self.attempt(attempt))
    }
}

fn result(finished: &Finished) -> Value {
    json!({ "code": finished.code, "stdout": finished.stdout, "stderr": finished.stderr })
}

fn failed(command: &Command, finished: &Finished) -> FailureView {
    let last = |text: &str| {
        text.lines().map(str::trim).rfind(|line| !line.is_empty()).map(|line| format!(": {line}"))
    };
    let why = last(&finished.stderr).or_else(|| last(&finished.stdout)).unwrap_or_default();
    failure_with(
        "command_failed",
        format!("`{command}` ended with code {}{why}", finished.code),
        json!({
            "program": command.program, "code": finished.code,
            "stdout": finished.stdout, "stderr": finished.stderr,
        }),
    )
}
