//! The order program, the services that it calls, and what it asks of them.

use std::collections::{BTreeMap, BTreeSet};

use cairn_tests::{Answer, Cairn, Cmd, Ran, Services, workspace};
use serde_json::{Value, json};

/// What it calls by.
pub(crate) const TOOLS: [&str; 3] = ["inventory", "payments", "mail"];

/// Two items, for `id`.
pub(crate) fn input(id: &str) -> Value {
    json!({ "order": {
        "id": id, "email": "a@b.example", "card": "tok",
        "items": [{ "sku": "tea", "qty": 2, "cents": 450 }, { "sku": "cup", "qty": 1, "cents": 1200 }],
    } })
}

/// [`input`] that pauses and waits at most so many milliseconds.
pub(crate) fn input_with(id: &str, pause: u64, patience: u64) -> Value {
    let mut input = input(id);
    input["pause"] = pause.into();
    input["patience"] = patience.into();
    input
}

/// Runs the order.
pub(crate) fn run(cairn: &Cairn, services: &Services, id: &str) -> Cmd {
    run_with(cairn, services, id, &input(id))
}

/// [`run`] with a pause that unloads it.
pub(crate) fn run_with_pause(cairn: &Cairn, services: &Services, id: &str) -> Cmd {
    run_with(cairn, services, id, &input_with(id, 20, 14 * DAY))
}

/// In milliseconds.
pub(crate) const DAY: u64 = 24 * 60 * 60 * 1000;

/// Runs the order with this input.
pub(crate) fn run_with(cairn: &Cairn, services: &Services, id: &str, input: &Value) -> Cmd {
    let program = workspace().join("tests/program/order.cairn");
    cairn.cmd("run").arg(program).args(["--id", id]).args(services.flags(&TOOLS)).input(input)
}

/// The carrier's event, under a message id that the order's id gives.
pub(crate) fn picked_up(cairn: &Cairn, id: &str) -> Cmd {
    let data = json!({ "order_id": id, "tracking": "TRACK" }).to_string();
    send(cairn, id, "parcel_picked_up", &data).args(["--message-id", &format!("{id}-picked-up")])
}

/// The customer's event.
pub(crate) fn called_off(cairn: &Cairn, id: &str) -> Cmd {
    let data = json!({ "order_id": id, "reason": "second thoughts" }).to_string();
    send(cairn, id, "order_cancelled", &data).args(["--message-id", &format!("{id}-cancelled")])
}

/// Any event.
pub(crate) fn send(cairn: &Cairn, id: &str, event: &str, data: &str) -> Cmd {
    cairn.cmd("send").args([id, event, data])
}

/// The card is declined from now on.
pub(crate) fn decline(services: &Services) {
    services.on("payments.charge", |_| {
        Answer::Status(402, json!({ "error": "card_declined", "message": "not today", "code": "51" }))
    });
}

/// The idempotency keys that an order uses, by operation, for these journal keys.
pub(crate) fn keys(id: &str, of: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
    let key = |key: &&str| format!("local/{id}/{key}");
    of.iter().map(|(operation, keys)| ((*operation).to_owned(), keys.iter().map(key).collect())).collect()
}

/// What a shipped order asks of its services.
pub(crate) fn shipped_keys(id: &str) -> BTreeMap<String, BTreeSet<String>> {
    keys(
        id,
        &[
            ("inventory.reserve", &["item[tea]/hold", "item[cup]/hold"]),
            ("payments.charge", &["charge"]),
            ("mail.send", &["mail.send"]),
        ],
    )
}

/// What an order that was charged and then undone asks of them.
pub(crate) fn undone_keys(id: &str) -> BTreeMap<String, BTreeSet<String>> {
    keys(
        id,
        &[
            ("inventory.reserve", &["item[tea]/hold", "item[cup]/hold"]),
            ("inventory.release", &["item[tea]/hold.undo", "item[cup]/hold.undo"]),
            ("payments.charge", &["charge"]),
            ("payments.refund", &["charge.undo"]),
        ],
    )
}

/// What an order whose card is declined asks of them.
pub(crate) fn declined_keys(id: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = undone_keys(id);
    keys.remove("payments.refund");
    keys
}

/// Keys of a timeline's lines of this kind (`asked`, `ended` …).
pub(crate) fn lines<'a>(shown: &'a Value, entry: &str) -> BTreeSet<&'a str> {
    let lines = shown["timeline"].as_array().expect("a timeline").iter();
    lines.filter(|line| line["entry"] == entry).filter_map(|line| line["key"].as_str()).collect()
}

/// The result that it printed.
#[track_caller]
pub(crate) fn result(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("no JSON on stdout: {e}\n{}", ran.text()))
}

/// What a shipped order gives.
pub(crate) fn shipped() -> Value {
    json!({ "status": "shipped", "tracking": "TRACK" })
}
