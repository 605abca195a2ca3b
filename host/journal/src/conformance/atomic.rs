//! Promise 1.

use cairn_replay::{Instant, Seq};

use super::{
    Subject,
    make::{append, commit, done, ended, instance, line, message, waiting},
    sure, wait,
};
use crate::{Commit, Journal, MessageId, Refusal, Status, TimerChange};

/// A commit is there in full or not at all: what one part of it forbids, no other part of it leaves a trace of.
pub fn promise_1(subject: &mut impl Subject) {
    let store = sure(subject.open());
    let id = instance(&store, "atomic", 1);
    let other = instance(&store, "other", 1);
    sure(wait(store.put(message(&id, "m1"))));
    let before = (sure(store.head(&id)), sure(store.load(&id, Seq(0))));

    let rich = |consumed: &[&str]| Commit {
        timer: TimerChange::Set(Instant(5_000)),
        consumed: consumed.iter().map(|id| MessageId((*id).into())).collect(),
        ..waiting(append(&id, 1, vec![line("a"), ended("b")]), "paid")
    };
    let missing = Refusal::NoSuchMessage(MessageId("m2".into()));
    assert_eq!(
        commit(&store, rich(&["m1", "m2"])),
        Err(missing),
        "a message that is not there refuses the commit"
    );
    let twice = Refusal::NoSuchMessage(MessageId("m1".into()));
    assert_eq!(commit(&store, rich(&["m1", "m1"])), Err(twice), "a message can be consumed once");
    let after = (sure(store.head(&id)), sure(store.load(&id, Seq(0))));
    assert_eq!(before, after, "a refused commit changes neither head nor entries");
    assert_eq!(sure(store.next_timer()), None, "a refused commit sets no timer");
    assert_eq!(sure(store.inbox(&id)).len(), 1, "a refused commit consumes nothing");

    done(&store, append(&other, 1, vec![line("the refused one held nobody up")]));
    done(&store, rich(&["m1"]));
    let store = reopened(subject, store);
    let head = sure(store.head(&id));
    assert!(
        head.is_some_and(|head| head.next == Seq(3) && matches!(head.status, Status::Waiting(_))),
        "a commit changes the head"
    );
    assert_eq!(
        sure(store.load(&id, Seq(1))),
        [line("a"), ended("b")],
        "a commit appends its entries in order"
    );
    assert_eq!(sure(store.next_timer()), Some(Instant(5_000)), "a commit sets its timer");
    assert!(sure(store.inbox(&id)).is_empty(), "a commit consumes its messages");
}

fn reopened<S: Subject>(subject: &mut S, store: S::Store) -> S::Store {
    drop(store);
    sure(subject.open())
}
