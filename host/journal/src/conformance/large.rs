//! Promise 15.

use cairn_replay::{Entry, Instant, Json, Key, Seq};

use super::{
    Subject,
    make::{append, began, begin, commit, done, id, instance, message},
    sure, wait,
};
use crate::{
    Commit, HeadChange, InstanceId, Journal, Message, Purge, Refusal, Status, StoreError, Swept,
    format::{LARGE, Reference},
};

/// What is too large to stand in an entry is kept once, as long as anybody refers to it.
pub fn promise_15(subject: &mut impl Subject) {
    let store = sure(subject.open());
    let (one, two) = (instance(&store, "one", 1), instance(&store, "two", 1));
    let (shared, own, told) = (large('s', LARGE + 1), large('o', 3 * LARGE), large('t', 2 * LARGE));
    let fits = large('f', LARGE);
    done(&store, append(&one, 1, vec![ended("a", &shared), ended("b", &own), ended("c", &fits)]));
    done(&store, append(&two, 1, vec![ended("a", &shared)]));
    sure(wait(store.put(event(&one, "m", &shared))));
    done(&store, Commit { kept: vec![("k".into(), told.clone())], ..append(&two, 2, Vec::new()) });
    let refused = append(&two, 9, vec![ended("x", &large('x', 2 * LARGE))]);
    assert_eq!(commit(&store, refused), Err(Refusal::Conflict { next: Seq(2) }));
    subject.crash(store);

    let store = sure(subject.open());
    assert_eq!(
        sure(store.load(&one, Seq(1))),
        [ended("a", &shared), ended("b", &own), ended("c", &fits)],
        "they come out as they were given in"
    );
    assert_eq!(sure(store.inbox(&one)), [event(&one, "m", &shared)], "so does the data of an event");
    assert_eq!(sure(store.kept("acme", "k")).map(|(_, json)| json), Some(told), "and what was kept");
    let Swept { removed, kept, .. } = sure(store.sweep_values());
    assert_eq!((removed, kept), (1, 3), "each is there once; what was refused is not, nor what fits");

    lost(subject, &store, &[&one, &two], &own);
    over(&store, &one, 4);
    let purge = |of: &InstanceId, expect| Purge { id: of.clone(), expect: Seq(expect), kept: Vec::new() };
    sure(sure(wait(store.purge(purge(&one, 4)))));
    let Swept { removed, kept, .. } = sure(store.sweep_values());
    assert_eq!((removed, kept), (1, 2), "what only the removed one had goes, what others have stays");
    assert_eq!(sure(store.load(&two, Seq(1))), [ended("a", &shared)]);
    let next = Commit { restart: true, ..append(&two, 2, vec![began(&two)]) };
    done(&store, next);
    let swept = sure(store.sweep_values());
    assert_eq!((swept.removed, swept.bytes), (1, LARGE as u64 + 1), "the next run does not have it");
    done(&store, append(&two, 1, vec![ended("again", &shared)]));
    assert_eq!(sure(store.load(&two, Seq(1))), [ended("again", &shared)], "it can come back");
    assert_eq!(sure(store.sweep_values()).removed, 0);
    done(&store, begin(&id("three")));
}

/// One that is gone, or another, is named where it is read, and nowhere else.
fn lost<S: Subject>(subject: &mut S, store: &S::Store, [of, beside]: &[&InstanceId; 2], own: &Json) {
    let digest = Reference::to(&own.0).digest();
    for damaged in [None, Some(large('p', own.0.len())), Some(large('o', own.0.len() - 1))] {
        let what = if damaged.is_some() { "altered" } else { "gone" };
        subject.damage_value(store, &digest, damaged);
        let found = store.load(of, Seq(0));
        let named = matches!(&found, Err(StoreError::Corrupt { place, found })
            if place.contains(&of.instance) && place.contains("entry 2") && place.contains("`b`") && found.contains(&digest.0));
        assert!(named, "a value is {what}: instance, key and digest are named, but it said {found:?}");
        assert!(store.load(of, Seq(3)).is_ok(), "behind it nothing is wrong");
        assert!(store.load(beside, Seq(0)).is_ok(), "one that does not refer to it is not concerned");
        subject.damage_value(store, &digest, Some(own.clone()));
        assert!(store.load(of, Seq(0)).is_ok(), "put right, it is healthy again");
    }
}

fn large(letter: char, length: usize) -> Json {
    Json(format!("\"{}\"", letter.to_string().repeat(length - 2)).into())
}

fn ended(key: &str, result: &Json) -> Entry {
    Entry::Ended { key: Key(key.into()), at: Instant(1), outcome: Ok(result.clone()) }
}

fn event(to: &InstanceId, id: &str, data: &Json) -> Message {
    Message { data: data.clone(), ..message(to, id) }
}

fn over(store: &impl Journal, id: &InstanceId, expect: u64) {
    let head = HeadChange { status: Some(Status::Finished), digest: None };
    done(store, Commit { head, ..append(id, expect, Vec::new()) });
}
