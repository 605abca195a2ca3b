//! Files that are not what was written.

use std::{fs, path::Path};

use cairn_replay::Seq;

use super::{super::files::log, Acknowledged, damaged, files, filled, flush};
use crate::{
    FjallJournal, Journal, StoreError, Sync,
    conformance::{make, wait},
    fjall::tests::{Folder, copy},
};

/// About so many places of each file are tried; `CAIRN_DAMAGE` sets another number.
fn places(length: usize) -> impl Iterator<Item = usize> {
    let places = std::env::var("CAIRN_DAMAGE").ok().and_then(|text| text.parse().ok()).unwrap_or(6);
    let step = (length / places).max(1);
    // Not always at the same place of what repeats.
    (0..length).step_by(step).enumerate().map(move |(index, at)| (at + index * 7 % step).min(length - 1))
}

fn each_place(mut with: impl FnMut(&str, &Path, &Acknowledged, &Path, usize)) {
    let folder = Folder::new();
    let acknowledged = filled(&folder.0);
    for file in files(&folder.0) {
        let length = fs::metadata(folder.0.join(&file)).unwrap().len();
        for at in places(usize::try_from(length).unwrap()) {
            with(&format!("{} at {at}", file.display()), &folder.0, &acknowledged, &file, at);
        }
    }
}

#[test]
fn promise_11_a_bit_that_flips_in_any_file_is_harmless_or_named() {
    let (mut named, mut whole) = (0, 0);
    each_place(|what, dir, acknowledged, file, at| {
        let found = damaged(dir, acknowledged, what, |copy| {
            let mut bytes = fs::read(copy.join(file)).unwrap();
            bytes[at] ^= 1 << (at % 8);
            fs::write(copy.join(file), bytes).unwrap();
        });
        if found { whole += 1 } else { named += 1 }
    });
    println!("{named} named, {whole} harmless");
    assert!(named > 30, "{named}");
}

#[test]
fn promise_11_a_file_that_is_cut_anywhere_is_harmless_or_named() {
    each_place(|what, dir, acknowledged, file, at| {
        let whole = damaged(dir, acknowledged, what, |copy| {
            fs::File::options().write(true).open(copy.join(file)).unwrap().set_len(at as u64).unwrap();
        });
        assert!(!whole || file.starts_with("blobs") || !file.starts_with("db"), "{what}: nothing is missing");
    });
}

#[test]
fn promise_11_a_sector_of_zeros_is_harmless_or_named() {
    each_place(|what, dir, acknowledged, file, at| {
        damaged(dir, acknowledged, what, |copy| {
            let mut bytes = fs::read(copy.join(file)).unwrap();
            let begin = at / 512 * 512;
            let end = bytes.len().min(begin + 512);
            bytes[begin..end].fill(0);
            fs::write(copy.join(file), bytes).unwrap();
        });
    });
}

#[test]
fn promise_11_a_file_that_is_gone_is_named() {
    let folder = Folder::new();
    let acknowledged = filled(&folder.0);
    for file in files(&folder.0) {
        let what = format!("{} is gone", file.display());
        let whole =
            damaged(&folder.0, &acknowledged, &what, |copy| fs::remove_file(copy.join(&file)).unwrap());
        assert!(!whole || file.starts_with("blobs"), "{what}, and nobody says so");
    }
}

#[test]
fn promise_11_an_older_copy_of_any_file_is_named() {
    let (old, new) = (Folder::new(), Folder::new());
    let mut acknowledged = filled(&old.0);
    copy(&old.0, &new.0).unwrap();
    let store = FjallJournal::open(&new.0).unwrap();
    for number in 60..90 {
        acknowledged.go_on(&store, number).unwrap();
    }
    flush(&store);
    for number in 90..100 {
        acknowledged.go_on(&store, number).unwrap();
    }
    drop(store);
    let (mut tried, mut named) = (0, 0);
    for file in files(&old.0) {
        let (before, now) = (fs::read(old.0.join(&file)).unwrap(), fs::read(new.0.join(&file)));
        if now.is_ok_and(|now| now == before) {
            continue;
        }
        tried += 1;
        let what = format!("an older {}", file.display());
        let whole = damaged(&new.0, &acknowledged, &what, |copy| {
            fs::write(copy.join(&file), &before).unwrap();
        });
        named += u32::from(!whole);
    }
    assert!(tried > 5, "{tried}");
    // Where the log still holds what an older table lacks, nothing is lost, and nothing has to be said.
    for keyspace in 1..5 {
        // All that a keyspace has, as a whole: each file fits the others.
        let folder = format!("db/keyspaces/{keyspace}");
        let what = format!("an older {folder}");
        named += u32::from(!damaged(&new.0, &acknowledged, &what, |dir| {
            fs::remove_dir_all(dir.join(&folder)).unwrap();
            copy(&old.0.join(&folder), &dir.join(&folder)).unwrap();
        }));
    }
    assert!(named > 0, "an older log, at least, lost something");
}

/// The boundary: a whole directory that is put back is a whole directory. Nothing within it can tell.
#[test]
fn an_older_copy_of_everything_is_what_it_was() {
    let (folder, old) = (Folder::new(), Folder::new());
    let mut acknowledged = filled(&folder.0);
    copy(&folder.0, &old.0).unwrap();
    let before = acknowledged.clone();
    let store = FjallJournal::open(&folder.0).unwrap();
    acknowledged.go_on(&store, 60).unwrap();
    drop(store);
    assert_eq!(before.found(&old.0), Ok(true));
    assert!(acknowledged.found(&old.0).is_err());
}

/// The log's bytes from its first batch behind a number on.
fn batches(dir: &Path) -> (std::path::PathBuf, Vec<u8>, Vec<log::Batch>) {
    let (_, path) = log::list(&dir.join("db")).unwrap().pop().unwrap();
    let bytes = fs::read(&path).unwrap();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Ok(batch) = log::batch_at(&bytes, at) {
        at = batch.end;
        found.push(batch);
    }
    (path, bytes, found)
}

/// With the power go commits that nothing durable had followed: some of their pages, in any order.
#[test]
fn what_the_power_takes_of_what_was_not_synced_is_cut_off() {
    let folder = Folder::new();
    let mut acknowledged = filled(&folder.0);
    let id = make::id("unsynced");
    let store = FjallJournal::open(&folder.0).unwrap();
    acknowledged.go_on(&store, 60).unwrap();
    wait(store.commit(make::begin(&id), Sync::Ordered)).unwrap().unwrap();
    for number in 1..6 {
        let line = make::append(&id, number, vec![make::line("x")]);
        wait(store.commit(line, Sync::Ordered)).unwrap().unwrap();
    }
    // As the disk has it before the clean end.
    let crashed = Folder::new();
    copy(&folder.0, &crashed.0).unwrap();
    drop(store);
    let (path, bytes, found) = batches(&crashed.0);
    let unsynced = &found[found.len() - 6..];
    for (index, batch) in unsynced.iter().enumerate() {
        for zeroed in [batch.at..batch.end, batch.at..batch.at + 5, batch.end - 3..batch.end] {
            let mut bytes = bytes.clone();
            bytes[zeroed].fill(0);
            let dir = Folder::new();
            copy(&crashed.0, &dir.0).unwrap();
            fs::write(dir.0.join("db").join(path.file_name().unwrap()), bytes).unwrap();
            let store = FjallJournal::open(&dir.0).unwrap();
            assert_eq!(acknowledged.found_in(&store), Ok(true));
            assert_eq!(store.load(&id, Seq(0)).unwrap().len(), index, "in order, and all before it");
        }
    }
}

/// The same bytes, once something durable had followed: then they are damage.
#[test]
fn promise_11_what_was_synced_is_not_taken_for_a_torn_end() {
    let folder = Folder::new();
    filled(&folder.0);
    let (path, bytes, found) = batches(&folder.0);
    let (before, whole) = (found.len(), found.last().unwrap());
    for batch in &found[before - 4..] {
        let mut bytes = bytes.clone();
        bytes[batch.at..batch.end].fill(0);
        fs::write(&path, &bytes).unwrap();
        let Err(StoreError::Corrupt { place, found }) = FjallJournal::open(&folder.0) else {
            panic!("it opened")
        };
        assert!(place.ends_with(".jnl"), "{place}");
        if batch.at < whole.at {
            assert!(found.contains("whole batches"), "{found}");
            assert!(found.contains(&format!("at byte {}", batch.at)), "{found}");
        }
        assert_eq!(fs::read(&path).unwrap(), bytes, "nothing was changed");
    }
    fs::write(&path, &bytes).unwrap();
    drop(FjallJournal::open(&folder.0).unwrap());
}

/// A directory of a build that numbered no batches.
#[test]
fn a_log_without_numbers_is_refused_if_whole_batches_lie_behind_a_bad_one() {
    let folder = Folder::new();
    {
        let db = folder.0.join("db");
        fs::create_dir_all(&folder.0).unwrap();
        fs::write(folder.0.join("format"), "cairn-journal 1\n").unwrap();
        let tables = crate::fjall::tables::Tables::open(&db).unwrap();
        for number in 0..9_u8 {
            tables.messages.insert(vec![b'k', number], vec![number; 50]).unwrap();
        }
    }
    let (path, bytes, found) = batches(&folder.0);
    assert_eq!(found.len(), 9);
    let mut bad = bytes.clone();
    bad[found[4].at + 20] ^= 4;
    fs::write(&path, &bad).unwrap();
    let Err(StoreError::Corrupt { found: said, .. }) = FjallJournal::open(&folder.0) else {
        panic!("it opened")
    };
    assert!(said.contains("4 whole batches"), "{said}");
    fs::write(&path, &bytes[..found[8].at + 30]).unwrap();
    drop(FjallJournal::open(&folder.0).unwrap());
    let (_, _, found) = batches(&folder.0);
    assert_eq!(found.len(), 8, "a torn end is cut off");
}
