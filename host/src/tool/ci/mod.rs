//! Scripts on this machine, and what they leave behind: the tool behind `use "std:ci"`. Trees and files are kept by their digest in
//! a folder of the data directory, so a handle means the same for ever; a script works on a copy.
//!
//! It is no sandbox: a script may do what this user may. `image` is not used, and `on` has to be this kind of machine.

mod glob;
mod store;
mod work;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Instant,
};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use self::{
    store::{FileHandle, Store, TreeHandle},
    work::Work,
};
use super::{
    Answer, Attempt, Failed, Grant, Tool,
    exec::{Command, Exec, Finished, run},
    failure::{failure, failure_with},
};
use crate::ops::FailureView;

/// What git may reach when it fetches a repository: nothing that runs a program of the address's choice.
const PROTOCOLS: &str = "file:git:http:https:ssh";

/// Scripts on this machine.
pub(super) struct Ci {
    exec: Exec,
    folder: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Checkout {
    repo: String,
    commit: String,
}

#[derive(Deserialize)]
struct Hash {
    tree: TreeHandle,
    glob: String,
}

#[derive(Deserialize)]
struct Script {
    script: String,
    tree: Option<TreeHandle>,
    with: Option<TreeHandle>,
    on: Option<String>,
    env: Option<BTreeMap<String, String>>,
    out: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Restore {
    key: String,
}

#[derive(Deserialize)]
struct Save {
    key: String,
    tree: TreeHandle,
}

#[derive(Deserialize)]
struct Artifact {
    name: String,
    file: FileHandle,
}

impl Ci {
    /// `folder` is where trees and files are kept.
    pub(super) fn new(grant: &Grant, folder: Option<&Path>) -> Self {
        Self { exec: Exec::new(grant), folder: folder.map(Path::to_owned) }
    }

    async fn attempt(&self, attempt: Attempt) -> Result<Value, Failed> {
        let Some(folder) = self.folder.clone() else {
            return Err(failure("tool_failed", "this host keeps no folder for the trees of `ci`").into());
        };
        let store = Store::new(folder);
        match attempt.operation.as_str() {
            "checkout" => self.checkout(&store, &attempt).await,
            "sh" => self.script(&store, &attempt).await,
            "hash" => {
                let of: Hash = read(&attempt)?;
                blocking(move || store.hash(&of.tree, &of.glob).map(Value::String)).await
            }
            "restore" => {
                let of: Restore = read(&attempt)?;
                blocking(move || Ok(json!({ "tree": store.restored(&of.key)? }))).await
            }
            "save" => {
                let of: Save = read(&attempt)?;
                blocking(move || store.save(&of.key, &of.tree).map(|()| Value::Null)).await
            }
            "artifact" => {
                let of: Artifact = read(&attempt)?;
                let run = attempt.idempotency_key.clone();
                blocking(move || store.artifact(&run, &of.name, &of.file).map(|()| Value::Null)).await
            }
            other => {
                Err(failure("tool_failed", format!("`{}` has no operation `{other}`", attempt.tool)).into())
            }
        }
    }

    async fn checkout(&self, store: &Store, attempt: &Attempt) -> Result<Value, Failed> {
        let of: Checkout = read(attempt)?;
        for word in [&of.repo, &of.commit] {
            if word.is_empty() || word.starts_with('-') {
                let message = format!("`{word}` names no repository and no commit");
                return Err(failure("tool_failed", message).into());
            }
        }
        let work = work(store, None, None).await?;
        let dir = work.path().display().to_string();
        let began = Instant::now();
        for args in [
            vec!["clone", "--quiet", "--no-checkout", &of.repo, "."],
            vec!["checkout", "--quiet", "--detach", &of.commit],
        ] {
            let command = Command {
                program: "git".to_owned(),
                args: args.into_iter().map(str::to_owned).collect(),
                env: [("GIT_TERMINAL_PROMPT", "0"), ("GIT_ALLOW_PROTOCOL", PROTOCOLS)]
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .into(),
                dir: Some(dir.clone()),
                stdin: None,
            };
            let finished = self.run(attempt, &command, began).await?;
            ended_well(&command, &finished)?;
        }
        let (store, work) = (store.clone(), work);
        blocking(move || {
            work.forget(".git")?;
            Ok(json!({ "tree": store.keep_tree(&work)? }))
        })
        .await
    }

    async fn script(&self, store: &Store, attempt: &Attempt) -> Result<Value, Failed> {
        let of: Script = read(attempt)?;
        if let Some(on) = of.on.as_deref().filter(|on| *on != std::env::consts::OS) {
            let here = std::env::consts::OS;
            let message = format!(
                "there is no machine `{on}` here: this host runs scripts on itself, which is `{here}`"
            );
            return Err(failure("tool_failed", message).into());
        }
        let work = work(store, of.tree, of.with).await?;
        let command = Command {
            program: "sh".to_owned(),
            args: vec!["-ec".to_owned(), of.script],
            env: of.env.unwrap_or_default(),
            dir: Some(work.path().display().to_string()),
            stdin: None,
        };
        let began = Instant::now();
        let finished = self.run(attempt, &command, began).await?;
        let seconds = began.elapsed().as_secs_f64();
        ended_well(&command, &finished)?;
        let (store, out) = (store.clone(), of.out.unwrap_or_default());
        blocking(move || {
            let files = store.keep_files(&work, &out)?;
            let tree = store.keep_tree(&work)?;
            Ok(json!({ "tree": tree, "files": files, "stdout": finished.stdout, "seconds": seconds }))
        })
        .await
    }

    /// Runs a program that has to be granted, in what is left of the attempt's time.
    async fn run(&self, attempt: &Attempt, command: &Command, began: Instant) -> Result<Finished, Failed> {
        self.exec.check(attempt, &command.program)?;
        run(command, &attempt.idempotency_key, attempt.timeout.saturating_sub(began.elapsed())).await
    }
}

impl Tool for Ci {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        Box::pin(self.attempt(attempt))
    }
}

fn read<T: DeserializeOwned>(attempt: &Attempt) -> Result<T, FailureView> {
    T::deserialize(&attempt.arguments).map_err(|e| {
        let what = format!("{}.{}", attempt.tool, attempt.operation);
        failure("tool_failed", format!("the arguments of `{what}` cannot be used: {e}"))
    })
}

fn ended_well(command: &Command, finished: &Finished) -> Result<(), Failed> {
    if finished.code == 0 {
        return Ok(());
    }
    let last =
        finished.stderr.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it did not say why");
    let detail = json!({ "code": finished.code, "stdout": finished.stdout, "stderr": finished.stderr });
    let message = format!("`{}` ended with code {}: {last}", command.program, finished.code);
    Err(finished.told(failure_with("tool_failed", message, detail)))
}

/// A folder to work in, with copies of these trees.
async fn work(store: &Store, tree: Option<TreeHandle>, with: Option<TreeHandle>) -> Result<Work, Failed> {
    let store = store.clone();
    blocking(move || {
        let work = store.work()?;
        for tree in [tree, with].into_iter().flatten() {
            store.put_into(&tree, &work)?;
        }
        Ok(work)
    })
    .await
}

/// What takes its time on the disk, on a thread for that. Where it fails the disk is to blame.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FailureView> + Send + 'static,
) -> Result<T, Failed> {
    let done = tokio::task::spawn_blocking(work).await;
    match done {
        Ok(done) => done.map_err(Failed::from),
        Err(e) => Err(failure("tool_failed", format!("it did not come to its end: {e}")).into()),
    }
}

#[cfg(test)]
mod tests;
