//! What generated programs meet.

use serde_json::{Value as Json, json};

use crate::{
    Random,
    eval::{Event, Failure},
};

/// What the tool `t` answers: the same whenever it is asked the same.
///
/// # Errors
/// Declared and passing failures, by the arguments.
pub fn answers(operation: &str, arguments: &Json, attempt: u32) -> Result<Json, Failure> {
    let number = |name: &str| arguments.get(name).and_then(Json::as_i64).unwrap_or(0);
    let text = |name: &str| arguments.get(name).and_then(Json::as_str).unwrap_or("").to_owned();
    match operation {
        "t.num" => Ok(json!(number("a").wrapping_mul(31).wrapping_add(number("b")).rem_euclid(1_000))),
        "t.text" => Ok(json!(format!("{}!", text("s").chars().take(40).collect::<String>()))),
        "t.rec" => {
            let n = number("x").rem_euclid(20);
            if n == 13 {
                return Err(declined("rec", n));
            }
            let tags: Vec<String> = (0..n % 4).map(|tag| format!("tag{tag}")).collect();
            let mut answer = json!({ "id": format!("id-{n}"), "n": n, "tags": tags });
            if n % 3 == 0 {
                answer["maybe"] = json!(n * 2);
            }
            Ok(answer)
        }
        "t.flaky" => flaky(number("n").rem_euclid(9), attempt),
        "t.lost" => lost(number("n").rem_euclid(6), attempt),
        "t.back" if text("id").len() % 7 == 5 => Err(Failure::new("tool_failed", "it cannot be undone")),
        _ => Ok(Json::Null),
    }
}

fn flaky(n: i64, attempt: u32) -> Result<Json, Failure> {
    match n {
        0 => Err(declined("flaky", n)),
        1 => Err(Failure::new("gone", "it is gone")),
        2 if attempt < 2 => Err(Failure::new("network", "no connection")),
        3 => Err(Failure::new("timeout", "no answer")),
        4 if attempt < 3 => Err(declined("at first", n)),
        _ => Ok(json!({ "ok": n % 2 == 0 })),
    }
}

/// `unclear`: no answer came, and it may have been done.
fn lost(n: i64, attempt: u32) -> Result<Json, Failure> {
    match n {
        0 => Err(Failure::new("unclear", "the connection was lost")),
        1 if attempt < 2 => Err(Failure::new("unclear", "the connection was lost")),
        2 => Err(Failure::new("gone", "it is gone")),
        3 if attempt < 2 => Err(Failure::new("network", "no connection")),
        _ => Ok(json!({ "ok": n % 2 == 0 })),
    }
}

fn declined(code: &str, n: i64) -> Failure {
    Failure {
        kind: "declined".to_owned(),
        message: "declined".to_owned(),
        detail: json!({ "code": code, "n": n }),
    }
}

/// The input of a run; the same for the same seed.
#[must_use]
pub fn input(seed: u64) -> Json {
    let mut random = Random::seeded(seed ^ 0x5eed);
    let xs: Vec<i64> = (0..random.below(6)).map(|_| *random.of(&[0, 1, 2, 3, 5, 8, -4, i64::MAX])).collect();
    let opt = if random.once_in(2) { json!("given") } else { Json::Null };
    let mut rec = json!({ "a": random.below(30), "c": ["x", "y/z", ""] });
    if random.once_in(2) {
        rec["b"] = json!("b");
    }
    json!({
        "n": *random.of(&[0, 1, 2, 3, 4, 5, 9, -7, 1_000_000]),
        "xs": xs,
        "s": *random.of(&["", "plain", "a,b c", "é/%[]", "12"]),
        "flag": random.once_in(2),
        "rec": rec,
        "opt": opt,
        "d": *random.of(&[0, 10, 60_000, 86_400_000]),
    })
}

/// Events that were sent before the run began.
#[must_use]
pub fn events(seed: u64) -> Vec<Event> {
    let mut random = Random::seeded(seed ^ 0xe4e7);
    let ping =
        |random: &mut Random| json!({ "n": random.below(5), "text": *random.of(&["one", "three", ""]) });
    (0..random.below(4)).map(|_| Event { name: "ping".to_owned(), data: ping(&mut random) }).collect()
}
