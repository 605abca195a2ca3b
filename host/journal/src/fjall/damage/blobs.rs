//! Large blobs, and those that nobody needs any more.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read},
    time::Duration,
};

use cairn_replay::{Entry, Json, Key};

use super::{began, filled};
use crate::{
    Digest, FjallJournal, Journal, StoreError, Sync,
    conformance::{make, wait},
    fjall::tests::Folder,
    model,
};

/// Bytes without end, none of them twice in a row.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        for byte in bytes.iter_mut() {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = self.0.to_be_bytes()[0];
        }
        Ok(bytes.len())
    }
}

#[test]
fn a_large_blob_is_streamed_in_and_out() {
    let folder = Folder::new();
    let store = FjallJournal::open(&folder.0).unwrap();
    let length = 9 << 20;
    let mut all = Vec::new();
    Endless(1).take(length).read_to_end(&mut all).unwrap();
    let digest = store.put_blob_from(&mut Endless(1).take(length)).unwrap();
    assert_eq!(digest, model::digest(&all));
    assert_eq!(store.put_blob_from(&mut &all[..]).unwrap(), digest, "a second time is free");
    let mut read = Vec::new();
    store.read_blob(&digest).unwrap().unwrap().read_to_end(&mut read).unwrap();
    assert!(read == all);
    let left: Vec<_> = fs::read_dir(folder.0.join("blobs")).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing unfinished is left: {left:?}");

    let hex = digest.0.strip_prefix("sha256:").unwrap();
    let path = folder.0.join("blobs").join(&hex[..2]).join(hex);
    all[4 << 20] ^= 1;
    fs::write(&path, &all).unwrap();
    let read = store.read_blob(&digest).unwrap().unwrap().read_to_end(&mut Vec::new());
    assert_eq!(read.unwrap_err().kind(), io::ErrorKind::InvalidData);
}

#[test]
fn bytes_that_cannot_be_read_are_not_the_disks_fault() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the other side went away"))
        }
    }
    let folder = Folder::new();
    let store = FjallJournal::open(&folder.0).unwrap();
    let mut half = Endless(2).take(3 << 20).chain(Broken);
    assert!(matches!(store.put_blob_from(&mut half), Err(StoreError::Io(_))));
    assert_eq!(fs::read_dir(folder.0.join("blobs")).unwrap().count(), 0);
    store.put_blob(b"and on it goes").unwrap();
}

#[test]
fn what_nothing_names_is_swept_when_it_is_old_enough() {
    let folder = Folder::new();
    filled(&folder.0);
    let store = FjallJournal::open(&folder.0).unwrap();
    let named = store.put_blob(b"named by an outcome").unwrap();
    let (kept, gone) = (store.put_blob(b"kept").unwrap(), store.put_blob(b"gone").unwrap());
    let id = make::id("blobs");
    let outcome = Json(format!("{{\"$blob\":\"{}\"}}", named.0).into());
    let ended = Entry::Ended { key: Key("k".into()), at: cairn_replay::Instant(1), outcome: Ok(outcome) };
    let began = began(&store, &id).unwrap();
    wait(store.commit(make::append(&id, 0, vec![began, ended]), Sync::Durable)).unwrap().unwrap();

    let keep = BTreeSet::from([kept.clone()]);
    let swept = store.sweep_blobs(&keep, Duration::from_secs(3600)).unwrap();
    assert_eq!((swept.removed, swept.kept), (0, 4), "a young one may be about to be named");
    let swept = store.sweep_blobs(&keep, Duration::ZERO).unwrap();
    assert_eq!((swept.removed, swept.kept, swept.bytes), (1, 3, 4));
    let there = |digest: &Digest| store.blob(digest).unwrap().is_some();
    assert!(there(&named) && there(&kept) && !there(&gone));
}
