//! Sleeping and waiting for events, with and without a process that runs meanwhile.

use std::{
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cairn_tests::{Cairn, Cmd, workspace};
use serde_json::{Value, json};

use crate::{cairn, mistakes, orders};

#[test]
fn promise_9_a_sleep_whose_process_was_killed_ends_when_it_is_due() {
    // Taken up: at once, a moment before it is due, and after.
    let cases = [("before", 0), ("at", 2_900), ("after", 3_600)];
    let threads = cases.map(|(name, since)| thread::spawn(move || sleep_through(name, since)));
    for thread in threads {
        thread.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause));
    }
}

/// Kills a sleep of 3 s and takes it up so many milliseconds after it was asked for.
fn sleep_through(name: &str, since: u64) {
    let cairn = cairn();
    let mut running = run(&cairn, "nap", "n1", &json!({ "pause": 3_000 })).spawn();
    running.writes("sleep");
    assert!(running.kill().killed());
    let asked = at(&cairn, "asked");
    thread::sleep(Duration::from_millis((asked + since).saturating_sub(now())));

    let resumed = now();
    let ran = cairn.cmd("resume n1").run().ended(0);
    assert_eq!(orders::result(&ran), json!({ "woke": true }), "{name}");
    let ended = at(&cairn, "ended");
    assert!(ended >= asked + 3_000, "{name}: {} ms early", asked + 3_000 - ended);
    let due = resumed.max(asked + 3_000);
    assert!(ended < due + 2_000, "{name}: {} ms late", ended - due);
}

#[test]
fn a_sleep_that_is_over_while_the_program_ends_is_nobodys_fault() {
    let cairn = cairn();
    for pause in 1..=24 {
        let id = format!("n{pause}");
        let ran = run(&cairn, "nap", &id, &json!({ "pause": pause })).arg("--no-wait").run();
        assert!(matches!(ran.code, Some(0 | 3)), "a pause of {pause} ms\n{}", ran.text());
    }
}

#[test]
fn promise_5_an_event_sent_before_the_wait_while_nothing_runs_is_taken_once() {
    let cairn = cairn();
    run(&cairn, "pair", "p1", &json!({ "pause": 200 })).arg("--no-wait").run().ended(3);
    let sent = ping(&cairn, "p1", 1, "m1").run().ended(0).json();
    assert_eq!((&sent["message"], &sent["duplicate"]), (&json!("m1"), &json!(false)));
    let again = ping(&cairn, "p1", 1, "m1").run().ended(0).json();
    assert_eq!(again["duplicate"], json!(true), "the same message twice is one message");

    let ran = cairn.cmd("resume p1").run().ended(0);
    assert_eq!(orders::result(&ran), json!({ "first": 1, "second": null }), "exactly one wait gets it");
    let late = ping(&cairn, "p1", 2, "m2").run();
    assert_eq!(late.code, Some(2), "the instance has ended\n{}", late.text());
    let again = ping(&cairn, "p1", 1, "m1").run().ended(0).json();
    assert_eq!(again["duplicate"], json!(true), "whoever did not hear that it was taken in may ask again");
}

#[test]
fn promise_5_events_sent_while_it_sleeps_come_in_their_order() {
    let cairn = cairn();
    let mut running = run(&cairn, "pair", "p1", &json!({ "pause": 700 })).spawn();
    running.writes("sleep");
    for n in [1, 2] {
        ping(&cairn, "p1", n, &format!("m{n}")).run().ended(0);
    }
    let ran = running.finish().ended(0);
    assert_eq!(orders::result(&ran), json!({ "first": 1, "second": 2 }));
}

#[test]
fn promise_5_an_event_is_kept_for_an_instance_that_is_not_there_yet() {
    let cairn = cairn();
    mistakes::works(&cairn);
    let refused = ping(&cairn, "p1", 1, "m0").run();
    assert_eq!(
        refused.code,
        Some(2),
        "without `--early` a name that nobody has is a mistake\n{}",
        refused.text()
    );
    ping(&cairn, "p1", 7, "m1").arg("--early").run().ended(0);
    let ran = run(&cairn, "pair", "p1", &json!({ "pause": 0 })).run().ended(0);
    assert_eq!(orders::result(&ran), json!({ "first": 7, "second": null }));
}

#[test]
fn promise_5_an_event_that_nobody_took_is_listed() {
    let cairn = cairn();
    run(&cairn, "pair", "p1", &json!({ "pause": 60_000 })).arg("--no-wait").run().ended(3);
    ping(&cairn, "p1", 3, "m1").run().ended(0);
    let inbox = &cairn.show("p1")["inbox"];
    assert_eq!(inbox.as_array().map(Vec::len), Some(1), "{inbox}");
    assert_eq!((&inbox[0]["id"], &inbox[0]["data"]), (&json!("m1"), &json!({ "n": 3 })));
}

#[test]
fn promise_4_an_event_that_was_acknowledged_survives_kill_9() {
    let cairn = cairn();
    let mut running = run(&cairn, "pair", "p1", &json!({ "pause": 1_000 })).spawn();
    running.writes("sleep");
    ping(&cairn, "p1", 5, "m1").run().ended(0);
    assert!(running.kill().killed());

    assert_eq!(cairn.show("p1")["inbox"][0]["id"], "m1");
    let ran = cairn.cmd("resume p1").run().ended(0);
    assert_eq!(orders::result(&ran), json!({ "first": 5, "second": null }));
}

fn run(cairn: &Cairn, program: &str, id: &str, input: &Value) -> Cmd {
    let program = workspace().join(format!("tests/program/{program}.cairn"));
    cairn.cmd("run").arg(program).args(["--id", id]).input(input)
}

fn ping(cairn: &Cairn, id: &str, n: u32, message: &str) -> Cmd {
    let data = json!({ "n": n }).to_string();
    orders::send(cairn, id, "ping", &data).args(["--message-id", message, "--json"])
}

/// When the sleep of `n1` was asked for, or ended.
fn at(cairn: &Cairn, entry: &str) -> u64 {
    let shown = cairn.show("n1");
    let lines = shown["timeline"].as_array().expect("a timeline");
    let line = lines.iter().find(|line| line["entry"] == entry && line["key"] == "sleep");
    line.and_then(|line| line["at"].as_u64()).unwrap_or_else(|| panic!("no {entry} of the sleep: {shown:#}"))
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock behind 1970");
    u64::try_from(since.as_millis()).expect("a clock that fits")
}
