//! The order, to each of its ends.

use cairn_tests::Services;
use serde_json::{Value, json};

use crate::{cairn, orders};

#[test]
fn promise_1_a_good_order_is_shipped_and_each_step_runs_once() {
    let (cairn, services) = (cairn(), Services::new());
    let mut running = orders::run(&cairn, &services, "o1").spawn();
    running.writes("parcel_picked_up");
    orders::picked_up(&cairn, "o1").run().ended(0);
    let ran = running.finish().ended(0);

    assert_eq!(orders::result(&ran), orders::shipped());
    assert_eq!(services.distinct(), orders::shipped_keys("o1"));
    assert_eq!(services.calls().len(), 4, "{:?}", services.calls());
    let charge = &services.calls()[2];
    assert_eq!(charge.arguments, json!({ "order_id": "o1", "cents": 2100, "card": "tok" }));
}

#[test]
fn promise_1_a_declined_card_undoes_what_was_done_newest_first() {
    let (cairn, services) = (cairn(), Services::new());
    orders::decline(&services);
    let ran = orders::run(&cairn, &services, "o1").run().ended(1);

    assert!(ran.stderr.contains("card_declined"), "{}", ran.text());
    assert_eq!(services.distinct(), orders::declined_keys("o1"));
    let released = released(&services);
    assert_eq!(released, ["hold-cup", "hold-tea"], "newest first, each once");
    assert_eq!(cairn.show("o1")["instance"]["state"], json!({ "is": "failed", "kind": "card_declined" }));
}

#[test]
fn promise_1_an_order_called_off_by_its_event_undoes_everything() {
    let (cairn, services) = (cairn(), Services::new());
    orders::run(&cairn, &services, "o1").arg("--no-wait").run().ended(3);
    orders::called_off(&cairn, "o1").run().ended(0);
    let ran = cairn.cmd("resume o1").run().ended(0);

    assert_eq!(orders::result(&ran), json!({ "status": "cancelled", "tracking": null }));
    assert_eq!(services.distinct(), orders::undone_keys("o1"));
    assert_eq!(undone(&services), ["payments.refund", "inventory.release", "inventory.release"]);
    assert_eq!(released(&services), ["hold-cup", "hold-tea"]);
}

#[test]
fn promise_1_a_cancelled_order_undoes_everything() {
    let (cairn, services) = (cairn(), Services::new());
    orders::run(&cairn, &services, "o1").arg("--no-wait").run().ended(3);
    cairn.cmd("cancel o1").run();
    let _ended = cairn.cmd("resume o1").run();

    assert_eq!(cairn.show("o1")["instance"]["state"], json!({ "is": "failed", "kind": "cancelled" }));
    assert_eq!(services.distinct(), orders::undone_keys("o1"));
    assert_eq!(undone(&services), ["payments.refund", "inventory.release", "inventory.release"]);
}

#[test]
fn promise_9_an_order_that_nobody_picks_up_ends_by_its_timer() {
    let (cairn, services) = (cairn(), Services::new());
    let input = orders::input_with("o1", 0, 300);
    let ran = orders::run_with(&cairn, &services, "o1", &input).run().ended(1);

    assert!(ran.stderr.contains("no carrier picked the parcel up"), "{}", ran.text());
    assert_eq!(services.distinct(), orders::undone_keys("o1"));
    let shown = cairn.show("o1");
    let at = |entry: &str, key: &str| {
        let lines = shown["timeline"].as_array().expect("a timeline");
        let line = lines.iter().find(|line| line["entry"] == entry && line["key"] == key);
        line.and_then(|line| line["at"].as_u64()).unwrap_or_else(|| panic!("no {entry} of {key}: {shown:#}"))
    };
    let timer = orders::lines(&shown, "ended")
        .into_iter()
        .find(|key| key.ends_with(".timer") || key.ends_with("after"));
    let timer = timer.unwrap_or_else(|| panic!("no timer: {shown:#}"));
    assert!(at("ended", timer) >= at("asked", timer) + 300, "never early");
}

fn released(services: &Services) -> Vec<String> {
    let calls = services.calls().into_iter().filter(|call| call.operation == "inventory.release");
    calls.filter_map(|call| call.arguments["id"].as_str().map(str::to_owned)).collect()
}

fn undone(services: &Services) -> Vec<String> {
    let undo = |operation: &String| ["payments.refund", "inventory.release"].contains(&operation.as_str());
    services.calls().into_iter().map(|call| call.operation).filter(undo).collect()
}

#[test]
fn promise_2_the_same_run_again_gives_the_recorded_result_and_calls_nobody() {
    let (cairn, services) = (cairn(), Services::new());
    orders::decline(&services);
    let first = orders::run(&cairn, &services, "o1").run().ended(1);
    let calls = services.calls().len();
    let again = orders::run(&cairn, &services, "o1").run().ended(1);

    assert_eq!(services.calls().len(), calls, "nothing runs twice");
    let kind = |ran: &cairn_tests::Ran| ran.stderr.contains("card_declined");
    assert!(kind(&first) && kind(&again), "{}\n{}", first.text(), again.text());
    assert_ne!(cairn.show("o1")["outcome"], Value::Null);
}
