//! At each sync of the disk in turn: the process is killed there, or the disk says no.

use std::process::Command;

use super::{Account, Load};

/// The first syncs are those of a directory that is being made; the rest are commits.
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
fn at_each_sync(what: &str, looks: impl Fn(u64, &str)) {
    if !strace() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut account = Account::default();
    for n in 1..=SYNCS {
        let dir = folder.path().join(format!("data-{n}"));
        let words = injected(what, n);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let said = Load::write(&words, &dir, account.next()).ended();
        looks(n, said.last().map_or("", String::as_str));
        account.saw(said);
        account.settle(&dir);
        account.closed(&dir);
    }
    println!("syncs: {account}");
}

#[test]
fn promises_1_3_4_5_hold_when_it_dies_at_any_sync() {
    at_each_sync("signal=SIGKILL", |_, _| {});
}

#[test]
fn a_disk_that_fails_once_stops_it_and_nothing_acknowledged_is_lost() {
    at_each_sync("error=EIO", |n, last| {
        assert!(last.starts_with("stopped "), "at the {n}th sync the disk failed, and it went on: {last}");
    });
}
