//! Runs one command to its end, or ends it.

use std::{
    env,
    ffi::OsString,
    io,
    os::unix::process::ExitStatusExt,
    path::Path,
    pin::{Pin, pin},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin},
    time::timeout,
};

use super::{
    super::{Failed, GRACE, failure::failure},
    command::Command,
    group::Group,
    output::Output,
    program,
};
use crate::ops::FailureView;

/// What of the host's environment a command sees; the rest may hold what is none of its business. The last two say where
/// Rust is installed if not under `HOME`, as in its container images; without them its `cargo` does not start there.
const PASSED_ON: [&str; 6] = ["PATH", "HOME", "LANG", "TMPDIR", "CARGO_HOME", "RUSTUP_HOME"];

/// How long output is still read after the command itself has ended: what it wrote is in the pipe by then, and only those
/// that it left behind keep the pipe open.
const DRAIN: Duration = Duration::from_millis(250);

/// How a command ended.
pub(in crate::tool) struct Finished {
    /// Its exit code; 128 and the signal's number where a signal ended it, as shells say it.
    pub(in crate::tool) code: i32,
    /// It did not end by itself: how far it had come nobody knows.
    pub(in crate::tool) killed: bool,
    pub(in crate::tool) stdout: String,
    pub(in crate::tool) stderr: String,
}

impl Finished {
    /// The failure that its end means.
    pub(in crate::tool) fn told(&self, failure: FailureView) -> Failed {
        if self.killed { Failed::Unclear(failure) } else { Failed::Known(failure) }
    }
}

/// Runs it. Dropping the future kills it and all that it started.
///
/// # Errors
/// `tool_failed` where it cannot be started; unclear: `timeout` where it was still running after `limit` and was ended.
pub(in crate::tool) async fn run(command: &Command, key: &str, limit: Duration) -> Result<Finished, Failed> {
    let mut child = start(command, key)?;
    let (mut stdout, mut stderr) = (Output::default(), Output::default());
    let (stdin, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    // After `child`, so that it is dropped before: a child that was waited for may have given its id to another.
    let group = Group::of(&child);
    let status = {
        let talk = async {
            let out = async {
                if let Some(pipe) = out {
                    stdout.fill(pipe).await;
                }
            };
            let err = async {
                if let Some(pipe) = err {
                    stderr.fill(pipe).await;
                }
            };
            tokio::join!(feed(stdin, command.stdin.as_deref()), out, err);
        };
        let mut talk = Some(pin!(talk));
        match timeout(limit, end_of(&mut child, &mut talk)).await {
            Ok(status) => status,
            Err(_) => {
                group.ask_to_end();
                let ended = async {
                    let _ = end_of(&mut child, &mut talk).await;
                    group.gone().await;
                };
                let _ = timeout(GRACE, ended).await;
                return Err(Failed::Unclear(too_long(command, limit)));
            }
        }
    };
    let lost = |e| Failed::Unclear(failure("tool_failed", format!("lost sight of `{command}`: {e}")));
    let status = status.map_err(lost)?;
    group.let_go();
    let killed = status.signal().is_some();
    Ok(Finished { code: code(status), killed, stdout: stdout.into_text(), stderr: stderr.into_text() })
}

pub(super) fn start(command: &Command, key: &str) -> Result<Child, FailureView> {
    let path = env::var_os("PATH");
    let file = program::find(&command.program, path.as_deref())?;
    let mut process = tokio::process::Command::new(file);
    process
        .arg0(&command.program)
        .args(&command.args)
        .env_clear()
        .envs(PASSED_ON.iter().filter_map(|name| Some((name, env::var_os(name)?))))
        .envs(&command.env)
        .env("CAIRN_IDEMPOTENCY_KEY", OsString::from(key.replace('\0', "%00")))
        .stdin(if command.stdin.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    if let Some(dir) = &command.dir {
        process.current_dir(dir);
    }
    process.spawn().map_err(|e| not_started(command, &e))
}

async fn feed(pipe: Option<ChildStdin>, text: Option<&str>) {
    if let (Some(mut pipe), Some(text)) = (pipe, text) {
        // A command need not read all that it is given.
        let _ = pipe.write_all(text.as_bytes()).await;
    }
}

/// Waits for the command while `talk` goes on, and gives `talk` a moment more.
async fn end_of<T>(child: &mut Child, talk: &mut Option<Pin<&mut T>>) -> io::Result<ExitStatus>
where
    T: Future<Output = ()>,
{
    if let Some(going_on) = talk {
        tokio::select! {
            status = child.wait() => {
                let _ = timeout(DRAIN, going_on.as_mut()).await;
                return status;
            }
            () = going_on.as_mut() => {}
        }
        *talk = None;
    }
    child.wait().await
}

fn code(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}

fn too_long(command: &Command, limit: Duration) -> FailureView {
    failure(
        "timeout",
        format!(
            "`{command}` was still running after {limit:?} and was ended: give the step a longer `timeout`"
        ),
    )
}

fn not_started(command: &Command, error: &io::Error) -> FailureView {
    let why = match &command.dir {
        Some(dir) if !Path::new(dir).is_dir() => format!("there is no folder `{dir}` to run it in"),
        _ if error.kind() == io::ErrorKind::ArgumentListTooLong => {
            "its arguments and environment are too large for the system: give what is long by `stdin`"
                .to_owned()
        }
        _ => error.to_string(),
    };
    failure("tool_failed", format!("`{command}` could not be started: {why}"))
}
