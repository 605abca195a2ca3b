//! What is known about the written programs: their inputs, the events that they wait for, and what their tools answer.

use cairn_host::Missed;
use serde_json::{Value, json};

use super::{Reply, nothing};

pub(super) const TEXT: &str = include_str!("../../programs/constructs.cairn");

/// A program of `programs/`.
#[derive(Debug)]
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    pub(crate) nature: Nature,
    pub(crate) input: fn(u64) -> Value,
    pub(crate) events: fn(u64) -> Vec<(&'static str, Value)>,
}

/// What is to be known of a program's runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    /// What they come to is determined by their input.
    Exact,
    /// It depends on what is cut off.
    Loose,
    /// They are named by their key: who is first depends on the schedule.
    Keyed,
    /// They start by themselves, at the moments of [`crate::eye::moments`].
    Timed(Missed),
}

/// Variants of each input.
pub(crate) const VARIANTS: u64 = 5;

const fn of(name: &'static str, input: fn(u64) -> Value) -> Spec {
    Spec { name, nature: Nature::Exact, input, events: |_| Vec::new() }
}

const fn loose(name: &'static str) -> Spec {
    Spec { nature: Nature::Loose, ..of(name, n) }
}

const fn timed(name: &'static str, missed: Missed) -> Spec {
    Spec { nature: Nature::Timed(missed), ..of(name, |_| nothing()) }
}

const fn hearing(
    name: &'static str,
    input: fn(u64) -> Value,
    events: fn(u64) -> Vec<(&'static str, Value)>,
) -> Spec {
    Spec { name, nature: Nature::Exact, input, events }
}

const fn keyed(name: &'static str) -> Spec {
    Spec {
        name,
        nature: Nature::Keyed,
        input: |v| json!({ "k": format!("k{}", v % 2), "n": v }),
        events: |_| Vec::new(),
    }
}

fn n(variant: u64) -> Value {
    json!({ "n": variant })
}

fn pings(count: u64, from: &str) -> Vec<(&'static str, Value)> {
    (0..count).map(|n| ("ping", json!({ "n": n, "from": from }))).collect()
}

/// All of them.
pub(crate) const SPECS: [Spec; 29] = [
    of("steps", n),
    of("undone", n),
    of("beside", n),
    of("racing", n),
    of("first_two", |v| json!({ "hours": [v + 3, 1, v + 9, 2] })),
    hearing(
        "hears",
        |v| json!({ "n": v, "from": "ada" }),
        |v| {
            let mut all = pings(v, "ada");
            all.extend(pings(2, "bob"));
            all
        },
    ),
    hearing("hears_all", |v| json!({ "n": v + 2 }), |v| pings(v + 2, "all")),
    of("asks", n),
    of("locked", n),
    of("child", n),
    of("parent", n),
    of("lets_go", n),
    hearing("weeks", |_| nothing(), |_| pings(4, "week")),
    of("tells", n),
    of("sleeps", n),
    of("bounded", n),
    of("in_time", |v| json!({ "n": v % 3 })),
    of("again", n),
    of("late", n),
    of("back", n),
    of("unsure", n),
    loose("careful"),
    timed("every", Missed::All),
    timed("newest", Missed::Once),
    timed("punctual", Missed::Skip),
    keyed("queued"),
    keyed("joined"),
    keyed("replaced"),
    keyed("rejected"),
];

/// What the tool `w` answers: the same whenever it is asked the same, the same number of times.
pub(super) fn answers(operation: &str, arguments: &Value, attempt: u32) -> Reply {
    let n = arguments.get("n").and_then(Value::as_i64).unwrap_or(0);
    let part = arguments.get("part").and_then(Value::as_str).unwrap_or("");
    let fails =
        |kind: &str, detail: Value| Reply::Fails { kind: kind.to_owned(), message: "no".to_owned(), detail };
    match operation {
        "w.make" if n % 11 == 10 => fails("broken", json!({ "n": n })),
        "w.make" => Reply::Gives(json!((n * 7 + part.len() as i64).rem_euclid(97))),
        "w.flaky" if i64::from(attempt) <= n.rem_euclid(4) => match n.rem_euclid(3) {
            0 => fails("broken", json!({ "n": n })),
            _ => fails("network", Value::Null),
        },
        "w.flaky" => Reply::Gives(json!(n + 1)),
        "w.hang" if n % 3 == 2 || (n % 3 == 1 && attempt == 1) => Reply::Hangs,
        "w.hang" => Reply::Gives(json!(n)),
        "w.pay" | "w.wire" | "w.recall" if n % 4 == 2 && attempt == 1 => Reply::Hangs,
        "w.pay" | "w.wire" if n % 4 == 1 && attempt == 1 => fails("network", Value::Null),
        "w.pay" | "w.wire" => Reply::Gives(json!(n * 3 + 1)),
        "w.unmake" if n % 7 == 4 => fails("tool_failed", Value::Null),
        _ => Reply::Gives(Value::Null),
    }
}
