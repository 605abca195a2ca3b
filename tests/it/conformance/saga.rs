//! A run that is killed comes to the same, wherever that was.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Behaviour, behaviour, guest::Guest};

pub(super) const TABLE: &[Behaviour] =
    &[behaviour("killed around each entry of the journal, it comes to the same", "saga", killed_everywhere)];

/// Around the recording of requests and of outcomes, and behind an effect.
const POINTS: [&str; 5] =
    ["ask:before-commit", "ask:after-commit", "effect:after", "end:before-commit", "end:after-commit"];
/// It passes none of them as often.
const OFTEN: u32 = 20;

fn killed_everywhere(guest: &Guest) {
    let mut kills = 0;
    for (place, point) in POINTS.into_iter().enumerate() {
        for n in 1..=OFTEN {
            let run = guest.again(&format!("{place}-{n}"));
            // It is there before the run is, which so goes to its end in one go.
            run.goes_early(&json!({ "w": 1 }));
            let killed = run.start(&json!({})).crash(point, n).run().killed();
            comes_to_the_same(&run, killed, &format!("{point}:{n}"));
            if !killed {
                break;
            }
            assert!(n < OFTEN, "it passes {point} more often than {OFTEN} times");
            kills += 1;
        }
    }
    // Four requests and as many outcomes, before and after each, and the two effects; what is asked for at once may be in one commit.
    assert!(kills >= 10, "it was killed {kills} times only");
}

fn comes_to_the_same(run: &Guest, killed: bool, at: &str) {
    let begun = run.cmd("show").arg(&run.id).run().code == Some(0);
    assert!(killed || begun, "it has ended and is not there, killed at {at}");
    let result = if begun { run.goes_on() } else { run.gives(&json!({})) };
    let body: Value = if run.is_cairn() { Value::Null } else { json!(1) };
    let expected = json!({ "a": { "held": "a" }, "body": body, "b": { "held": "b" }, "go": { "w": 1 } });
    assert_eq!(result, expected, "killed at {at}");
    let keys: BTreeSet<_> = run.services.calls().into_iter().filter_map(|call| call.key).collect();
    assert_eq!(keys, ["a", "b"].map(|key| run.key(key)).into(), "killed at {at}");
    assert!(run.services.calls().len() <= 3, "killed at {at}, one call at most is made again");
}
