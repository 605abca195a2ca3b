//! What goes in and what comes out.

use serde_json::{Value, json};

use super::{Behaviour, behaviour, guest::Guest};

pub(super) const TABLE: &[Behaviour] = &[
    behaviour("a value of any shape comes back as it went in", "echo", shapes),
    behaviour("texts are Unicode, whatever their length", "echo", texts),
    behaviour("a failure has its kind, message and detail", "fail", failure)
        .except(&[("cairn", "the message of its failures is the kind's")]),
    behaviour("a failure of the language's own ends the run as `trapped` and says why", "crash", crash)
        .except(&[("cairn", "nothing of it crashes")]),
    behaviour("it knows who it is", "who", who).except(&[("cairn", "it cannot ask")]),
];

fn shapes(guest: &Guest) {
    let value = json!({
        "numbers": [0, -1, 9_007_199_254_740_991_i64, 0.5, -1e-3], "truth": [true, false, null],
        "nested": { "empty": {}, "none": [], "deep": [[[1]]] }, "text": "",
    });
    assert_eq!(guest.gives(&json!({ "value": value })), value);
}

fn texts(guest: &Guest) {
    let value = json!(["ä€😀\u{0}\u{7f}\u{2028}\\\"\n", "a".repeat(100_000)]);
    assert_eq!(guest.gives(&json!({ "value": value })), value);
}

fn failure(guest: &Guest) {
    let ran = guest.fails(&json!({}), "refused");
    let text = ran.text();
    assert!(text.contains("refused: as asked") && text.contains("\"code\": 7"), "{text}");
}

fn crash(guest: &Guest) {
    guest.fails(&json!({}), "trapped");
    assert!(guest.log().contains("as the input said"), "{}", guest.log());
}

fn who(guest: &Guest) {
    let who = guest.gives(&json!({}));
    assert_eq!(who["instance"], Value::from(guest.id.clone()));
    assert!(who["workflow"].as_str().is_some_and(|name| !name.is_empty()), "{who}");
}
