//! Parts that run side by side, each as code of its own.

use std::collections::BTreeSet;

use cairn_tests::Answer;
use serde_json::json;

use super::{Behaviour, behaviour, guest::Guest, undo::newest_first};

pub(super) const TABLE: &[Behaviour] = &[
    behaviour("blocks run side by side, with keys of their own", "blocks", together),
    behaviour("a block that was killed goes on, and what it did stays done", "blocks", killed),
    behaviour("a block that fails is undone, and its failure can be caught", "block_failed", failed),
    behaviour("what a block did is undone by whoever began it", "block_undo", newest_first),
];

/// Each as long as the other: both are out at once, or it takes twice as long as anybody waits.
fn slowly(guest: &Guest) {
    guest.services.on("t.slowly", |asked| {
        std::thread::sleep(std::time::Duration::from_millis(200));
        Answer::Good(json!(asked.arguments["text"].as_str().unwrap_or_default().to_uppercase()))
    });
}

fn both(guest: &Guest) -> BTreeSet<String> {
    let named = match guest.is_cairn() {
        true => ["part/item[a]/say", "part/item[b]/say"],
        false => ["part[a]/say", "part[b]/say"],
    };
    named.map(|key| guest.key(key)).into()
}

fn together(guest: &Guest) {
    slowly(guest);
    assert_eq!(guest.gives(&json!({})), json!([["a", "A"], ["b", "B"]]));
    let calls = guest.services.calls();
    let keys: BTreeSet<_> = calls.iter().filter_map(|call| call.key.clone()).collect();
    assert_eq!(keys, both(guest));
    for part in ["part a", "part b"] {
        assert_eq!(guest.logged(part), 1, "{}", guest.log());
    }
}

fn killed(guest: &Guest) {
    for n in 1..=6 {
        let run = guest.again(&n.to_string());
        slowly(&run);
        let killed = run.start(&json!({})).crash("end:after-commit", n).run().killed();
        let result = if killed { run.goes_on() } else { run.gives(&json!({})) };
        assert_eq!(result, json!([["a", "A"], ["b", "B"]]), "killed at {n}");
        let keys: BTreeSet<_> = run.services.calls().into_iter().filter_map(|call| call.key).collect();
        assert_eq!(keys, both(&run), "killed at {n}");
        assert!(run.services.calls().len() <= 4, "killed at {n}: what was out is asked again, and once");
    }
}

fn failed(guest: &Guest) {
    assert_eq!(guest.gives(&json!({})), json!({ "kind": "refused", "message": "as asked" }));
    assert_eq!(guest.called(), ["t.reserve", "t.release"]);
}
