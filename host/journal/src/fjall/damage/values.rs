//! Large values that are lost, and those that are swept while others are put.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use cairn_replay::{Entry, Instant, Json, Key, Seq};

use super::{began, filled};
use crate::{
    Digest, FjallJournal, InstanceId, Journal, Repair, Status, Sync,
    conformance::{make, wait},
    fjall::tests::{Folder, value},
    format::{LARGE, Reference},
    repair, verify,
};

fn large(number: u64) -> Json {
    Json(format!("\"{number} {}\"", "x".repeat(LARGE)).into())
}

fn ended(result: Json) -> Entry {
    Entry::Ended { key: Key("pages".into()), at: Instant(1), outcome: Ok(result) }
}

/// An instance whose second entry refers to this.
fn refers(store: &FjallJournal, name: &str, result: Json) -> InstanceId {
    let id = make::id(name);
    let entries = vec![began(store, &id).unwrap(), ended(result)];
    wait(store.commit(make::append(&id, 0, entries), Sync::Durable)).unwrap().unwrap();
    id
}

#[test]
fn a_lost_value_is_verified_repaired_and_can_be_restored() {
    let folder = Folder::new();
    let acknowledged = filled(&folder.0);
    let store = FjallJournal::open(&folder.0).unwrap();
    let (id, beside) = (refers(&store, "large", large(1)), refers(&store, "beside", large(2)));
    let letter = crate::Message { data: large(1), ..make::message(&id, "m") };
    wait(store.put(letter.clone())).unwrap();
    drop(store);
    let healthy = verify(&folder.0).unwrap();
    assert_eq!((healthy.counts.values, healthy.findings.len()), (2, 0), "{:?}", healthy.findings);

    let digest = Reference::to(&large(1).0).digest();
    let path = value(&folder.0, &digest);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, [&bytes[..bytes.len() - 1], b"'"].concat()).unwrap();
    let found = verify(&folder.0).unwrap().findings;
    let told = |place: &str, words: &[&str]| {
        let told = found.iter().find(|finding| finding.place.contains(place));
        let told = told.unwrap_or_else(|| panic!("nothing is said of {place}: {found:?}"));
        let all = format!("{} {} {}", told.found, told.means, told.cure);
        words.iter().for_each(|word| assert!(all.contains(word), "{place}: {all}"));
    };
    told("`large`", &["`pages`", &digest.0, "other bytes", "values/", "cairn repair"]);
    told("values", &["its bytes have the digest"]);
    told("`messages`", &["message `m`", &digest.0]);
    assert!(!found.iter().any(|finding| finding.place.contains("beside")), "{found:?}");

    let repaired = repair(&folder.0, Repair::default()).unwrap();
    let _before = Folder(repaired.before.clone().unwrap());
    assert_eq!(repaired.aside.iter().map(|(id, _)| id).collect::<Vec<_>>(), [&id]);
    let store = FjallJournal::open(&folder.0).unwrap();
    assert!(matches!(store.head(&id).unwrap().unwrap().status, Status::Diverged(_)));
    assert!(store.load(&id, Seq(0)).is_err() && store.load(&beside, Seq(0)).is_ok());
    // Whoever has the value puts what is damaged right.
    refers(&store, "again", large(1));
    assert_eq!(store.load(&id, Seq(0)).unwrap().len(), 2);
    assert_eq!(acknowledged.found_in(&store), Ok(true));
}

#[test]
fn a_backup_has_the_values() {
    let (folder, to) = (Folder::new(), Folder::new());
    filled(&folder.0);
    let store = FjallJournal::open(&folder.0).unwrap();
    let id = refers(&store, "large", large(1));
    assert_eq!(store.back_up(&to.0).unwrap().values, 1);
    let copied = FjallJournal::open(&to.0).unwrap();
    assert_eq!(copied.load(&id, Seq(1)).unwrap(), [ended(large(1))]);
}

#[test]
fn what_a_value_names_is_named() {
    let folder = Folder::new();
    filled(&folder.0);
    let store = FjallJournal::open(&folder.0).unwrap();
    let (named, gone) = (store.put_blob(b"named").unwrap(), store.put_blob(b"gone").unwrap());
    // Across the edge of what is read at a time.
    for before in [(1 << 20) - 40, 0] {
        let text = format!("\"{}{}{}\"", "x".repeat(before), named.0, "y".repeat(LARGE));
        refers(&store, &format!("large {before}"), Json(text.into()));
    }
    store.sweep_blobs(&[].into(), Duration::ZERO).unwrap();
    let there = |digest: &Digest| store.blob(digest).unwrap().is_some();
    assert!(there(&named) && !there(&gone));
}

/// Four write values, the same ones again and again, in runs that end at once; another one sweeps all the while. A sweep that does
/// not ask for marks is found each time.
#[test]
fn what_is_about_to_be_referred_to_is_not_swept() {
    let folder = Folder::new();
    let store = Arc::new(FjallJournal::open(&folder.0).unwrap());
    let over = Arc::new(AtomicBool::new(false));
    let removed = Arc::new(AtomicU64::new(0));
    let sweeper = thread::spawn({
        let (store, over, removed) = (Arc::clone(&store), Arc::clone(&over), Arc::clone(&removed));
        move || {
            while !over.load(Ordering::SeqCst) {
                removed.fetch_add(store.sweep_values().unwrap().removed, Ordering::SeqCst);
            }
        }
    });
    let writers: Vec<_> = (0..4)
        .map(|number| {
            let (store, removed) = (Arc::clone(&store), Arc::clone(&removed));
            thread::spawn(move || {
                let id = make::id(&format!("w{number}"));
                wait(store.commit(make::begin(&id), Sync::Ordered)).unwrap().unwrap();
                for round in 1..4000 {
                    // As long as nothing was swept, nothing is shown.
                    if round >= 40 && removed.load(Ordering::SeqCst) > 0 {
                        break;
                    }
                    let result = ended(large(round % 3));
                    // What the run before referred to is free again.
                    let mut next = make::append(
                        &id,
                        if round == 1 { 1 } else { 2 },
                        vec![make::began(&id), result.clone()],
                    );
                    next.restart = true;
                    wait(store.commit(next, Sync::Ordered)).unwrap().unwrap();
                    assert_eq!(store.load(&id, Seq(1)).unwrap(), [result]);
                }
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let meanwhile = removed.load(Ordering::SeqCst);
    over.store(true, Ordering::SeqCst);
    sweeper.join().unwrap();
    assert!(meanwhile > 0, "something was swept meanwhile");
}

/// In the folders of this one.
fn files(folder: &Path) -> usize {
    let inside = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    inside(folder).map(|entry| inside(&entry.path()).count()).sum()
}

/// A loop that carries another large value from run to run leaves but the last ones, without anybody who purges.
#[test]
fn values_of_earlier_runs_do_not_pile_up() {
    let folder = Folder::new();
    let store = FjallJournal::open(&folder.0).unwrap();
    store.sweeper.enough.store(4 * LARGE as u64, Ordering::Relaxed);
    let id = refers(&store, "loop", large(0));
    for round in 1..60 {
        let mut next = make::append(&id, 2, vec![make::began(&id), ended(large(round))]);
        next.restart = true;
        wait(store.commit(next, Sync::Durable)).unwrap().unwrap();
    }
    // What sweeps is a thread of its own, which may come late.
    let begun = std::time::Instant::now();
    while files(&folder.0.join("blobs")) >= 30 && begun.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(20));
    }
    drop(store);
    let left = verify(&folder.0).unwrap().counts.values;
    assert!((1..30).contains(&left), "{left} of 60 are left");
    let store = FjallJournal::open(&folder.0).unwrap();
    assert_eq!(store.load(&id, Seq(1)).unwrap(), [ended(large(59))]);
}
