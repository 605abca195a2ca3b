//! What a repair mends, and what it leaves.

use std::fs;

use cairn_replay::{Instant, Seq};

use super::{super::files::log, damaged, filled};
use crate::{
    FjallJournal, Journal, Repair, StoreError, Sync,
    conformance::{make, wait},
    fjall::{
        keys::{self, Tag},
        tests::{Folder, copy},
    },
    repair, verify,
};

#[test]
fn a_healthy_directory_is_verified_in_full_and_not_changed() {
    let folder = Folder::new();
    let acknowledged = filled(&folder.0);
    let before = super::files(&folder.0);
    let verified = verify(&folder.0).unwrap();
    assert_eq!(verified.findings, []);
    assert!(verified.complete);
    let counts = verified.counts;
    assert_eq!((counts.instances, counts.entries, counts.messages), (5, 60, acknowledged.messages));
    assert_eq!((counts.timers, counts.blobs), (acknowledged.timers.len() as u64, 1));
    assert!(counts.tables >= 4 && counts.table_bytes > 0 && counts.log_batches > 0, "{counts:?}");
    assert_eq!(super::files(&folder.0), before);
    assert_eq!(repair(&folder.0, Repair::default()).unwrap().before, None, "there is nothing to mend");
    assert_eq!(acknowledged.found(&folder.0), Ok(true));
}

#[test]
fn whoever_has_it_open_is_not_disturbed() {
    let folder = Folder::new();
    filled(&folder.0);
    let store = FjallJournal::open(&folder.0).unwrap();
    assert!(matches!(verify(&folder.0), Err(StoreError::Locked(_))));
    assert!(matches!(repair(&folder.0, Repair::default()), Err(StoreError::Locked(_))));
    drop(store);
}

/// Repairs, and gives where it was copied to, removed at the end.
fn repaired(folder: &Folder, how: Repair) -> (crate::Repaired, Folder) {
    let repaired = repair(&folder.0, how).unwrap();
    let before = Folder(repaired.before.clone().expect("it was copied first"));
    assert!(before.0.join("format").exists());
    (repaired, before)
}

#[test]
fn rows_that_follow_from_entries_are_written_anew() {
    let folder = Folder::new();
    let acknowledged = filled(&folder.0);
    let store = FjallJournal::open(&folder.0).unwrap();
    let (gone, stray, headless) = (make::id("i0"), make::id("i1"), make::id("i2"));
    let due = acknowledged.timers[&gone];
    store.tables.timers.remove(keys::timer(due, &gone)).unwrap();
    store.tables.timers.insert(keys::timer(Instant(7), &stray), b"").unwrap();
    store.tables.heads.remove(keys::instance(Tag::Head, &headless)).unwrap();
    store.tables.heads.remove(keys::instance(Tag::Ready, &make::id("i3"))).unwrap();
    drop(store);
    let found = verify(&folder.0).unwrap();
    // The head that is gone takes its timer with it.
    assert_eq!(found.findings.len(), 5, "{:#?}", found.findings);
    let (done, _before) = repaired(&folder, Repair::default());
    assert_eq!(done.now.findings, [], "{done:#?}");
    assert_eq!(done.aside, []);
    let store = FjallJournal::open(&folder.0).unwrap();
    let loaded = store.load(&headless, Seq(0)).unwrap();
    assert_eq!(loaded, acknowledged.entries[&headless]);
    let line = make::append(&headless, loaded.len() as u64, vec![make::line("on it goes")]);
    wait(store.commit(line, Sync::Durable)).unwrap().unwrap();
    drop(store);
    drop(FjallJournal::open(&folder.0).unwrap());
}

#[test]
fn promise_11_a_damaged_instance_is_set_aside_and_the_others_go_on() {
    let folder = Folder::new();
    let acknowledged = filled(&folder.0);
    let store = FjallJournal::open(&folder.0).unwrap();
    let (bad, good) = (make::id("i1"), make::id("i2"));
    store.tables.entries.remove(keys::entry(&bad, Seq(3))).unwrap();
    drop(store);
    let found = verify(&folder.0).unwrap();
    assert!(!found.clean() && found.findings.len() == 1, "{:#?}", found.findings);
    assert!(found.findings[0].place.contains("`i1`") && found.findings[0].place.contains("entry 3"));
    let (done, before) = repaired(&folder, Repair::default());
    assert_eq!(done.aside.len(), 1);
    assert!(done.now.clean() && done.now.counts.aside == 1, "{:#?}", done.now);
    let store = FjallJournal::open(&folder.0).unwrap();
    assert!(matches!(store.load(&bad, Seq(0)), Err(StoreError::Corrupt { .. })), "it is not guessed over");
    assert_eq!(store.load(&good, Seq(0)).unwrap(), acknowledged.entries[&good]);
    assert!(store.ready().unwrap().iter().all(|head| head.id != bad), "it does not run");
    assert!(store.due(Instant(1 << 40), 99).unwrap().iter().all(|(_, id)| *id != bad), "nothing wakes it");
    drop(store);
    assert_eq!(repair(&folder.0, Repair::default()).unwrap().before, None, "a second time is free");
    assert_eq!(verify(&before.0).unwrap().findings, found.findings, "the copy is as it was");
}

#[test]
fn promise_11_what_was_acknowledged_and_is_lost_is_given_up_only_if_somebody_says_so() {
    let folder = Folder::new();
    let acknowledged = filled(&folder.0);
    let (_, path) = log::list(&folder.0.join("db")).unwrap().pop().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 600].fill(0);
    fs::write(&path, &bytes).unwrap();
    let found = verify(&folder.0).unwrap();
    assert!(!found.clean() && !found.complete, "{found:#?}");
    assert!(matches!(repair(&folder.0, Repair::default()), Err(StoreError::Corrupt { .. })));
    assert_eq!(fs::read(&path).unwrap(), bytes, "nothing was changed");
    let (done, _before) = repaired(&folder, Repair { accept_loss: true });
    assert!(done.now.clean(), "{:#?}", done.now);
    let store = FjallJournal::open(&folder.0).unwrap();
    let whole = acknowledged.entries.keys().filter(|id| store.load(id, Seq(0)).is_ok()).count();
    assert!(whole > 0 && whole + done.aside.len() == 5, "{whole} whole, {:?} aside", done.aside);
    drop(store);
    drop(FjallJournal::open(&folder.0).unwrap());
}

#[test]
fn a_lost_end_can_be_given_up() {
    let folder = Folder::new();
    filled(&folder.0);
    let (_, path) = log::list(&folder.0.join("db")).unwrap().pop().unwrap();
    let length = fs::metadata(&path).unwrap().len();
    fs::File::options().write(true).open(&path).unwrap().set_len(length - 700).unwrap();
    assert!(FjallJournal::open(&folder.0).is_err());
    let (done, _before) = repaired(&folder, Repair { accept_loss: true });
    assert!(done.now.clean(), "{:#?}", done.now);
    for _ in 0..2 {
        let store = FjallJournal::open(&folder.0).unwrap();
        let id = make::id(&format!("new {}", store.list("acme", None, 99).unwrap().items.len()));
        wait(store.commit(make::begin(&id), Sync::Durable)).unwrap().unwrap();
    }
}

#[test]
fn a_table_that_is_not_what_was_written_is_found() {
    let folder = Folder::new();
    let acknowledged = filled(&folder.0);
    let table = super::files(&folder.0).into_iter().find(|file| file.to_string_lossy().contains("1/tables"));
    let table = table.expect("a table of entries");
    damaged(&folder.0, &acknowledged, "a table", |dir| {
        let mut bytes = fs::read(dir.join(&table)).unwrap();
        let middle = bytes.len() / 3;
        bytes[middle] ^= 1;
        fs::write(dir.join(&table), bytes).unwrap();
        let found = verify(dir).unwrap();
        assert!(found.findings.iter().any(|finding| finding.place.contains("tables")), "{found:#?}");
        assert!(matches!(repair(dir, Repair::default()), Err(StoreError::Corrupt { .. })));
    });
}

#[test]
fn the_copy_of_a_running_directory_by_hand_is_no_backup() {
    let (folder, by_hand) = (Folder::new(), Folder::new());
    let mut acknowledged = filled(&folder.0);
    copy(&folder.0, &by_hand.0).unwrap();
    let store = FjallJournal::open(&folder.0).unwrap();
    acknowledged.go_on(&store, 60).unwrap();
    drop(store);
    // The witness was copied last, the log first.
    fs::copy(folder.0.join("witness"), by_hand.0.join("witness")).unwrap();
    assert!(matches!(FjallJournal::open(&by_hand.0), Err(StoreError::Corrupt { .. })));
}
