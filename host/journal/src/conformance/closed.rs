//! Promise 9.

use cairn_replay::Seq;

use super::{
    Subject,
    make::{append, done, instance, line, message},
    sure, wait,
};
use crate::{Journal, StoreError, Sync};

/// After a failed write nothing is taken until the store is opened anew; then all is there that was answered.
pub fn promise_9(subject: &mut impl Subject) {
    let store = sure(subject.open());
    let id = instance(&store, "closed", 2);
    subject.break_disk(&store);
    let commit = |text| wait(store.commit(append(&id, 2, vec![line(text)]), Sync::Durable));
    assert!(matches!(commit("first"), Err(StoreError::Io(_))), "the first failure is told as it is");
    let second = commit("second");
    let cause = matches!(&second, Err(StoreError::Closed(cause)) if !cause.is_empty());
    assert!(cause, "a later commit is refused with the first cause, but got {second:?}");
    let put = wait(store.put(message(&id, "m")));
    assert!(matches!(put, Err(StoreError::Closed(_))), "no message is taken, but got {put:?}");
    let blob = store.put_blob(b"stone");
    assert!(matches!(blob, Err(StoreError::Closed(_))), "no blob is taken, but got {blob:?}");
    assert_eq!(sure(store.load(&id, Seq(0))).len(), 2, "what is there can be read");
    drop(store);

    let store = sure(subject.open());
    assert_eq!(sure(store.load(&id, Seq(0))).len(), 2, "what was not answered is not there");
    done(&store, append(&id, 2, vec![line("third")]));
}
