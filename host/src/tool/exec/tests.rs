//! Real programs: `sh`, `cat`, `sleep`.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use proptest::prelude::*;
use rustix::process::{Pid, test_kill_process};
use serde_json::{Value, json};

use super::{super::GRACE, *};

const LONG: Duration = Duration::from_secs(30);

fn attempt(operation: &str, arguments: Value, timeout: Duration) -> Attempt {
    Attempt {
        tool: "exec".to_owned(),
        operation: operation.to_owned(),
        arguments,
        idempotency_key: "default/o7/build".to_owned(),
        readonly: operation == "probe",
        route: None,
        fails: vec![("command_failed".to_owned(), None)],
        timeout,
    }
}

fn granted(programs: &[&str]) -> Exec {
    let allow = programs.iter().map(|program| Allow::Exec((*program).to_owned())).collect();
    Exec::new(&Grant { allow, ..Grant::default() })
}

async fn call(operation: &str, arguments: Value, timeout: Duration) -> Result<Value, FailureView> {
    let exec = granted(&["sh", "cat", "sleep", "no-such-program", "./no/such"]);
    Ok(exec.call(attempt(operation, arguments, timeout)).await?)
}

async fn sh(script: &str) -> Result<Value, FailureView> {
    call("run", json!({ "program": "sh", "args": ["-c", script] }), LONG).await
}

fn stdout(result: Result<Value, FailureView>) -> String {
    result.unwrap()["stdout"].as_str().unwrap().to_owned()
}

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("cairn-exec-{}-{name}", std::process::id()));
    fs::create_dir_all(&path).unwrap();
    path
}

async fn until(what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < LONG, "waited in vain for: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn lives(pid: i32) -> bool {
    // A zombie is dead, but nobody has looked yet.
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    test_kill_process(Pid::from_raw(pid).unwrap()).is_ok() && !state.contains(") Z ")
}

fn read_pid(file: &std::path::Path) -> Option<i32> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

#[tokio::test]
async fn a_command_gives_code_and_both_outputs() {
    let result = sh("echo out; echo err >&2").await;
    assert_eq!(result, Ok(json!({ "code": 0, "stdout": "out\n", "stderr": "err\n" })));
}

#[tokio::test]
async fn another_code_than_0_fails_run_and_is_a_result_of_probe() {
    let failure = sh("echo half; echo 'no such branch' >&2; exit 3").await.unwrap_err();
    assert_eq!(failure.kind, "command_failed");
    assert!(failure.message.ends_with("ended with code 3: no such branch"), "{}", failure.message);
    let detail = json!({ "program": "sh", "code": 3, "stdout": "half\n", "stderr": "no such branch\n" });
    assert_eq!(failure.detail, detail);

    let probed = call("probe", json!({ "program": "sh", "args": ["-c", "exit 3"] }), LONG).await;
    assert_eq!(probed, Ok(json!({ "code": 3, "stdout": "", "stderr": "" })));
}

#[tokio::test]
async fn a_signal_is_128_and_its_number() {
    let probed = call("probe", json!({ "program": "sh", "args": ["-c", "kill -9 $$"] }), LONG).await;
    assert_eq!(probed.unwrap()["code"], 128 + 9);
}

#[tokio::test]
async fn what_is_not_granted_does_not_run() {
    let trace = folder("denied").join("ran");
    let arguments = json!({ "program": "sh", "args": ["-c", format!("touch {}", trace.display())] });
    for allowed in [&[] as &[&str], &["cat", "/bin/sh", "SH"]] {
        let failure = granted(allowed).call(attempt("run", arguments.clone(), LONG)).await.unwrap_err();
        let failure = FailureView::from(failure);
        assert_eq!(failure.kind, "denied");
        assert!(failure.message.contains("--allow exec=sh"), "{}", failure.message);
    }
    assert!(!trace.exists());
}

#[tokio::test]
async fn the_environment_is_clean_and_carries_the_key() {
    let script = "env | cut -d= -f1 | sort | tr '\\n' ' '; echo; echo $CAIRN_IDEMPOTENCY_KEY";
    let arguments = json!({ "program": "sh", "args": ["-c", script], "env": { "GREETING": "a b" } });
    let out = stdout(call("run", arguments, LONG).await);
    let (names, key) = out.split_once('\n').unwrap();
    // Those that the shell sets itself.
    let names: Vec<&str> =
        names.split(' ').filter(|name| !["PWD", "OLDPWD", "SHLVL", "_", ""].contains(name)).collect();
    let known =
        ["CAIRN_IDEMPOTENCY_KEY", "CARGO_HOME", "GREETING", "HOME", "LANG", "PATH", "RUSTUP_HOME", "TMPDIR"];
    assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
    assert!(names.contains(&"GREETING") && names.contains(&"PATH"), "{names:?}");
    assert_eq!(key.trim(), "default/o7/build");
}

#[tokio::test]
async fn an_env_of_the_step_puts_no_other_program_in_place_of_the_granted_one() {
    let own = folder("path");
    fs::copy("/bin/echo", own.join("sh")).unwrap();
    let arguments = json!({ "program": "sh", "args": ["-c", "printf %s \"$PATH\""], "env": { "PATH": own } });
    assert_eq!(stdout(call("run", arguments, LONG).await), own.display().to_string());
}

#[tokio::test]
async fn it_runs_in_the_folder_that_is_named() {
    let own = folder("dir").canonicalize().unwrap();
    let pwd =
        |dir: Value| call("run", json!({ "program": "sh", "args": ["-c", "pwd -P"], "dir": dir }), LONG);
    assert_eq!(stdout(pwd(json!(own)).await).trim(), own.display().to_string());
    let here = std::env::current_dir().unwrap().canonicalize().unwrap();
    assert_eq!(stdout(pwd(Value::Null).await).trim(), here.display().to_string());
    assert_eq!(stdout(pwd(json!("src")).await).trim(), here.join("src").display().to_string());
    let failure = pwd(json!("no/such/folder")).await.unwrap_err();
    assert!(failure.message.contains("there is no folder `no/such/folder`"), "{}", failure.message);
}

#[tokio::test]
async fn standard_input_is_given_and_closed() {
    let long = "line of text\n".repeat(100_000 / 13);
    assert_eq!(stdout(call("run", json!({ "program": "cat", "stdin": long }), LONG).await), long);
    assert_eq!(stdout(call("run", json!({ "program": "cat" }), LONG).await), "");
    // One that does not read it ends well all the same.
    let unread = json!({ "program": "sh", "args": ["-c", "exit 0"], "stdin": "x".repeat(1 << 20) });
    assert_eq!(call("run", unread, LONG).await.unwrap()["code"], 0);
}

#[tokio::test]
async fn long_output_is_cut_in_the_middle_and_never_blocks_the_command() {
    let script = "echo first; head -c 5000000 /dev/zero | tr '\\0' x; echo; echo last; echo done >&2";
    let result = sh(script).await.unwrap();
    let out = result["stdout"].as_str().unwrap();
    assert!(out.starts_with("first\nxxx") && out.ends_with("xxx\nlast\n"));
    assert!(out.len() < output::CAP + 200, "{}", out.len());
    let total = 6 + 5_000_000 + 1 + 5;
    let line = format!("\n[… {} bytes left out here", total - output::CAP);
    assert!(out.contains(&line), "{}", &out[output::CAP / 2..output::CAP / 2 + 80]);
    assert_eq!(result["stderr"], "done\n");
}

#[tokio::test]
async fn what_is_no_utf_8_is_marked() {
    assert_eq!(stdout(sh("printf 'a\\377b'").await), "a\u{FFFD}b");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_told_with_the_place_looked_in() {
    let failure = call("run", json!({ "program": "no-such-program" }), LONG).await.unwrap_err();
    assert_eq!(failure.kind, "tool_failed");
    let start = "there is no program `no-such-program` in PATH (";
    assert!(failure.message.starts_with(start), "{}", failure.message);

    let failure = call("run", json!({ "program": "./no/such" }), LONG).await.unwrap_err();
    assert_eq!(failure.kind, "tool_failed");
    assert!(failure.message.contains("no program is at /"), "{}", failure.message);
}

#[tokio::test]
async fn arguments_that_are_wrong_are_told() {
    for (operation, arguments, said) in [
        ("run", json!({ "args": [] }), "missing field `program`"),
        ("run", json!({ "program": "sh", "arguments": [] }), "unknown field `arguments`"),
        ("probe", json!({ "program": "sh", "args": [1] }), "expected a string"),
        ("start", json!({ "program": "sh" }), "no operation `start`"),
    ] {
        let failure = call(operation, arguments, LONG).await.unwrap_err();
        assert_eq!(failure.kind, "tool_failed");
        assert!(failure.message.contains(said), "{}", failure.message);
    }
    let absent = json!({ "program": "sh", "args": null, "env": null, "dir": null, "stdin": null });
    assert_eq!(call("run", absent, LONG).await.unwrap()["code"], 0);
}

#[tokio::test]
async fn a_command_that_takes_too_long_is_ended_with_all_that_it_started() {
    let own = folder("timeout");
    let (shell, below) = (own.join("shell"), own.join("below"));
    let script = format!("sleep 300 & echo $! > {}; echo $$ > {}; wait", below.display(), shell.display());
    let arguments = json!({ "program": "sh", "args": ["-c", script] });
    let failure = call("run", arguments, Duration::from_secs(2)).await.unwrap_err();
    assert_eq!(failure.kind, "timeout");
    assert!(failure.message.contains("was still running after 2s"), "{}", failure.message);
    for file in [shell, below] {
        let pid = read_pid(&file).unwrap();
        until("the process to be gone", || !lives(pid)).await;
    }
}

#[tokio::test]
async fn one_that_ends_when_told_to_is_not_waited_for() {
    let begun = Instant::now();
    let limit = Duration::from_millis(300);
    let failure = call("run", json!({ "program": "sleep", "args": ["300"] }), limit).await.unwrap_err();
    assert_eq!(failure.kind, "timeout");
    assert!(begun.elapsed() >= limit && begun.elapsed() < limit + GRACE, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn one_that_does_not_want_to_end_is_killed_after_the_grace() {
    let own = folder("stubborn").join("pid");
    let script = format!("trap '' TERM; echo $$ > {}; while :; do sleep 1; done", own.display());
    let begun = Instant::now();
    let arguments = json!({ "program": "sh", "args": ["-c", script] });
    let failure = call("run", arguments, Duration::from_millis(500)).await.unwrap_err();
    assert_eq!(failure.kind, "timeout");
    assert!(begun.elapsed() >= Duration::from_millis(500) + GRACE);
    let pid = read_pid(&own).unwrap();
    until("the shell to be gone", || !lives(pid)).await;
}

#[tokio::test]
async fn one_that_tidies_up_when_told_to_end_is_let_do_so() {
    let own = folder("tidy");
    let tidied = own.join("tidied");
    let tidy =
        format!("trap 'sleep 0.3; touch {}; exit' TERM; while :; do sleep 0.05; done", tidied.display());
    // The command itself, and something below a command that ends at once.
    for script in [tidy.clone(), format!("({tidy}) & wait")] {
        let arguments = json!({ "program": "sh", "args": ["-c", script] });
        let failure = call("run", arguments, Duration::from_millis(500)).await.unwrap_err();
        assert_eq!(failure.kind, "timeout");
        assert!(tidied.exists(), "{script}");
        fs::remove_file(&tidied).unwrap();
    }
}

#[tokio::test]
async fn a_step_that_is_dropped_leaves_nothing_running() {
    let own = folder("drop");
    let (shell, below) = (own.join("shell"), own.join("below"));
    let script = format!(
        "trap '' TERM; sleep 300 & echo $! > {}; echo $$ > {}; wait",
        below.display(),
        shell.display()
    );
    let task = tokio::spawn(async move { sh(&script).await });
    until("the shell to run", || read_pid(&shell).is_some() && read_pid(&below).is_some()).await;
    let pids = [read_pid(&shell).unwrap(), read_pid(&below).unwrap()];
    assert!(pids.iter().all(|pid| lives(*pid)));
    task.abort();
    until("both to be gone", || !pids.iter().any(|pid| lives(*pid))).await;
}

#[tokio::test]
async fn one_left_behind_that_holds_the_pipe_does_not_hold_the_step() {
    let begun = Instant::now();
    let out = stdout(sh("sleep 20 & echo $!").await);
    assert!(begun.elapsed() < Duration::from_secs(10));
    let pid = out.trim().parse().unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(lives(pid), "what a command leaves behind on purpose goes on");
    rustix::process::kill_process(Pid::from_raw(pid).unwrap(), rustix::process::Signal::KILL).unwrap();
}

proptest! {
    /// Whatever is written in whatever pieces: all of it where it fits, else a true beginning and a true end.
    #[test]
    fn output_keeps_both_ends(unit in "[a-zä€😀\n]{1,7}", times in 1usize..700_000, piece in 1usize..100_000) {
        let whole = unit.repeat(times);
        let mut output = output::Output::default();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let pieces = in_pieces(whole.as_bytes(), piece);
        runtime.block_on(output.fill(pieces));
        let text = output.into_text();
        if whole.len() <= output::CAP {
            prop_assert!(text == whole);
        } else {
            let (head, rest) = text.split_once("\n[… ").unwrap();
            let (number, rest) = rest.split_once(' ').unwrap();
            let (_, tail) = rest.split_once("…]\n").unwrap();
            prop_assert!(whole.starts_with(head) && whole.ends_with(tail));
            prop_assert_eq!(head.len() + tail.len() + number.parse::<usize>().unwrap(), whole.len());
            prop_assert!(head.len() + tail.len() > output::CAP - 8);
        }
    }
}

/// A reader that gives at most `piece` bytes at a time.
fn in_pieces(bytes: &[u8], piece: usize) -> impl tokio::io::AsyncRead + Unpin + '_ {
    struct Pieces<'a>(&'a [u8], usize);
    impl tokio::io::AsyncRead for Pieces<'_> {
        fn poll_read(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
            buffer: &mut tokio::io::ReadBuf<'_>,
        ) -> std::task::Poll<std::io::Result<()>> {
            let take = self.1.min(self.0.len()).min(buffer.remaining());
            let (now, later) = self.0.split_at(take);
            buffer.put_slice(now);
            self.0 = later;
            std::task::Poll::Ready(Ok(()))
        }
    }
    Pieces(bytes, piece)
}

/// What a command comes to, and whether it is known how far it came.
async fn known(script: &str, timeout: Duration) -> (bool, String) {
    let arguments = json!({ "program": "sh", "args": ["-c", script] });
    match granted(&["sh"]).call(attempt("run", arguments, timeout)).await.unwrap_err() {
        Failed::Known(view) => (true, view.kind),
        Failed::Unclear(view) => (false, view.kind),
    }
}

#[tokio::test]
async fn a_command_that_did_not_end_by_itself_is_unclear() {
    assert_eq!(known("exit 3", LONG).await, (true, "command_failed".to_owned()));
    assert_eq!(known("kill -9 $$", LONG).await, (false, "command_failed".to_owned()));
    assert_eq!(known("sleep 60", Duration::from_millis(200)).await, (false, "timeout".to_owned()));
    let nothing = granted(&["no-such-program"]);
    let call = nothing.call(attempt("run", json!({ "program": "no-such-program" }), LONG)).await;
    assert!(matches!(call, Err(Failed::Known(_))), "it never began");
}
