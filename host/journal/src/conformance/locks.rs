//! Promise 10.

use super::{
    Subject,
    make::{append, begin, commit, done, instance, line, stand},
    sure,
};
use crate::{Commit, InstanceId, Journal, LockChange, Place, Refusal};

/// The line of a lock stands in the order of asking, and never has more holders than places.
pub fn promise_10(subject: &mut impl Subject) {
    let mut store = sure(subject.open());
    let [a, b, c] = ["a", "b", "c"].map(|name| instance(&store, name, 1));
    done(&store, lining(&c, vec![stand("gate", 30, Place::Waits)]));
    done(&store, lining(&a, vec![stand("gate", 30, Place::Waits), stand("again", 40, Place::Waits)]));
    done(&store, lining(&b, vec![stand("gate", 20, Place::Waits)]));
    let expected = ["b gate waits", "a gate waits", "c gate waits", "a again waits"];
    assert_eq!(queue(&store), expected, "in the order of asking, then of names");

    let hold = |of| Place::Holds { of };
    done(&store, lining(&b, vec![stand("gate", 20, hold(2))]));
    done(&store, lining(&c, vec![stand("gate", 30, hold(2))]));
    let full = Err(Refusal::NoPlace("deploy".into()));
    let rich = Commit { entries: vec![line("x")], ..lining(&a, vec![stand("gate", 30, hold(2))]) };
    assert_eq!(commit(&store, rich), full, "there is no third place");
    done(&store, lining(&b, vec![stand("gate", 20, hold(2))]));
    drop(store);
    store = sure(subject.open());
    let expected = ["b gate holds", "a gate waits", "c gate holds", "a again waits"];
    assert_eq!(
        queue(&store),
        expected,
        "it stands so after opening anew, and the refused commit left nothing"
    );

    done(&store, lining(&b, vec![stand("gate", 20, Place::Gone)]));
    let both = lining(&a, vec![stand("gate", 30, hold(2)), stand("again", 40, hold(2))]);
    assert_eq!(commit(&store, both), full, "one commit cannot take more than there is either");
    let swap = vec![stand("gate", 30, hold(2)), stand("gate", 30, Place::Gone), stand("again", 40, hold(2))];
    done(&store, lining(&a, swap));
    assert_eq!(
        queue(&store),
        ["c gate holds", "a again holds"],
        "who gave a place back is gone from the line"
    );
    let elsewhere = InstanceId { tenant: "acme2".into(), instance: "a".into() };
    done(&store, begin(&elsewhere));
    done(&store, lining(&elsewhere, vec![stand("gate", 1, hold(1))]));
    let other = LockChange { name: "deploy2".into(), ..stand("gate", 1, hold(1)) };
    done(&store, lining(&b, vec![other]));
    assert_eq!(queue(&store).len(), 2, "another lock, and that of another tenant, are others");
}

fn lining(id: &InstanceId, locks: Vec<LockChange>) -> Commit {
    Commit { locks, ..append(id, 1, Vec::new()) }
}

fn queue(store: &impl Journal) -> Vec<String> {
    let told = |one: &crate::Queued| {
        let what = if one.holds { "holds" } else { "waits" };
        format!("{} {} {what}", one.id.instance, one.key.0)
    };
    sure(store.queue("acme", "deploy")).iter().map(told).collect()
}
