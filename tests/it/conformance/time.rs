//! Sleeping, clocks and chance.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{Behaviour, behaviour, guest::Guest};

const NO_IDS: &str = "its library makes no ids; chance is tried above";
const NO_CLOCK: &str = "it has no clock that it could read; `now()` is recorded";

pub(super) const TABLE: &[Behaviour] = &[
    behaviour("a sleep is never too short", "sleep", sleep),
    behaviour("the language's own sleep is a durable one", "sleep_native", native).except(&[
        ("cairn", "it has one sleep"),
        ("js", "it has none"),
        ("ts", "it has none"),
    ]),
    behaviour("a sleep until a moment ends behind it", "sleep_until", until),
    behaviour("clocks stand still while it computes, and are the same on replay", "time", clocks)
        .except(&[("cairn", NO_CLOCK)]),
    behaviour("the recorded time is the same on replay", "now", now),
    behaviour("chance is the same on replay", "random", chance),
    behaviour("chance is another one in another run", "random", other_chance),
    behaviour(
        "an id of the language's own is the same on replay, and another one in another run",
        "ids",
        ids,
    )
    .except(&[
        ("cairn", "it has no chance of its own"),
        ("rust", NO_IDS),
        ("c", NO_IDS),
        ("zig", NO_IDS),
        ("go", NO_IDS),
    ]),
    behaviour("the order of a set is the same on replay", "order", order).except(&[
        ("cairn", "it has no sets"),
        ("c", "it has no sets"),
        ("zig", "its hashes have no seed"),
        ("go", "each walk through a map draws where it begins, and chance is tried above"),
    ]),
];

fn number(value: &Value) -> u64 {
    value.as_f64().map_or(0, |number| number as u64)
}

fn since_epoch() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    u64::try_from(now.as_millis()).expect("it is before the year 500 million")
}

fn sleep(guest: &Guest) {
    let slept = guest.gives(&json!({ "ms": 120 }));
    assert!((120..60_000).contains(&number(&slept)), "{slept}");
}

fn native(guest: &Guest) {
    sleep(guest);
    let shown = guest.language.cairn.show(&guest.id)["timeline"].to_string();
    assert!(shown.contains("\"sleep\""), "the journal knows of no sleep: {shown}");
}

fn until(guest: &Guest) {
    let at = since_epoch() + 150;
    let then = guest.gives(&json!({ "at": at }));
    assert!(number(&then) >= at, "{then} is before {at}");
}

fn clocks(guest: &Guest) {
    let began = since_epoch();
    let seen = guest.gives_when_replayed(&json!({}));
    assert_eq!(seen["frozen"], json!(true));
    let wall = number(&seen["wall"]);
    assert!((began..=since_epoch()).contains(&wall), "{wall} is no moment of this run");
    assert_eq!(guest.logged(&format!("wall {wall}")), 1, "it was another time at first: {}", guest.log());
}

fn now(guest: &Guest) {
    let now = guest.gives_when_replayed(&json!({}));
    let printed = now.as_str().map_or_else(|| number(&now).to_string(), str::to_owned);
    assert_eq!(guest.logged(&format!("now {printed}")), 1, "{now}: {}", guest.log());
}

fn ids(guest: &Guest) {
    let ids = [guest.again("a"), guest.again("b")].map(|guest| {
        let id = guest.gives_when_replayed(&json!({}));
        let id = id.as_str().expect("a text").to_owned();
        assert_eq!(guest.logged(&id), 1, "it was another at first: {id}\n{}", guest.log());
        id
    });
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[0].len(), 36, "{ids:?}");
}

fn order(guest: &Guest) {
    let order = guest.gives_when_replayed(&json!({}));
    let order = order.as_str().expect("a text");
    assert_eq!(guest.logged(order), 1, "it was another at first: {order}\n{}", guest.log());
    let mut texts: Vec<char> = order.chars().collect();
    texts.sort_unstable();
    assert_eq!(texts, ('a'..='j').collect::<Vec<_>>());
}

fn chance(guest: &Guest) {
    let drawn = guest.gives_when_replayed(&json!({}));
    let drawn = drawn.as_str().expect("a text");
    assert_eq!(guest.logged(drawn), 1, "it drew others at first: {drawn}\n{}", guest.log());
    let (one, two) = drawn.split_once(' ').expect("two draws");
    assert_ne!(one, two);
}

fn other_chance(guest: &Guest) {
    let drawn = [guest.again("a"), guest.again("b")].map(|guest| guest.gives_when_replayed(&json!({})));
    assert_ne!(drawn[0], drawn[1]);
}
