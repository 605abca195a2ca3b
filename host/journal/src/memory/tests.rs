//! What a crash may take from the twin, and what not.

use std::collections::BTreeSet;

use cairn_replay::{Instant, Json, Key, Seq};
use proptest::prelude::*;

use super::MemoryJournal;
use crate::{
    Commit, Discard, InstanceId, Journal, Keep, LockChange, Place, Purge, Put, Status, StoreError, Sync,
    TimerChange,
    conformance::{make, wait},
};

/// A commit that writes everywhere.
fn everywhere(id: &InstanceId, expect: u64) -> Commit {
    let lock =
        LockChange { name: "l".into(), key: Key("k".into()), asked: Instant(expect), to: Place::Waits };
    let entries = if expect == 0 { vec![make::began(id)] } else { vec![make::line("x")] };
    Commit {
        timer: TimerChange::Set(Instant(expect + 1)),
        locks: vec![lock],
        kept: vec![("n".into(), Json(expect.to_string().into()))],
        ..make::append(id, expect, entries)
    }
}

/// All that can be asked about an instance.
fn seen(store: &MemoryJournal, id: &InstanceId) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?}",
        store.load(id, Seq(0)),
        store.head(id),
        store.due(Instant(1 << 40), 99),
        store.inbox(id),
        store.queue(&id.tenant, "l"),
        store.kept(&id.tenant, "n")
    )
}

#[test]
fn a_crash_leaves_the_first_ones_of_what_was_not_synced() {
    let id = make::id("one");
    let mut left = BTreeSet::new();
    for seed in 0..200 {
        let store = MemoryJournal::losing();
        let mut moments = Vec::new();
        assert_eq!(wait(store.put(make::message(&id, "m"))), Ok(Put::Accepted));
        for expect in 0..8 {
            let sync = if expect == 3 { Sync::Durable } else { Sync::Ordered };
            let mut commit = everywhere(&id, expect);
            if expect == 5 {
                commit.consumed = vec![crate::MessageId("m".into())];
                commit.head.status = Some(Status::Finished);
            }
            if expect == 6 {
                commit.restart = true;
                commit.entries = vec![make::began(&id)];
            }
            if expect == 7 {
                commit = everywhere(&id, 1);
            }
            assert_eq!(wait(store.commit(commit, sync)), Ok(Ok(())));
            moments.push(seen(&store, &id));
        }
        assert_eq!(store.at_risk(), 4);
        let after = store.crash(seed);
        let found = seen(&after, &id);
        let place = moments.iter().position(|moment| *moment == found).expect("a moment that there was");
        assert!(place >= 3, "what was durable was lost");
        left.insert(place);
        assert_eq!(after.at_risk(), 0, "what survived a crash is on disk");
        assert!(matches!(wait(store.commit(everywhere(&id, 0), Sync::Durable)), Err(StoreError::Closed(_))));
    }
    assert_eq!(left.into_iter().collect::<Vec<_>>(), [3, 4, 5, 6, 7], "each of them happens");
}

/// What is removed, kept, thrown away or sent makes sure of what was written before it.
#[test]
fn what_is_durable_when_it_is_answered_makes_sure_of_all_before_it() {
    let (id, other) = (make::id("one"), make::id("other"));
    let mut over = make::begin(&other);
    over.head.status = Some(Status::Finished);
    let discard = Discard { to: other.clone(), messages: Vec::new() };
    let keep = Keep { tenant: id.tenant.clone(), name: "n".into(), at: Instant(1), json: None };
    let purge = Purge { id: other.clone(), expect: Seq(1), kept: Vec::new() };
    let syncs: [&dyn Fn(&MemoryJournal); 4] = [
        &|store| assert_eq!(wait(store.discard(discard.clone())), Ok(())),
        &|store| assert_eq!(wait(store.keep(keep.clone())), Ok(())),
        &|store| assert_eq!(wait(store.purge(purge.clone())), Ok(Ok(()))),
        &|store| assert_eq!(wait(store.put(make::message(&other, "m"))), Ok(Put::Accepted)),
    ];
    for sync in syncs {
        let store = MemoryJournal::losing();
        assert_eq!(wait(store.commit(over.clone(), Sync::Durable)), Ok(Ok(())));
        assert_eq!(wait(store.commit(everywhere(&id, 0), Sync::Ordered)), Ok(Ok(())));
        assert_eq!(store.at_risk(), 1);
        sync(&store);
        assert_eq!(store.at_risk(), 0);
    }
}

proptest! {
    /// Whatever is done, a crash leaves a state that there was, no older than the last durable one.
    #[test]
    fn what_a_crash_leaves_is_a_moment_that_there_was(
        acts in prop::collection::vec((0_u8..3, any::<bool>()), 1..40), seed in any::<u64>()
    ) {
        let ids = ["a", "b", "c"].map(make::id);
        let store = MemoryJournal::losing();
        let all = |store: &MemoryJournal| ids.iter().map(|id| seen(store, id)).collect::<Vec<_>>();
        let (mut moments, mut durable) = (vec![all(&store)], 0);
        for (which, sync) in acts {
            let id = &ids[usize::from(which)];
            let next = store.head(id).unwrap().map_or(0, |head| head.next.0);
            let sync = if sync { Sync::Durable } else { Sync::Ordered };
            prop_assert_eq!(wait(store.commit(everywhere(id, next), sync)), Ok(Ok(())));
            moments.push(all(&store));
            if sync == Sync::Durable {
                durable = moments.len() - 1;
            }
        }
        let left = all(&store.crash(seed));
        let place = moments.iter().rposition(|moment| *moment == left);
        prop_assert!(place.is_some_and(|place| place >= durable), "{:?} of {}, durable {}", place, moments.len(), durable);
    }
}
