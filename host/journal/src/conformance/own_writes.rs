//! Promise 4.

use cairn_replay::{Instant, Seq};

use super::{
    Subject,
    make::{append, begin, id, line, message, timer, waiting},
    sure, wait,
};
use crate::{Commit, Journal, MessageId, Sync, TimerChange};

/// Who has an answer sees what it was answered, however it was synced.
pub fn promise_4(subject: &mut impl Subject) {
    let store = sure(subject.open());
    let id = id("own");
    for (round, sync) in (0..40).zip([Sync::Durable, Sync::Ordered, Sync::Ordered].into_iter().cycle()) {
        let entry = if round == 0 { begin(&id) } else { append(&id, round, vec![line("x")]) };
        let due = Instant(9_000 - round);
        let commit = Commit { timer: TimerChange::Set(due), ..entry };
        sure(sure(wait(store.commit(commit, sync))));
        assert_eq!(sure(store.load(&id, Seq(round))).len(), 1, "an answered entry can be loaded");
        assert_eq!(sure(store.next_timer()), Some(due), "an answered timer can be seen");
        assert_eq!(sure(store.ready()).len(), 1, "who is ready is listed");
    }
    sure(wait(store.put(message(&id, "m"))));
    assert_eq!(sure(store.inbox(&id)).len(), 1, "an accepted message can be seen");
    let taken = Commit { consumed: vec![MessageId("m".into())], ..timer(&id, 40, TimerChange::Clear) };
    sure(sure(wait(store.commit(waiting(taken, "paid"), Sync::Ordered))));
    assert!(sure(store.inbox(&id)).is_empty(), "an answered consumption can be seen");
    assert_eq!(sure(store.next_timer()), None, "an answered clearing can be seen");
    assert!(sure(store.ready()).is_empty(), "who waits is not ready");
}
