//! The suite on a disk, and what only a disk can do.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use cairn_replay::{Began, Entry, Instant, Json, Seq};

use super::{Faults, FjallJournal, keys, verify};
use crate::{
    Commit, Digest, HeadChange, InstanceId, Journal, StoreError, Sync, TimerChange,
    conformance::{
        self, Subject,
        machine::{Make, tried},
        wait,
    },
};

/// A folder that goes away with it.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("cairn-journal-{}-{number}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[derive(Clone, Default)]
struct Breakable(Arc<AtomicBool>);

impl Faults for Breakable {
    fn point(&self, name: &'static str) -> io::Result<()> {
        if name == "journal:before-write" && self.0.load(Ordering::SeqCst) {
            return Err(io::Error::other("broken"));
        }
        Ok(())
    }
}

struct Disk {
    folder: Folder,
    faults: Breakable,
}

impl Disk {
    fn new() -> Self {
        Self { folder: Folder::new(), faults: Breakable::default() }
    }
}

impl Subject for Disk {
    type Store = FjallJournal;

    fn open(&mut self) -> Result<FjallJournal, StoreError> {
        self.faults.0.store(false, Ordering::SeqCst);
        FjallJournal::open_with(&self.folder.0, self.faults.clone())
    }

    /// What another process would find if this one were killed now: the files as they are, without a clean end.
    fn crash(&mut self, store: FjallJournal) {
        let left = Folder::new();
        copy(&self.folder.0, &left.0).unwrap();
        drop(store);
        self.folder = left;
    }

    fn damage(&mut self, store: &FjallJournal, id: &InstanceId, seq: Seq, bytes: Option<Vec<u8>>) {
        let (entries, key) = (&store.tables.entries, keys::entry(id, seq));
        match bytes {
            Some(bytes) => entries.insert(key, bytes).unwrap(),
            None => entries.remove(key).unwrap(),
        }
    }

    fn damage_value(&mut self, _store: &FjallJournal, digest: &Digest, json: Option<Json>) {
        let path = value(&self.folder.0, digest);
        match json {
            Some(json) => fs::write(path, json.0.as_bytes()).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
    }

    fn break_disk(&mut self, _store: &FjallJournal) {
        self.faults.0.store(true, Ordering::SeqCst);
    }
}

/// Where a large value lies.
pub(super) fn value(dir: &Path, digest: &Digest) -> PathBuf {
    let hex = digest.0.strip_prefix("sha256:").unwrap();
    dir.join("values").join(&hex[..2]).join(hex)
}

pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        let to = to.join(file.file_name());
        if file.file_type()?.is_dir() {
            copy(&file.path(), &to)?;
        } else {
            fs::copy(file.path(), to)?;
        }
    }
    Ok(())
}

#[test]
fn every_promise_is_kept() {
    let promises: [fn(&mut Disk); 15] = [
        conformance::promise_1,
        conformance::promise_2,
        conformance::promise_3,
        conformance::promise_4,
        conformance::promise_5,
        conformance::promise_6,
        conformance::promise_7,
        conformance::promise_8,
        conformance::promise_9,
        conformance::promise_10,
        conformance::promise_11,
        conformance::promise_12,
        conformance::promise_13,
        conformance::promise_14,
        conformance::promise_15,
    ];
    for promise in promises {
        promise(&mut Disk::new());
    }
}

struct OnDisk;

impl Make for OnDisk {
    type Subject = Disk;

    fn make() -> Disk {
        Disk::new()
    }
}

#[test]
fn it_is_as_the_model_says() {
    if let Err((_, why)) = tried::<OnDisk>(32) {
        panic!("{why}");
    }
}

fn refusal(dir: &Path) -> StoreError {
    match FjallJournal::open(dir) {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

#[test]
fn one_process_owns_it() {
    let folder = Folder::new();
    let first = FjallJournal::open(&folder.0).unwrap();
    assert_eq!(refusal(&folder.0), StoreError::Locked(folder.0.join("lock").display().to_string()));
    drop(first);
    assert!(folder.0.join("lock").exists(), "the file stays, its lock does not");
    drop(FjallJournal::open(&folder.0).unwrap());
}

#[test]
fn one_that_is_just_going_is_waited_for() {
    let folder = Folder::new();
    let first = FjallJournal::open(&folder.0).unwrap();
    let goes = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        drop(first);
    });
    drop(FjallJournal::open(&folder.0).unwrap());
    goes.join().unwrap();
}

#[test]
fn a_newer_directory_is_not_touched() {
    let folder = Folder::new();
    drop(FjallJournal::open(&folder.0).unwrap());
    let format = folder.0.join("format");
    assert_eq!(fs::read_to_string(&format).unwrap(), "cairn-journal 4\n");
    fs::write(&format, "cairn-journal 5\n").unwrap();
    assert_eq!(refusal(&folder.0), StoreError::Newer { found: 5, known: 4 });
    fs::write(&format, "something else").unwrap();
    assert!(matches!(refusal(&folder.0), StoreError::Corrupt { .. }));
    fs::remove_file(&format).unwrap();
    assert!(
        matches!(refusal(&folder.0), StoreError::Corrupt { .. }),
        "data of an unknown version is not guessed about"
    );
}

/// An older build must not meet entries that it does not know: the directory says so before there are any.
#[test]
fn an_older_directory_becomes_one_of_this_version() {
    let folder = Folder::new();
    let id = InstanceId { tenant: "acme".into(), instance: "order-1".into() };
    let store = FjallJournal::open(&folder.0).unwrap();
    wait(store.commit(begin(&id), Sync::Durable)).unwrap().unwrap();
    drop(store);
    let format = folder.0.join("format");
    for older in ["1", "2", "3"] {
        fs::write(&format, format!("cairn-journal {older}\n")).unwrap();
        let store = FjallJournal::open(&folder.0).unwrap();
        assert_eq!(store.load(&id, Seq(0)).unwrap().len(), 1);
        assert_eq!(fs::read_to_string(&format).unwrap(), "cairn-journal 4\n");
    }
    fs::write(&format, "cairn-journal 0\n").unwrap();
    assert!(matches!(refusal(&folder.0), StoreError::Corrupt { .. }));
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let folder = Folder::new();
    fs::write(&folder.0, "a file").unwrap();
    let error = refusal(&folder.0.join("data"));
    fs::remove_file(&folder.0).unwrap();
    assert!(matches!(&error, StoreError::Io(text) if text.contains("data")), "{error}");
}

#[test]
fn a_broken_engine_file_is_damage_with_a_path() {
    let folder = Folder::new();
    drop(FjallJournal::open(&folder.0).unwrap());
    fs::write(folder.0.join("db").join("version"), [0; 4]).unwrap();
    let error = refusal(&folder.0);
    assert!(matches!(&error, StoreError::Corrupt { place, .. } if place.ends_with("db")), "{error}");
}

/// The engine would stumble over some of what is left, and number its keyspaces otherwise beside the rest.
#[test]
fn a_directory_whose_making_was_cut_off_is_made_anew_and_nothing_else_is() {
    let folder = Folder::new();
    let (db, witness) = (folder.0.join("db"), folder.0.join("witness"));
    let id = InstanceId { tenant: "t".into(), instance: "x".into() };
    let is_made_anew = || {
        fs::remove_file(&witness).unwrap();
        assert!(verify(&folder.0).unwrap().findings.is_empty());
        drop(FjallJournal::open(&folder.0).unwrap());
        assert!(verify(&folder.0).unwrap().findings.is_empty());
    };
    drop(FjallJournal::open(&folder.0).unwrap());
    fs::write(db.join("version"), "").unwrap();
    is_made_anew();
    fs::rename(db.join("keyspaces/2"), db.join("keyspaces/7")).unwrap();
    is_made_anew();

    let damaged = |what: &str| {
        assert!(matches!(refusal(&folder.0), StoreError::Corrupt { .. }), "{what}");
        assert!(!verify(&folder.0).unwrap().findings.is_empty(), "{what}");
        assert_eq!(fs::read(db.join("version")).unwrap(), b"", "it is left as it is");
    };
    let store = FjallJournal::open(&folder.0).unwrap();
    wait(store.commit(begin(&id), Sync::Durable)).unwrap().unwrap();
    drop(store);
    fs::write(db.join("version"), "").unwrap();
    damaged("its witness says that it was whole");
    fs::remove_file(&witness).unwrap();
    damaged("its log holds something");
    fs::write(db.join("0.jnl"), "").unwrap();
    fs::write(db.join("keyspaces/1/tables/1"), "").unwrap();
    damaged("there is a table");
}

#[test]
fn an_altered_blob_is_found_and_an_unfinished_one_removed() {
    let folder = Folder::new();
    let store = FjallJournal::open(&folder.0).unwrap();
    let digest = store.put_blob(b"stone").unwrap();
    let hex = digest.0.strip_prefix("sha256:").unwrap();
    let path = folder.0.join("blobs").join(&hex[..2]).join(hex);
    fs::write(&path, b"stome").unwrap();
    let place = path.display().to_string();
    let found = store.blob(&digest).unwrap_err();
    assert!(matches!(&found, StoreError::Corrupt { place: at, .. } if *at == place), "{found}");
    let unfinished = folder.0.join("blobs").join("unfinished-3");
    fs::write(&unfinished, b"st").unwrap();
    drop(store);
    drop(FjallJournal::open(&folder.0).unwrap());
    assert!(!unfinished.exists() && path.exists());
}

fn begin(id: &InstanceId) -> Commit {
    let began = Began {
        at: Instant(1),
        tenant: id.tenant.clone(),
        workflow: "w".into(),
        instance: id.instance.clone(),
        digest: "sha256:0".into(),
        input: Json("{}".into()),
        grant: Json("{}".into()),
        peers: std::collections::BTreeMap::new(),
        parent: None,
        run: 0,
    };
    Commit {
        id: id.clone(),
        expect: Seq(0),
        entries: vec![Entry::Began(began)],
        timer: TimerChange::Keep,
        consumed: Vec::new(),
        restart: false,
        locks: Vec::new(),
        kept: Vec::new(),
        head: HeadChange::default(),
        at: Instant(1),
    }
}

#[test]
fn dropping_it_writes_what_was_handed_over() {
    let folder = Folder::new();
    let store = FjallJournal::open(&folder.0).unwrap();
    let ids: Vec<_> =
        (0..200).map(|n| InstanceId { tenant: "t".into(), instance: format!("{n:03}") }).collect();
    for id in &ids {
        drop(store.commit(begin(id), Sync::Ordered));
    }
    drop(store);
    let store = FjallJournal::open(&folder.0).unwrap();
    assert_eq!(store.list("t", None, 1_000).unwrap().items.len(), ids.len());
}

#[test]
fn a_name_that_no_key_can_hold_harms_nobody_else() {
    let folder = Folder::new();
    let store = FjallJournal::open(&folder.0).unwrap();
    let long = InstanceId { tenant: "t".into(), instance: "x".repeat(100_000) };
    let fine = InstanceId { tenant: "t".into(), instance: "x".into() };
    let (refused, taken) =
        (store.commit(begin(&long), Sync::Durable), store.commit(begin(&fine), Sync::Durable));
    assert!(matches!(wait(refused), Err(StoreError::Io(_))));
    assert_eq!(wait(taken), Ok(Ok(())));
}

/// What a panic at a crash point does to those who wait: they are told.
#[test]
fn if_the_thread_that_writes_dies_nobody_waits_for_ever() {
    struct Dies;
    impl Faults for Dies {
        fn point(&self, _name: &'static str) -> io::Result<()> {
            panic!("meant to")
        }
    }
    let folder = Folder::new();
    let store = FjallJournal::open_with(&folder.0, Dies).unwrap();
    let id = InstanceId { tenant: "t".into(), instance: "x".into() };
    for _ in 0..2 {
        assert!(matches!(wait(store.commit(begin(&id), Sync::Durable)), Err(StoreError::Closed(_))));
    }
}

/// Keeps the names of the points, and fails at one of them.
#[derive(Clone, Default)]
struct Watched {
    points: Arc<std::sync::Mutex<Vec<&'static str>>>,
    fails: Option<(&'static str, io::ErrorKind)>,
}

impl Faults for Watched {
    fn point(&self, name: &'static str) -> io::Result<()> {
        self.points.lock().unwrap().push(name);
        match self.fails {
            Some((point, kind)) if point == name => Err(kind.into()),
            _ => Ok(()),
        }
    }
}

fn line(id: &InstanceId, expect: u64) -> Commit {
    let entry = Entry::CancelAsked { at: Instant(expect), by: "ops".into(), why: String::new() };
    Commit { expect: Seq(expect), entries: vec![entry], ..begin(id) }
}

#[test]
fn crash_points_come_in_order() {
    let (folder, watched) = (Folder::new(), Watched::default());
    let store = FjallJournal::open_with(&folder.0, watched.clone()).unwrap();
    let id = InstanceId { tenant: "t".into(), instance: "x".into() };
    assert_eq!(wait(store.commit(begin(&id), Sync::Durable)), Ok(Ok(())));
    assert_eq!(wait(store.commit(line(&id, 1), Sync::Ordered)), Ok(Ok(())));
    assert!(
        matches!(wait(store.commit(line(&id, 9), Sync::Durable)), Ok(Err(_))),
        "a refused one writes nothing"
    );
    assert_eq!(
        *watched.points.lock().unwrap(),
        ["journal:before-write", "journal:after-sync", "journal:before-write", "journal:after-write"]
    );
}

#[test]
fn a_full_disk_closes_the_store_and_says_so() {
    for (point, left) in [("journal:before-write", 0), ("journal:after-sync", 1)] {
        let folder = Folder::new();
        let faults = Watched { fails: Some((point, io::ErrorKind::StorageFull)), ..Watched::default() };
        let store = FjallJournal::open_with(&folder.0, faults).unwrap();
        let id = InstanceId { tenant: "t".into(), instance: "x".into() };
        let full = wait(store.commit(begin(&id), Sync::Durable)).unwrap_err();
        assert!(matches!(&full, StoreError::Full(text) if text.contains("db")), "{full}");
        let closed = wait(store.commit(begin(&id), Sync::Durable)).unwrap_err();
        assert_eq!(closed, StoreError::Closed(full.to_string()), "the first cause is kept");
        drop(store);
        let store = FjallJournal::open(&folder.0).unwrap();
        assert_eq!(store.load(&id, Seq(0)).unwrap().len(), left, "in full or not at all");
    }
}

/// A load during writes sees one moment: the head of that moment, and its entries.
#[test]
fn loads_are_whole_while_others_write() {
    const LEN: u64 = 400;
    let folder = Folder::new();
    let store = Arc::new(FjallJournal::open(&folder.0).unwrap());
    let id = InstanceId { tenant: "t".into(), instance: "x".into() };
    wait(store.commit(begin(&id), Sync::Durable)).unwrap().unwrap();
    let writer = std::thread::spawn({
        let (store, id) = (Arc::clone(&store), id.clone());
        move || {
            for expect in 1..LEN {
                let sync = if expect % 50 == 0 { Sync::Durable } else { Sync::Ordered };
                wait(store.commit(line(&id, expect), sync)).unwrap().unwrap();
            }
        }
    });
    let (mut last, mut different) = (0, 0);
    while last < LEN as usize {
        let length = store.load(&id, Seq(0)).unwrap().len();
        assert!(length >= last, "nothing goes away again");
        different += usize::from(length > last);
        last = length;
    }
    writer.join().unwrap();
    assert!(different > 2, "it was read while it was written");
}

/// Many callers at once, each with its own instance and one in common: each has its order, and of the common one's sequences
/// each goes to one caller only.
#[test]
fn many_write_at_once() {
    let folder = Folder::new();
    let store = Arc::new(FjallJournal::open(&folder.0).unwrap());
    let common = InstanceId { tenant: "t".into(), instance: "common".into() };
    wait(store.commit(begin(&common), Sync::Durable)).unwrap().unwrap();
    let threads = (0..8).map(|number| {
        let (store, common) = (Arc::clone(&store), common.clone());
        std::thread::spawn(move || {
            let own = InstanceId { tenant: "t".into(), instance: format!("own {number}") };
            let mut won = 0_u64;
            let mut receipts = vec![store.commit(begin(&own), Sync::Durable)];
            for expect in 1..20 {
                receipts.push(store.commit(line(&own, expect), Sync::Durable));
                won += u64::from(wait(store.commit(line(&common, expect), Sync::Durable)).unwrap().is_ok());
            }
            receipts.into_iter().for_each(|receipt| wait(receipt).unwrap().unwrap());
            assert_eq!(store.load(&own, Seq(0)).unwrap().len(), 20);
            won
        })
    });
    let threads: Vec<_> = threads.collect();
    let won: u64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert_eq!(store.load(&common, Seq(0)).unwrap().len() as u64, 1 + won);
    assert_eq!(won, 19, "each sequence has one winner");
}
