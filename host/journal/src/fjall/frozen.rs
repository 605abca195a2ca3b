//! Data directories of versions 1 and 2, made of the frozen one of version 3: real ones are not to be had any more. Their entries are byte for byte
//! what those versions wrote; what is around them is the present store's.

use std::{fs, path::PathBuf};

use cairn_replay::{Command, Entry, Seq};

use super::{
    FjallJournal,
    tests::{Folder, copy},
    writer::Request,
};
use crate::{
    Commit, Head, HeadChange, InstanceId, Journal, Sync, TimerChange,
    conformance::{make, wait},
    format,
    model::Prepared,
};

fn fixture(version: u8) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/fixture/data-v{version}"))
}

/// As an older version wrote it. What came later is none or empty in these entries, and the form of that is a byte 00 at the end of what it is added to.
fn older(entry: &Entry, version: u8) -> Vec<u8> {
    let mut body = format::body(entry).bytes;
    body[2] = version;
    let later = match entry {
        // Peers, parent, run.
        Entry::Began(_) => 3,
        // Secrets, cache; between them the three options that this step does not have.
        Entry::Asked { command: Command::Call { .. }, .. } => 2,
        // The condition of the one subscription; the block of a line.
        Entry::Asked { command: Command::Receive { .. }, .. } | Entry::Logged { .. } => 1,
        _ => 0,
    };
    for _ in 0..if version == 1 { later } else { 0 } {
        assert_eq!(body.pop(), Some(0), "{entry:?} has what version 1 cannot say");
    }
    body
}

fn before_there_were_peers(entry: Entry) -> Entry {
    match entry {
        Entry::Began(began) => Entry::Began(cairn_replay::Began { peers: Default::default(), ..began }),
        other => other,
    }
}

/// In one commit, with its head as it was.
fn put(store: &FjallJournal, head: &Head, entries: &[Entry], version: u8) {
    let commit = Commit {
        head: HeadChange { status: Some(head.status.clone()), digest: None },
        timer: TimerChange::Keep,
        at: head.changed,
        ..make::append(&head.id, 0, entries.to_vec())
    };
    let mut prepared = Prepared::from(commit);
    prepared.bodies = entries.iter().map(|entry| older(entry, version)).collect();
    let put = store.send(0, |to| Request::Commit(Box::new(prepared), Vec::new(), Sync::Durable, to));
    wait(put).unwrap().unwrap();
}

#[test]
#[ignore = "writes the frozen directories of versions 1 and 2, where they are not there yet"]
fn write_versions_1_and_2() {
    let of_3 = Folder::new();
    copy(&fixture(3), &of_3.0).unwrap();
    let frozen = FjallJournal::open(&of_3.0).unwrap();
    let id = InstanceId { tenant: "local".into(), instance: "small".into() };
    let head = frozen.head(&id).unwrap().unwrap();
    let entries: Vec<_> =
        frozen.load(&id, Seq(0)).unwrap().into_iter().map(before_there_were_peers).collect();
    for version in [1, 2] {
        let folder = Folder::new();
        let store = FjallJournal::open(&folder.0).unwrap();
        put(&store, &head, &entries, version);
        assert_eq!(
            store.load(&id, Seq(0)).unwrap(),
            entries,
            "version {version} reads as what it was made of"
        );
        drop(store);
        // Opened once more, the log has no zeros at its end.
        drop(FjallJournal::open(&folder.0).unwrap());
        fs::write(folder.0.join("format"), format!("cairn-journal {version}\n")).unwrap();
        for made_anew in ["lock", "blobs", "values"] {
            let path = folder.0.join(made_anew);
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
        if !fixture(version).exists() {
            copy(&folder.0, &fixture(version)).unwrap();
        }
    }
}
