//! Steps whose body is the code's own.

use serde_json::json;

use super::{Behaviour, behaviour, guest::Guest};

const NO_BODIES: &[(&str, &str)] = &[("cairn", "its steps are calls")];

pub(super) const TABLE: &[Behaviour] = &[
    behaviour("the body of a recorded step does not run again", "step", once).except(NO_BODIES),
    behaviour("a crash behind the body makes the same attempt again", "step_retry", crash).except(NO_BODIES),
    behaviour("a body that fails is tried again, with one idempotency key", "step_retry", retried)
        .except(NO_BODIES),
    behaviour("a body's failure can be caught", "step_failed", failed).except(NO_BODIES),
    behaviour("a body that computes for ever is stopped and tried again", "step_slow", slow)
        .except(NO_BODIES),
    behaviour("a step within a step is refused by name", "step_nested", nested).except(NO_BODIES),
    behaviour("a call within a step is refused by name", "call_in_step", call).except(NO_BODIES),
];

fn once(guest: &Guest) {
    assert_eq!(guest.gives_when_replayed(&json!({})), json!({ "n": 1 }));
    assert_eq!(guest.logged("body ran"), 1, "{}", guest.log());
}

fn third(guest: &Guest) -> serde_json::Value {
    json!({ "attempt": 3, "key": guest.key("shaky") })
}

fn retried(guest: &Guest) {
    assert_eq!(guest.gives_when_replayed(&json!({})), third(guest));
    for attempt in 1..=3 {
        assert_eq!(guest.logged(&format!("attempt {attempt}")), 1, "{}", guest.log());
    }
}

fn crash(guest: &Guest) {
    let ran = guest.start(&json!({})).arg("--no-wait").crash("end:before-commit", 1).run();
    assert!(ran.killed(), "{}", ran.text());
    guest.resume().arg("--no-wait").run().ended(3);
    guest.go(&json!({}));
    assert_eq!(guest.goes_on(), third(guest));
}

fn failed(guest: &Guest) {
    assert_eq!(guest.gives(&json!({})), json!("gone"));
}

fn slow(guest: &Guest) {
    assert_eq!(guest.gives(&json!({})), json!({ "attempt": 2 }));
}

fn nested(guest: &Guest) {
    let text = guest.fails(&json!({}), "trapped").text();
    assert!(text.contains("within the body of its step `outer`"), "{text}");
}

fn call(guest: &Guest) {
    let text = guest.fails(&json!({}), "trapped").text();
    assert!(text.contains("within the body of its step `outer`"), "{text}");
    assert_eq!(guest.called(), Vec::<String>::new());
}
