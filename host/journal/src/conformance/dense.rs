//! Promise 3.

use cairn_replay::{Entry, Seq};

use super::{
    Subject,
    make::{append, began, begin, commit, done, id, line},
    sure, wait,
};
use crate::{Journal, Refusal, Sync};

/// Sequences are dense from 0; what does not fit is refused, and alone.
pub fn promise_3(subject: &mut impl Subject) {
    let store = sure(subject.open());
    let (one, two) = (id("one"), id("two"));
    assert_eq!(
        commit(&store, append(&one, 1, vec![line("x")])),
        Err(Refusal::Gone),
        "what is not there cannot go on"
    );
    assert_eq!(
        commit(&store, append(&one, 0, vec![line("x")])),
        Err(Refusal::Gone),
        "an instance begins with `began`"
    );
    assert_eq!(
        commit(&store, append(&one, 0, Vec::new())),
        Err(Refusal::Gone),
        "an instance begins with an entry"
    );
    assert_eq!(sure(store.load(&one, Seq(0))), Vec::<Entry>::new(), "refused, it has no entries");
    assert_eq!(sure(store.head(&one)), None, "refused, it has no head");

    // All at once, so that a store that groups them has them in one batch.
    let commits = [
        (begin(&one), Ok(())),
        (begin(&one), Err(Refusal::Conflict { next: Seq(1) })),
        (append(&one, 1, vec![line("1"), line("2")]), Ok(())),
        (append(&one, 1, vec![line("late")]), Err(Refusal::Conflict { next: Seq(3) })),
        (append(&one, 4, vec![line("early")]), Err(Refusal::Conflict { next: Seq(3) })),
        (append(&two, 0, vec![began(&two), line("1")]), Ok(())),
        (append(&one, 3, Vec::new()), Ok(())),
        (append(&one, 3, vec![line("3")]), Ok(())),
    ];
    let answers: Vec<_> = commits
        .into_iter()
        .map(|(commit, expected)| (store.commit(commit, Sync::Durable), expected))
        .collect();
    for (number, (answer, expected)) in answers.into_iter().enumerate() {
        assert_eq!(sure(wait(answer)), expected, "commit {number} of the batch");
    }
    assert_eq!(
        sure(store.load(&one, Seq(1))),
        [line("1"), line("2"), line("3")],
        "what was accepted stands in order"
    );
    assert_eq!(sure(store.load(&one, Seq(3))), [line("3")], "it can be loaded from any sequence");
    assert_eq!(sure(store.load(&one, Seq(4))), Vec::<Entry>::new(), "behind the last there is nothing");
    assert_eq!(sure(store.head(&one)).map(|head| head.next), Some(Seq(4)), "the head knows the next");
    drop(store);
    let store = sure(subject.open());
    assert_eq!(
        commit(&store, append(&two, 1, vec![line("x")])),
        Err(Refusal::Conflict { next: Seq(2) }),
        "it knows after opening anew"
    );
    done(&store, append(&two, 2, vec![line("2")]));
}
