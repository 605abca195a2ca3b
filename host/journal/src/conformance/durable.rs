//! Promise 2.

use cairn_replay::Seq;

use super::{
    Subject,
    make::{append, begin, done, id, line, message},
    sure, wait,
};
use crate::{Digest, Journal, Put, Sync};

/// What was answered under [`Sync::Durable`] is there after a crash, and all that came before it.
pub fn promise_2(subject: &mut impl Subject) {
    let store = sure(subject.open());
    let (one, two) = (id("one"), id("two"));
    // Nobody waits for these: the last one's answer speaks for all.
    drop(store.commit(begin(&two), Sync::Ordered));
    drop(store.commit(append(&two, 1, vec![line("two")]), Sync::Ordered));
    done(&store, begin(&one));
    assert_eq!(sure(wait(store.put(message(&one, "m")))), Put::Accepted);
    let blob = sure(store.put_blob(b"stone"));

    subject.crash(store);
    let store = sure(subject.open());
    assert_eq!(sure(store.load(&one, Seq(0))).len(), 1, "a durable commit survives");
    assert_eq!(
        sure(store.load(&two, Seq(1))),
        [line("two")],
        "what was committed before a durable one survives"
    );
    assert_eq!(sure(store.inbox(&one)).len(), 1, "an accepted message survives");
    assert_eq!(sure(store.blob(&blob)), Some(b"stone".to_vec()), "a blob survives");
    assert_eq!(sure(store.put_blob(b"stone")), blob, "a blob has one name");
    let unknown = Digest(format!("sha256:{}", "0".repeat(64)));
    assert_eq!(sure(store.blob(&unknown)), None, "a blob that was never put is not there");
    assert_eq!(sure(store.blob(&Digest("sha256:../../lock".into()))), None, "a name leads nowhere else");
    done(&store, append(&one, 1, vec![line("on it goes")]));
}
