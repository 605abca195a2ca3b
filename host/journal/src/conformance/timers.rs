//! Promise 6.

use cairn_replay::Instant;

use super::{
    Subject,
    make::{done, instance, timer},
    sure,
};
use crate::{InstanceId, Journal, TimerChange};

/// A timer is listed from its due time until it is cleared, never before; an instance has one.
pub fn promise_6(subject: &mut impl Subject) {
    let mut store = sure(subject.open());
    assert_eq!((sure(store.next_timer()), sure(store.due(Instant(u64::MAX), 9))), (None, Vec::new()));
    let of = ["a", "b", "c", "d"].map(|name| instance(&store, name, 1));
    let [a, b, c, d] = &of;
    for (id, due) in [(a, 300), (b, 100), (c, 200), (d, 200)] {
        done(&store, timer(id, 1, TimerChange::Set(Instant(due))));
    }
    for _ in 0..2 {
        assert_eq!(due(&store, 99), [], "never early");
        assert_eq!(due(&store, 100), [(100, "b")], "at its moment");
        assert_eq!(
            due(&store, 300),
            [(100, "b"), (200, "c"), (200, "d"), (300, "a")],
            "in order, until it is cleared"
        );
        assert_eq!(sure(store.due(Instant(300), 2)).len(), 2, "at most as many as asked for");
        assert_eq!(sure(store.next_timer()), Some(Instant(100)), "the earliest is known");
        drop(store);
        store = sure(subject.open());
    }
    done(&store, timer(b, 1, TimerChange::Clear));
    assert_eq!(due(&store, 199), [], "a cleared one is gone");
    assert_eq!(sure(store.next_timer()), Some(Instant(200)), "the next takes its place");
    done(&store, timer(c, 1, TimerChange::Set(Instant(400))));
    done(&store, timer(a, 1, TimerChange::Set(Instant(50))));
    done(&store, timer(d, 1, TimerChange::Keep));
    assert_eq!(due(&store, 400), [(50, "a"), (200, "d"), (400, "c")], "a new one takes the old one's place");
    for id in [a, c, d] {
        done(&store, timer(id, 1, TimerChange::Clear));
    }
    assert_eq!((sure(store.next_timer()), due(&store, u64::MAX)), (None, Vec::new()), "all are cleared");
    done(&store, timer(b, 1, TimerChange::Set(Instant(0))));
    assert_eq!(due(&store, 0), [(0, "b")], "one in the past is due at once");
}

fn due(store: &impl Journal, until: u64) -> Vec<(u64, &'static str)> {
    let due = sure(store.due(Instant(until), 100));
    due.into_iter().map(|(due, id)| (due.0, name(&id))).collect()
}

fn name(id: &InstanceId) -> &'static str {
    ["a", "b", "c", "d"].into_iter().find(|name| *name == id.instance).unwrap_or("?")
}
