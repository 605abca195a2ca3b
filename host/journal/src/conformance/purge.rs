//! Promise 13.

use cairn_replay::{Instant, Json, Seq};

use super::{
    Subject,
    make::{append, begin, commit, done, id, instance, line, message, timer},
    sure, wait,
};
use crate::{Commit, HeadChange, InstanceId, Journal, Purge, Put, Refusal, Status, TimerChange};

fn purge_on(store: &impl Journal, purge: Purge) -> Result<(), Refusal> {
    sure(wait(store.purge(purge)))
}

/// What is over can be removed, with all that is its own, and nothing else.
pub fn promise_13(subject: &mut impl Subject) {
    let store = sure(subject.open());
    let (one, beside) = (instance(&store, "one", 4), instance(&store, "one1", 4));
    for of in [&one, &beside] {
        assert_eq!(sure(wait(store.put(message(of, "taken")))), Put::Accepted);
        sure(wait(store.put(message(of, "left"))));
        let consumed = vec![crate::MessageId("taken".into())];
        let kept = vec![(format!("of {}", of.instance), Json("1".into()))];
        done(&store, Commit { consumed, kept, ..append(of, 4, vec![line("x")]) });
        done(&store, timer(of, 5, TimerChange::Set(Instant(9))));
    }
    let removal = |id: &InstanceId, expect| Purge {
        id: id.clone(),
        expect: Seq(expect),
        kept: vec![format!("of {}", id.instance)],
    };
    let purge = |purge| purge_on(&store, purge);
    assert_eq!(purge(removal(&one, 5)), Err(Refusal::NotOver), "one that goes on is not removed");
    assert_eq!(purge(removal(&id("nobody"), 5)), Err(Refusal::Gone), "what is not there is not removed");
    let over = HeadChange { status: Some(Status::Failed("timeout".into())), digest: None };
    done(&store, Commit { head: over, ..append(&one, 5, vec![line("y")]) });
    assert_eq!(purge(removal(&one, 5)), Err(Refusal::Conflict { next: Seq(6) }), "somebody wrote in between");
    assert_eq!(sure(store.load(&one, Seq(0))).len(), 6, "a refused one changes nothing");

    // Handed over together with what comes behind it, so that a store that groups them has them in one batch.
    let removed = store.purge(removal(&one, 6));
    let late = store.commit(append(&one, 6, vec![line("late")]), crate::Sync::Durable);
    assert_eq!(sure(wait(removed)), Ok(()));
    assert_eq!(sure(wait(late)), Err(Refusal::Gone), "nothing can be written to it any more");
    subject.crash(store);

    let store = sure(subject.open());
    assert_eq!(sure(store.head(&one)), None, "it is not there");
    assert_eq!(sure(store.load(&one, Seq(0))), [], "nor are its entries");
    assert_eq!(sure(store.inbox(&one)), [], "nor its messages");
    assert_eq!(sure(store.kept("acme", "of one")), None, "nor what was kept for it");
    let due = sure(store.due(Instant(9), 9));
    assert_eq!(due, [(Instant(9), beside.clone())], "its timer never comes");
    assert_eq!(sure(store.list("acme", None, 9)).items.len(), 1, "lists do not show it");
    assert_eq!(sure(store.load(&beside, Seq(0))).len(), 5, "another's journal is as it was");
    assert_eq!(super::make::ids(&sure(store.inbox(&beside))), ["left"], "and its messages");
    assert!(sure(store.kept("acme", "of one1")).is_some(), "and what was kept for it");
    assert_eq!(sure(wait(store.put(message(&beside, "taken")))), Put::Duplicate, "and the ids it knows");

    assert_eq!(
        sure(wait(store.put(message(&one, "taken")))),
        Put::Accepted,
        "its ids of messages are forgotten"
    );
    // There is no instance of the name, only mail for one.
    assert_eq!(purge_on(&store, removal(&one, 1)), Err(Refusal::Gone), "nobody wrote an entry of it");
    assert_eq!(purge_on(&store, removal(&one, 0)), Ok(()), "mail for nobody can be removed");
    assert_eq!(purge_on(&store, removal(&one, 0)), Err(Refusal::Gone), "once");
    assert_eq!(sure(store.inbox(&one)), [], "it is gone");
    assert_eq!(sure(wait(store.put(message(&one, "taken")))), Put::Accepted, "with the ids");
    assert_eq!(commit(&store, begin(&one)), Ok(()), "its name can be used anew");
    assert_eq!(sure(store.load(&one, Seq(0))).len(), 1, "and nothing of the old one comes back");
}
