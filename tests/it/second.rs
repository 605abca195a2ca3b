//! While one terminal runs and waits, another asks.

use cairn_tests::Services;
use serde_json::json;

use crate::{cairn, orders};

#[test]
fn a_second_terminal_reaches_what_the_first_one_runs() {
    let (cairn, services) = (cairn(), Services::new());
    let mut first = orders::run(&cairn, &services, "o1").spawn();
    first.writes("parcel_picked_up");

    let listed = cairn.cmd("list --json").run().ended(0);
    assert!(listed.stdout.contains("\"o1\""), "{}", listed.text());
    assert_eq!(cairn.show("o1")["instance"]["state"]["is"], "waiting");
    let logs = cairn.cmd("logs o1").run().ended(0);
    assert!(logs.stdout.contains("order o1"), "{}", logs.text());

    orders::picked_up(&cairn, "o1").run().ended(0);
    let ran = first.finish().ended(0);
    assert_eq!(orders::result(&ran), orders::shipped());
    assert!(!cairn.data().join("socket").exists(), "who ends well leaves no socket behind");
}

#[test]
fn a_second_terminal_cancels_what_the_first_one_runs() {
    let (cairn, services) = (cairn(), Services::new());
    let mut first = orders::run(&cairn, &services, "o1").spawn();
    first.writes("parcel_picked_up");
    cairn.cmd("cancel o1").run().ended(0);

    let ran = first.finish().ended(1);
    assert!(ran.stderr.contains("cancelled"), "{}", ran.text());
    assert_eq!(services.distinct(), orders::undone_keys("o1"));
}

#[test]
fn a_socket_and_a_lock_that_a_killed_process_left_are_in_nobodys_way() {
    let (cairn, services) = (cairn(), Services::new());
    let mut first = orders::run(&cairn, &services, "o1").spawn();
    first.writes("parcel_picked_up");
    assert!(first.kill().killed());
    assert!(cairn.data().join("socket").exists(), "it was killed before it could take its socket away");

    let listed = cairn.cmd("list --json").run().ended(0);
    assert!(listed.stdout.contains("\"o1\""), "{}", listed.text());
    orders::picked_up(&cairn, "o1").run().ended(0);
    let ran = cairn.cmd("resume o1").run().ended(0);
    assert_eq!(orders::result(&ran), orders::shipped());
}

#[test]
fn interrupted_it_says_how_to_go_on_and_does() {
    let (cairn, services) = (cairn(), Services::new());
    let mut first = orders::run(&cairn, &services, "o1").spawn();
    first.writes("parcel_picked_up");
    let ran = first.interrupt();
    assert!(ran.stderr.contains("cairn resume o1"), "{}", ran.text());
    assert_eq!(cairn.show("o1")["instance"]["state"]["is"], json!("waiting"));
}
