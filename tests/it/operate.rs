//! What operators do to runs, on the real program: each verb in another process than the one that runs, or with nobody running, and
//! recorded with who wanted it and why. That each holds wherever a crash strikes is tried in the host's own tests.

use std::time::{Duration, Instant};

use cairn_tests::{Answer, Cairn, Cmd, Services, workspace};
use serde_json::{Value, json};

use crate::{cairn, orders};

/// Works that print and pack.
fn works() -> Services {
    let services = Services::new();
    services.on("works.print", |_| Answer::Good(json!({ "id": "sheet" })));
    services.on("works.pack", |_| Answer::Good(json!({ "box": "b7" })));
    services
}

fn run(cairn: &Cairn, services: &Services, id: &str) -> Cmd {
    let program = workspace().join("tests/program/parcel.cairn");
    let run = cairn.cmd("run").arg(program).args(["--id", id]).args(services.flags(&["works"]));
    run.input(&json!({ "cents": 5 }))
}

/// So far that it waits for the carrier.
fn packed(cairn: &Cairn, services: &Services, id: &str) {
    run(cairn, services, id).arg("--no-wait").run().ended(3);
}

fn handed_over(cairn: &Cairn, id: &str) {
    cairn.cmd("send").args([id, "handed_over", r#"{"tracking": "T1"}"#]).run().ended(0);
}

fn shipped() -> Value {
    json!({ "box": "b7", "tracking": "T1" })
}

fn state(cairn: &Cairn, id: &str) -> Value {
    cairn.show(id)["instance"]["state"]["is"].clone()
}

/// What `show` says of it, for people.
fn told(cairn: &Cairn, id: &str, wanted: &str) {
    let shown = cairn.cmd("show").arg(id).run().ended(0).text();
    assert!(shown.contains(wanted), "`{wanted}` is not in\n{shown}");
}

/// The idempotency keys that an operation was called with.
fn keys(services: &Services, operation: &str) -> Vec<String> {
    let calls = services.calls().into_iter().filter(|call| call.operation == operation);
    calls.filter_map(|call| call.key).collect()
}

#[test]
fn a_pause_survives_kill_9_and_nothing_goes_out_until_it_goes_on() {
    let (cairn, services) = (cairn(), works());
    services.latency(Duration::from_millis(600));
    let mut first = run(&cairn, &services, "p1").spawn();
    first.until(|| services.count("works.print") == 1);
    let paused = cairn.cmd("pause p1 --by ada --why").arg("the press is hot").run().ended(0);
    assert!(paused.stderr.contains("`p1` is paused"), "{}", paused.text());
    assert!(first.kill().killed());
    services.latency(Duration::ZERO);

    assert_eq!(state(&cairn, "p1"), "paused");
    let resumed = cairn.cmd("resume p1").run().ended(3);
    assert!(resumed.stderr.contains("cairn continue p1"), "{}", resumed.text());
    assert_eq!((services.count("works.print"), services.count("works.pack")), (1, 0));
    told(&cairn, "p1", "pause by ada: the press is hot");

    let on = cairn.cmd("continue p1 --by bob").run().ended(0);
    assert!(on.stderr.contains("cairn resume p1"), "{}", on.text());
    handed_over(&cairn, "p1");
    assert_eq!(orders::result(&cairn.cmd("resume p1").run().ended(0)), shipped());
    assert_eq!(
        keys(&services, "works.print"),
        ["local/p1/sheet"; 2],
        "it was cut off, and is told so by its key"
    );
    told(&cairn, "p1", "continue by bob");
}

#[test]
fn an_attempt_that_is_out_comes_to_its_end_in_a_paused_run() {
    let (cairn, services) = (cairn(), works());
    services.latency(Duration::from_millis(600));
    let mut first = run(&cairn, &services, "p1").spawn();
    first.until(|| services.count("works.print") == 1);
    cairn.cmd("pause p1").run().ended(0);
    let ran = first.finish().ended(3);
    assert!(ran.stderr.contains("paused"), "{}", ran.text());
    assert_eq!(services.count("works.pack"), 0);
    services.latency(Duration::ZERO);
    cairn.cmd("continue p1").run().ended(0);
    cairn.cmd("resume p1 --no-wait").run().ended(3);
    assert_eq!((services.count("works.print"), services.count("works.pack")), (1, 1));
}

#[test]
fn terminating_ends_a_run_at_once_while_a_step_is_out() {
    let (cairn, services) = (cairn(), works());
    services.latency(Duration::from_secs(20));
    let mut first = run(&cairn, &services, "p1").spawn();
    first.until(|| services.count("works.print") == 1);
    let asked = Instant::now();
    cairn.cmd("terminate p1 --by ada --why").arg("it hangs").run().ended(0);
    let ran = first.finish().ended(1);
    assert!(asked.elapsed() < Duration::from_secs(10), "it did not wait for the step");
    assert!(ran.stderr.contains("terminated by ada: it hangs"), "{}", ran.text());
    told(&cairn, "p1", "terminate by ada: it hangs");
    let again = cairn.cmd("pause p1").run();
    assert_eq!(again.code, Some(2), "{}", again.text());
}

#[test]
fn a_failed_run_goes_on_when_the_service_is_mended() {
    let (cairn, services) = (cairn(), works());
    services.on("works.pack", |_| {
        Answer::Status(409, json!({ "error": "down", "message": "no boxes", "since": "noon" }))
    });
    run(&cairn, &services, "p1").run().ended(1);
    services.on("works.pack", |_| Answer::Good(json!({ "box": "b7" })));
    let retried = cairn.cmd("retry p1 --by ada --why").arg("boxes came").run().ended(0);
    assert!(retried.stderr.contains("goes on from `packed`"), "{}", retried.text());
    handed_over(&cairn, "p1");
    assert_eq!(orders::result(&cairn.cmd("resume p1").run().ended(0)), shipped());
    assert_eq!(keys(&services, "works.print"), ["local/p1/sheet"]);
    assert_eq!(keys(&services, "works.pack"), ["local/p1/packed", "local/p1/!0.1/packed"]);
    told(&cairn, "p1", "by ada: boxes came");
    assert_eq!(cairn.cmd("retry p1").run().code, Some(2), "it has not failed");
}

#[test]
fn a_run_goes_on_from_a_key_and_keeps_what_was_before_it() {
    let (cairn, services) = (cairn(), works());
    packed(&cairn, &services, "p1");
    handed_over(&cairn, "p1");
    cairn.cmd("resume p1").run().ended(0);
    services.on("works.pack", |_| Answer::Good(json!({ "box": "b8" })));
    cairn.cmd("restart p1 --from packed --why").arg("the box was too small").run().ended(0);
    let ran = cairn.cmd("resume p1").run().ended(0);
    assert_eq!(orders::result(&ran), json!({ "box": "b8", "tracking": "T1" }), "the event is there again");
    assert_eq!(keys(&services, "works.print"), ["local/p1/sheet"]);
    assert_eq!(keys(&services, "works.pack"), ["local/p1/packed", "local/p1/!0.1/packed"]);
    let lost = cairn.cmd("restart p1 --from pakced").run();
    assert_eq!(lost.code, Some(2));
    assert!(lost.stderr.contains("did you mean `packed`?"), "{}", lost.text());

    cairn.cmd("restart p1").run().ended(0);
    cairn.cmd("resume p1 --no-wait").run().ended(3);
    assert_eq!(keys(&services, "works.print"), ["local/p1/sheet", "local/p1/!1/sheet"]);
}

#[test]
fn what_is_waited_for_is_given_by_hand() {
    let (cairn, services) = (cairn(), works());
    packed(&cairn, &services, "p1");
    let wrong = cairn.cmd("skip p1 packed").run();
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("open are `carrier` (wait handed_over)"), "{}", wrong.text());
    let by_hand = cairn
        .cmd("skip p1 carrier --by ada --why")
        .arg("he rang")
        .args(["--result", r#"{"tracking": "T1"}"#]);
    by_hand.run().ended(0);
    assert_eq!(orders::result(&cairn.cmd("resume p1").run().ended(0)), shipped());
    told(&cairn, "p1", "outcome given by ada: he rang");
}

#[test]
fn what_is_over_is_removed_by_its_age_and_nothing_else() {
    let (cairn, services) = (cairn(), works());
    for id in ["p1", "p2", "p3"] {
        packed(&cairn, &services, id);
    }
    for id in ["p1", "p2"] {
        handed_over(&cairn, id);
        cairn.cmd("resume").arg(id).run().ended(0);
    }
    let none = cairn.cmd("purge --older-than 1h").run().ended(0);
    assert!(none.stderr.contains("no run is meant"), "{}", none.text());
    let would = cairn.cmd("purge --older-than 0s --dry-run").run().ended(0);
    assert!(would.stderr.contains("would purge `p2`"), "{}", would.text());
    let purged = cairn.cmd("purge --older-than 0s --json").run().ended(0).json();
    assert_eq!((&purged["done"], &purged["refused"]), (&json!(2), &json!(0)));
    let left = cairn.cmd("list --json").run().ended(0).json();
    assert_eq!(left["instances"].as_array().map(Vec::len), Some(1), "{left}");
    let refused = cairn.cmd("purge p3").run();
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("`p3` is not over"), "{}", refused.text());
    packed(&cairn, &services, "p1");
}

#[test]
fn many_are_cancelled_at_once_and_one_that_cannot_be_is_in_nobodys_way() {
    let (cairn, services) = (cairn(), works());
    for id in ["p1", "p2", "q1"] {
        packed(&cairn, &services, id);
    }
    let unsaid = cairn.cmd("cancel").run();
    assert_eq!(unsaid.code, Some(2));
    assert!(unsaid.stderr.contains("nobody says which runs to cancel"), "{}", unsaid.text());
    let would = cairn.cmd("cancel --workflow parcel --dry-run").run().ended(0);
    assert!(would.stderr.contains("3 runs; nothing was done"), "{}", would.text());
    let cancelled = cairn.cmd("cancel --workflow parcel --by ada --ids p*").run().ended(0);
    assert!(cancelled.stderr.contains("cancel: 2 runs done"), "{}", cancelled.text());
    let listed = cairn.cmd("list --status failed:cancelled --json").run().ended(0).json();
    let ids: Vec<&Value> =
        listed["instances"].as_array().into_iter().flatten().map(|one| &one["id"]).collect();
    assert_eq!(ids, ["p1", "p2"]);
    assert_eq!(state(&cairn, "q1"), "waiting");
    told(&cairn, "p1", "cancel by ada");

    let some = cairn.cmd("terminate p1 nobody q1").run();
    assert_eq!(some.code, Some(2), "{}", some.text());
    assert!(some.stderr.contains("1 run done, 2 refused"), "{}", some.text());
    assert_eq!(state(&cairn, "q1"), "failed");
}
