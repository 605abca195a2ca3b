//! Promise 11.

use cairn_replay::{Entry, Instant, Seq};

use super::{
    Subject,
    make::{append, began, commit, done, id, ids, instance, line, message, timer},
    sure, wait,
};
use crate::{Commit, Journal, Refusal, TimerChange};

/// A restart puts the new run in the place of the old one, in one act.
pub fn promise_11(subject: &mut impl Subject) {
    let store = sure(subject.open());
    let one = instance(&store, "one", 6);
    let two = instance(&store, "two", 6);
    sure(wait(store.put(message(&one, "m"))));
    done(&store, timer(&one, 6, TimerChange::Set(Instant(9))));
    let before = (sure(store.load(&one, Seq(0))), sure(store.head(&one)));
    let anew = |entries: Vec<Entry>, expect| Commit { restart: true, ..append(&one, expect, entries) };
    assert_eq!(commit(&store, anew(vec![line("x")], 6)), Err(Refusal::Gone), "a run begins with `began`");
    let conflict = Err(Refusal::Conflict { next: Seq(6) });
    assert_eq!(commit(&store, anew(vec![began(&one)], 5)), conflict, "somebody else wrote in between");
    let nobody = Commit { restart: true, ..append(&id("nobody"), 3, vec![began(&id("nobody"))]) };
    assert_eq!(commit(&store, nobody), Err(Refusal::Gone), "what is not there is not restarted");
    let after = (sure(store.load(&one, Seq(0))), sure(store.head(&one)));
    assert_eq!(before, after, "a refused one changes nothing");

    let again = Commit { timer: TimerChange::Clear, ..anew(vec![began(&one), line("new")], 6) };
    // Handed over together with what comes behind it, so that a store that groups them has them in one batch.
    let answers = [again, append(&one, 2, vec![line("and on")])]
        .map(|commit| store.commit(commit, crate::Sync::Durable));
    for answer in answers {
        sure(sure(wait(answer)));
    }
    subject.crash(store);
    let store = sure(subject.open());
    let expected = [began(&one), line("new"), line("and on")];
    assert_eq!(sure(store.load(&one, Seq(0))), expected, "the new run stands in the place of the old one");
    assert_eq!(sure(store.head(&one)).map(|head| head.next), Some(Seq(3)), "its entries are counted anew");
    assert_eq!(ids(&sure(store.inbox(&one))), ["m"], "what nobody consumed stays");
    assert_eq!(sure(store.next_timer()), None, "a timer of the old run can be cleared");
    assert_eq!(sure(store.load(&two, Seq(0))).len(), 6, "another's journal is as it was");
    for number in 3..8 {
        done(&store, append(&one, number, vec![line("more")]));
    }
    assert_eq!(sure(store.load(&one, Seq(0))).len(), 8, "it grows over where the old one ended");
}
