//! Calls of tools.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use cairn_tests::Answer;
use serde_json::json;

use super::{Behaviour, behaviour, guest::Guest};

pub(super) const TABLE: &[Behaviour] = &[
    behaviour("a call gives the tool's result, under the key that it was given", "call", result),
    behaviour("what a tool refuses is a failure that can be caught", "call_failed", caught),
    behaviour("a failure that nobody catches ends the run", "call_uncaught", uncaught),
    behaviour("what may be worth it is tried again, with one idempotency key", "call_retry", retried),
    behaviour("what is not worth it is not tried again", "call_not_retried", not_retried),
    behaviour("a call that takes too long fails with `timeout`", "call_timeout", timeout),
    behaviour("several calls are out at once, their results in the order asked for", "together", together),
    behaviour("the first of several is the same on replay, and the other is given up", "first", first),
];

fn result(guest: &Guest) {
    assert_eq!(guest.gives(&json!({ "text": "hé" })), json!("hé"));
    let keys: Vec<_> = guest.services.calls().into_iter().map(|call| (call.operation, call.key)).collect();
    let key = if guest.is_cairn() { "called" } else { "call" };
    assert_eq!(keys, [("t.echo".to_owned(), Some(guest.key(key)))]);
}

fn caught(guest: &Guest) {
    let failure = guest.gives(&json!({}));
    let kind = &failure["kind"];
    // Who declares no kinds gets that of the status.
    assert!(*kind == json!("no_carrier") || *kind == json!("http_4xx"), "{failure}");
    assert!(failure["message"].as_str().is_some_and(|said| said.contains("not today")), "{failure}");
    assert!(failure["detail"].to_string().contains('5'), "{failure}");
}

fn uncaught(guest: &Guest) {
    let text = guest.start(&json!({})).run().ended(1).text();
    assert!(text.contains("not today"), "{text}");
}

fn retried(guest: &Guest) {
    guest.services.on("t.shaky", |asked| match asked.before {
        2 => Answer::Good(json!("at last")),
        _ => Answer::Status(503, json!({ "message": "later" })),
    });
    assert_eq!(guest.gives(&json!({})), json!("at last"));
    let keys: Vec<_> = guest.services.calls().into_iter().filter_map(|call| call.key).collect();
    assert_eq!(keys, [guest.key("shaky"), guest.key("shaky"), guest.key("shaky")]);
}

fn not_retried(guest: &Guest) {
    let kind = guest.gives(&json!({}));
    assert!(kind == json!("no_carrier") || kind == json!("http_4xx"), "{kind}");
    assert_eq!(guest.called(), ["t.refuse"]);
}

fn timeout(guest: &Guest) {
    assert_eq!(guest.gives(&json!({})), json!("timeout"));
}

fn together(guest: &Guest) {
    let (out, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    guest.services.on("t.slowly", move |asked| {
        most.fetch_max(out.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        // The first is the last to be done.
        let pause = if asked.arguments["text"] == json!("a") { 600 } else { 300 };
        thread::sleep(Duration::from_millis(pause));
        out.fetch_sub(1, Ordering::SeqCst);
        Answer::Good(json!(format!("{}!", asked.arguments["text"].as_str().unwrap_or_default())))
    });
    assert_eq!(guest.gives(&json!({ "texts": ["a", "b", "c"] })), json!(["a!", "b!", "c!"]));
    assert_eq!(seen.load(Ordering::SeqCst), 3, "all three were out at once");
    let mut keys: Vec<_> = guest.services.calls().into_iter().filter_map(|call| call.key).collect();
    keys.sort();
    let named = match guest.is_cairn() {
        true => ["all/item[0]/slowly", "all/item[1]/slowly", "all/item[2]/slowly"],
        false => ["item[a]", "item[b]", "item[c]"],
    };
    assert_eq!(keys, named.map(|key| guest.key(key)));
}

fn first(guest: &Guest) {
    // The quick one answers when the slow one is out: given up before, it would never have been asked.
    let out = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&out);
    guest.services.on("t.slow", move |_| {
        out.fetch_add(1, Ordering::SeqCst);
        thread::sleep(Duration::from_secs(20));
        Answer::Good(json!("at last"))
    });
    guest.services.on("t.echo", move |asked| {
        let begun = Instant::now();
        while seen.load(Ordering::SeqCst) == 0 && begun.elapsed() < Duration::from_secs(10) {
            thread::sleep(Duration::from_millis(1));
        }
        Answer::Good(asked.arguments["text"].clone())
    });
    let won = guest.gives_when_replayed(&json!({}));
    assert_eq!(won, json!({ "index": 1, "result": "b" }));
    assert_eq!(guest.services.count("t.slow"), 1, "it is not asked again when the run goes on");
}
