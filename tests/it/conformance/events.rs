//! Events and people.

use serde_json::json;

use super::{Behaviour, behaviour, guest::Guest};
use crate::orders;

pub(super) const TABLE: &[Behaviour] = &[
    behaviour("an event that comes while it waits is taken", "event", late),
    behaviour("an event that came before anybody waited is taken", "event", early),
    behaviour("an event that is sent twice under one id counts once", "two_events", twice),
    behaviour("events are taken in the order in which they came", "two_events", in_order),
    behaviour("an event whose fields differ is left alone", "event_where", correlated),
    behaviour("a wait can be given up after a while", "event_timeout", too_late),
    behaviour("an event in time wins over the patience", "event_timeout", in_time),
    behaviour("a person is asked and answers", "ask", ask),
    behaviour("an event can be sent to a run", "emit", emit),
];

fn late(guest: &Guest) {
    guest.waits(&json!({}));
    guest.go(&json!({ "word": "yes" }));
    assert_eq!(guest.goes_on(), json!({ "word": "yes" }));
}

fn early(guest: &Guest) {
    // It is stopped before any of its code ran.
    let ran = guest.start(&json!({})).crash("start:after-commit", 1).run();
    assert!(ran.killed(), "{}", ran.text());
    guest.go(&json!({ "word": "early" }));
    assert_eq!(guest.goes_on(), json!({ "word": "early" }));
}

fn send(guest: &Guest, n: u32, message: &str) {
    orders::send(&guest.language.cairn, &guest.id, "go", &json!({ "n": n }).to_string())
        .args(["--message-id", message])
        .run()
        .ended(0);
}

fn twice(guest: &Guest) {
    guest.waits(&json!({}));
    send(guest, 1, "m1");
    send(guest, 1, "m1");
    guest.resume().arg("--no-wait").run().ended(3);
    send(guest, 1, "m1");
    send(guest, 2, "m2");
    assert_eq!(guest.goes_on(), json!([1, 2]));
}

fn in_order(guest: &Guest) {
    guest.waits(&json!({}));
    send(guest, 7, "b");
    send(guest, 3, "a");
    assert_eq!(guest.goes_on(), json!([7, 3]));
}

fn correlated(guest: &Guest) {
    guest.waits(&json!({ "id": "mine" }));
    guest.go(&json!({ "id": "other" }));
    guest.resume().arg("--no-wait").run().ended(3);
    guest.go(&json!({ "id": "mine", "n": 1 }));
    assert_eq!(guest.goes_on(), json!({ "id": "mine", "n": 1 }));
}

fn too_late(guest: &Guest) {
    assert_eq!(guest.gives(&json!({ "ms": 60 })), json!("late"));
}

fn in_time(guest: &Guest) {
    guest.waits(&json!({ "ms": 3_600_000 }));
    guest.go(&json!({}));
    assert_eq!(guest.goes_on(), json!("came"));
}

fn ask(guest: &Guest) {
    guest.waits(&json!({}));
    let key = if guest.is_cairn() { "answer" } else { "ask" };
    guest.cmd("answer").args([guest.id.as_str(), key, "no", "--by", "eve"]).run().ended(0);
    assert_eq!(guest.goes_on(), json!({ "choice": "no", "by": "eve" }));
}

fn emit(guest: &Guest) {
    // Cairn code does not know who it is.
    assert_eq!(guest.gives(&json!({ "id": guest.id })), json!({ "n": 1 }));
}
