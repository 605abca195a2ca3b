//! A backup of a journal that goes on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use cairn_replay::Seq;

use super::{Acknowledged, began, filled, flush};
use crate::{
    FjallJournal, Journal, StoreError, Sync,
    conformance::{make, wait},
    fjall::tests::Folder,
    verify,
};

#[test]
fn a_backup_is_a_data_directory() {
    let (folder, to) = (Folder::new(), Folder::new());
    let acknowledged = filled(&folder.0);
    let store = FjallJournal::open(&folder.0).unwrap();
    let backup = store.back_up(&to.0).unwrap();
    assert_eq!((backup.instances, backup.entries, backup.blobs), (5, 60, 1));
    assert_eq!(verify(&to.0).unwrap().findings, []);
    assert_eq!(acknowledged.found(&to.0), Ok(true));
    assert!(matches!(store.back_up(&to.0), Err(StoreError::Io(_))), "it never goes over something");
}

/// Eight writers, tables being written, and backups all the while: each holds all that was acknowledged before it began.
#[test]
fn a_backup_under_load_holds_all_that_was_acknowledged_before_it_began() {
    let folder = Folder::new();
    let store = Arc::new(FjallJournal::open(&folder.0).unwrap());
    let (over, counts) = (Arc::new(AtomicBool::new(false)), Arc::new([const { AtomicU64::new(0) }; 8]));
    let writers: Vec<_> = (0..8)
        .map(|number| {
            let (store, over, counts) = (Arc::clone(&store), Arc::clone(&over), Arc::clone(&counts));
            thread::spawn(move || {
                let id = make::id(&format!("w{number}"));
                let begin = make::append(&id, 0, vec![began(&store, &id).unwrap()]);
                wait(store.commit(begin, Sync::Durable)).unwrap().unwrap();
                for expect in 1.. {
                    counts[number].store(expect, Ordering::SeqCst);
                    if over.load(Ordering::SeqCst) {
                        break;
                    }
                    let sync = if expect % 3 == 0 { Sync::Durable } else { Sync::Ordered };
                    let line = make::append(&id, expect, vec![make::line(&"x".repeat(300))]);
                    wait(store.commit(line, sync)).unwrap().unwrap();
                }
            })
        })
        .collect();
    for round in 0..4 {
        thread::sleep(std::time::Duration::from_millis(100));
        let to = Folder::new();
        let before: Vec<_> = counts.iter().map(|count| count.load(Ordering::SeqCst)).collect();
        let flushing = thread::spawn({
            let store = Arc::clone(&store);
            move || flush(&store)
        });
        store.back_up(&to.0).unwrap();
        flushing.join().unwrap();
        let copy = FjallJournal::open(&to.0).unwrap();
        for (number, before) in before.into_iter().enumerate() {
            let id = make::id(&format!("w{number}"));
            let entries = copy.load(&id, Seq(0)).unwrap().len() as u64;
            assert!(entries >= before, "round {round}, {id:?}: {entries} of {before}");
        }
    }
    over.store(true, Ordering::SeqCst);
    writers.into_iter().for_each(|writer| writer.join().unwrap());
}

#[test]
fn what_is_damaged_is_not_backed_up_as_if_it_were_whole() {
    let (folder, to) = (Folder::new(), Folder::new());
    let mut acknowledged: Acknowledged = filled(&folder.0);
    let store = FjallJournal::open(&folder.0).unwrap();
    acknowledged.go_on(&store, 60).unwrap();
    let key = crate::fjall::keys::entry(&make::id("i1"), Seq(2));
    store.tables.entries.remove(key).unwrap();
    let told = store.back_up(&to.0);
    assert!(matches!(&told, Err(StoreError::Corrupt { place, .. }) if place.contains("`i1`")), "{told:?}");
    assert!(!to.0.exists(), "what is not whole does not get the name");
}
