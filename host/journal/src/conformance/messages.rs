//! Promise 5.

use cairn_replay::Instant;

use super::{
    Subject,
    make::{append, begin, commit, done, id, ids, message},
    sure, wait,
};
use crate::{Commit, Discard, InstanceId, Journal, MessageId, Put, Refusal};

/// Messages come in order, once, and do not come back.
pub fn promise_5(subject: &mut impl Subject) {
    let mut store = sure(subject.open());
    let (one, two) = (id("one"), id("two"));
    // They may come before the instance.
    for name in ["c", "a", "b"] {
        assert_eq!(sure(wait(store.put(message(&one, name)))), Put::Accepted);
    }
    let changed = crate::Message { event: "other".into(), ..message(&one, "a") };
    assert_eq!(sure(wait(store.put(changed))), Put::Duplicate, "an id counts once, whatever it carries");
    assert_eq!(sure(wait(store.put(message(&two, "a")))), Put::Accepted, "an id belongs to its instance");
    assert_eq!(
        sure(store.inbox(&one)),
        ["c", "a", "b"].map(|name| message(&one, name)),
        "they come as they were put, unchanged"
    );

    done(&store, begin(&one));
    done(&store, begin(&two));
    done(&store, taking(&one, 1, "a"));
    for _ in 0..2 {
        assert_eq!(ids(&sure(store.inbox(&one))), ["c", "b"], "a consumed one is gone");
        assert_eq!(ids(&sure(store.inbox(&two))), ["a"], "another's is not");
        assert_eq!(sure(wait(store.put(message(&one, "a")))), Put::Duplicate, "its id stays known");
        let again = Refusal::NoSuchMessage(MessageId("a".into()));
        assert_eq!(commit(&store, taking(&one, 1, "a")), Err(again), "it cannot be consumed again");
        drop(store);
        store = sure(subject.open());
    }
    done(&store, taking(&one, 1, "b"));
    done(&store, taking(&one, 1, "c"));
    assert_eq!(sure(wait(store.put(message(&one, "d")))), Put::Accepted);
    drop(store);
    let store = sure(subject.open());
    assert_eq!(sure(wait(store.put(message(&one, "0")))), Put::Accepted);
    assert_eq!(ids(&sure(store.inbox(&one))), ["d", "0"], "the order holds after opening anew");
    lists(subject, store);
}

/// Whose mail waits, whether they are there or not; when it expires; and that it can be thrown away.
fn lists<S: Subject>(subject: &mut S, store: S::Store) {
    let (one, nobody) = (id("one"), id("nobody"));
    let late = crate::Message { expires: Some(Instant(4_000)), ..message(&nobody, "late") };
    assert_eq!(sure(wait(store.put(late.clone()))), Put::Accepted);
    drop(store);
    let store = sure(subject.open());
    assert_eq!(sure(store.waiting(&nobody)), [(late.id.clone(), late.expires)]);
    assert_eq!(sure(store.inbox(&nobody)), [late], "it says when it expires");
    let listed = |after: Option<&InstanceId>, limit| sure(store.addressed("acme", after, limit));
    let all = crate::Page { items: vec![nobody.clone(), one.clone(), id("two")], next: None };
    let some = crate::Page { items: vec![nobody.clone(), one.clone()], next: Some(one.clone()) };
    let rest = crate::Page { items: vec![one.clone(), id("two")], next: None };
    assert_eq!((listed(None, 3), listed(None, 2), listed(Some(&nobody), 9)), (all, some, rest));
    assert_eq!(sure(store.addressed("acm", None, 9)).items, [], "another tenant's");
    let messages = ["late", "d", "never"].map(|name| MessageId(name.into())).to_vec();
    for to in [&nobody, &one] {
        sure(wait(store.discard(Discard { to: to.clone(), messages: messages.clone() })));
    }
    drop(store);
    let store = sure(subject.open());
    assert_eq!((sure(store.inbox(&nobody)), ids(&sure(store.inbox(&one)))), (Vec::new(), vec!["0"]));
    assert_eq!(sure(store.addressed("acme", None, 9)).items, [one.clone(), id("two")]);
    assert_eq!(sure(wait(store.put(message(&nobody, "late")))), Put::Duplicate, "its id stays known");
    let gone = Refusal::NoSuchMessage(MessageId("d".into()));
    assert_eq!(commit(&store, taking(&one, 1, "d")), Err(gone), "it cannot be consumed");
}

fn taking(id: &InstanceId, expect: u64, message: &str) -> Commit {
    Commit { consumed: vec![MessageId(message.into())], ..append(id, expect, Vec::new()) }
}
