//! At each sync of the disk in turn: the process is killed there, or the disk says no.

use std::process::Command;

use super::{Account, finds, times};

/// So many where nothing else is said. The first syncs are those of a directory that is being made; the rest are commits.
const SYNCS: u64 = 12;

/// Whether calls of the system can be replaced here.
fn strace() -> bool {
    let tried = Command::new("strace")
        .args(["-f", "-qq", "-e", "inject=fdatasync:error=EIO:when=9999", "true"])
        .output();
    let there = tried.is_ok_and(|output| output.status.success());
    if !there {
        println!("skipped: strace is not here, or may not trace");
    }
    there
}

/// A tracer that does this at the n-th `fdatasync` of the load program.
fn injected(what: &str, n: u64) -> Vec<String> {
    ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync"]
        .into_iter()
        .map(str::to_owned)
        .chain(["-e".to_owned(), format!("inject=fdatasync:{what}:when={n}")])
        .collect()
}

/// The load program, with this at each of its first syncs in turn; `looks` at what it said last. Then its directory is settled with.
fn at_each_sync(account: &mut Account, what: &str, looks: impl Fn(u64, &str)) {
    let folder = tempfile::tempdir().expect("a folder");
    for n in 1..=times("CAIRN_SYNCS", SYNCS) {
        let dir = folder.path().join(format!("data-{n}"));
        let words = injected(what, n);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let said = account.write(&words, &dir).ended();
        looks(n, said.last().map_or("", String::as_str));
        account.saw(said);
        account.settle(&dir);
        account.closed();
    }
}

#[test]
fn promises_1_3_4_5_hold_when_it_dies_at_any_sync() {
    if !strace() {
        return;
    }
    let mut account = Account::default();
    at_each_sync(&mut account, "signal=SIGKILL", |_, _| {});
    println!("syncs: {account}");
}

/// The disk says no, once, at each sync in turn.
fn failing(account: &mut Account) {
    at_each_sync(account, "error=EIO", |n, last| {
        assert!(last.starts_with("stopped "), "at the {n}th sync the disk failed, and it went on: {last}");
    });
}

#[test]
fn a_disk_that_fails_once_stops_it_and_nothing_acknowledged_is_lost() {
    if !strace() {
        return;
    }
    let mut account = Account::default();
    failing(&mut account);
    println!("syncs: {account}");
}

#[test]
fn an_event_that_a_failing_disk_refused_and_that_is_acknowledged_is_found() {
    if strace() {
        finds("deaf", "was acknowledged and is lost", failing);
    }
}
