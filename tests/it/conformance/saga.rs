//! A run that is killed comes to the same, wherever that was.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Behaviour, behaviour, guest::Guest};
use crate::orders;

pub(super) const TABLE: &[Behaviour] =
    &[behaviour("killed at each write of the journal, it comes to the same", "saga", killed_everywhere)];

/// More writes than it has.
const WRITES: u32 = 60;

fn killed_everywhere(guest: &Guest) {
    for n in 1..WRITES {
        let run = guest.again(&n.to_string());
        let killed = run.start(&json!({})).arg("--no-wait").crash("journal:after-write", n).run().killed();
        comes_to_the_same(&run, n);
        if !killed {
            assert!(n > 5, "it was killed {n} times only");
            return;
        }
    }
    panic!("it writes more often than {WRITES} times");
}

fn comes_to_the_same(run: &Guest, n: u32) {
    if run.cmd("show").arg(&run.id).run().code != Some(0) {
        run.waits(&json!({}));
    }
    orders::send(&run.language.cairn, &run.id, "go", r#"{"w":1}"#).run().ended(0);
    let body: Value = if run.language.name == "cairn" { Value::Null } else { json!(1) };
    let expected = json!({ "a": { "held": "a" }, "body": body, "b": { "held": "b" }, "go": { "w": 1 } });
    assert_eq!(run.goes_on(), expected, "killed at write {n}");
    let keys: BTreeSet<_> = run.services.calls().into_iter().filter_map(|call| call.key).collect();
    assert_eq!(keys, ["a", "b"].map(|key| run.key(key)).into(), "killed at write {n}");
    assert!(run.services.calls().len() <= 3, "killed once at write {n}, one call at most is made again");
}
