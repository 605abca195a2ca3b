//! Damage of every kind to every file: opening and loading gives all that was acknowledged, or names the damage; never silently less.

mod backups;
mod blobs;
mod files;
mod repairs;
mod values;
mod writes;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use cairn_replay::{Entry, Instant, Seq};

use super::{
    FjallJournal,
    tests::{Folder, copy},
};
use crate::{
    Commit, InstanceId, Journal, StoreError, Sync, TimerChange,
    conformance::{make, wait},
};

/// What was acknowledged.
#[derive(Clone, Debug, Default)]
pub(super) struct Acknowledged {
    entries: BTreeMap<InstanceId, Vec<Entry>>,
    messages: u64,
    timers: BTreeMap<InstanceId, Instant>,
}

impl Acknowledged {
    /// Does one more thing, durably, and remembers it.
    fn go_on(&mut self, store: &FjallJournal, number: u64) -> Result<(), StoreError> {
        let id = make::id(&format!("i{}", number % 5));
        let expect = self.entries.get(&id).map_or(0, Vec::len) as u64;
        let entries =
            if expect == 0 { vec![began(store, &id)?] } else { vec![make::line(&number.to_string())] };
        let due = number.is_multiple_of(3).then_some(Instant(1000 + number));
        let timer = due.map_or(TimerChange::Keep, TimerChange::Set);
        let commit = Commit { timer, ..make::append(&id, expect, entries.clone()) };
        wait(store.commit(commit, Sync::Durable))?.expect("nobody else writes");
        self.entries.entry(id.clone()).or_default().extend(entries);
        if let Some(due) = due {
            self.timers.insert(id.clone(), due);
        }
        if number.is_multiple_of(4) {
            wait(store.put(make::message(&id, &format!("m{number}"))))?;
            self.messages += 1;
        }
        Ok(())
    }

    /// Opens a directory: `Ok(true)` if all is there, `Ok(false)` if it says what is damaged.
    fn found(&self, dir: &Path) -> Result<bool, String> {
        match FjallJournal::open(dir) {
            Ok(store) => self.found_in(&store),
            Err(StoreError::Corrupt { .. } | StoreError::Newer { .. }) => Ok(false),
            Err(other) => Err(format!("it is said to be something else: {other}")),
        }
    }

    fn found_in(&self, store: &FjallJournal) -> Result<bool, String> {
        let (mut messages, mut named) = (0, false);
        for (id, entries) in &self.entries {
            match store.load(id, Seq(0)) {
                Ok(found) if found == *entries => {}
                Ok(found) => return Err(format!("{id:?} has {} of {} entries", found.len(), entries.len())),
                Err(StoreError::Corrupt { .. } | StoreError::Newer { .. }) => named = true,
                Err(other) => return Err(other.to_string()),
            }
            match store.inbox(id) {
                Ok(inbox) => messages += inbox.len() as u64,
                Err(_) => named = true,
            }
        }
        let timers = store
            .due(Instant(1 << 40), 1000)
            .map(|due| due.into_iter().map(|(due, id)| (id, due)).collect::<BTreeMap<_, _>>());
        match timers {
            Ok(timers) if timers == self.timers => {}
            Err(_) => named = true,
            Ok(timers) if !named => return Err(format!("timers are {timers:?}, not {:?}", self.timers)),
            Ok(_) => {}
        }
        if messages != self.messages && !named {
            return Err(format!("{messages} of {} messages", self.messages));
        }
        Ok(!named)
    }
}

fn began(store: &FjallJournal, id: &InstanceId) -> Result<Entry, StoreError> {
    let digest = store.put_blob(b"code")?;
    Ok(match make::began(id) {
        Entry::Began(began) => Entry::Began(cairn_replay::Began { digest: digest.0, ..began }),
        other => other,
    })
}

/// A directory with tables and a log, closed; and what is in it.
pub(super) fn filled(dir: &Path) -> Acknowledged {
    let mut acknowledged = Acknowledged::default();
    let store = FjallJournal::open(dir).unwrap();
    for number in 0..40 {
        acknowledged.go_on(&store, number).unwrap();
    }
    flush(&store);
    for number in 40..60 {
        acknowledged.go_on(&store, number).unwrap();
    }
    drop(store);
    // Opened once more, the log has no zeros at its end.
    drop(FjallJournal::open(dir).unwrap());
    acknowledged
}

/// What a full table in memory does.
fn flush(store: &FjallJournal) {
    for keyspace in store.tables.keyspaces() {
        keyspace.rotate_memtable_and_wait().unwrap();
    }
}

/// All files that the store has made, by their names within the directory.
fn files(dir: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(dir).unwrap().to_owned());
            }
        }
    }
    found.retain(|path| !path.ends_with("lock"));
    found.sort();
    found
}

/// Does something to a copy of a directory, and looks what becomes of it.
fn damaged(dir: &Path, acknowledged: &Acknowledged, what: &str, with: impl FnOnce(&Path)) -> bool {
    let folder = Folder::new();
    copy(dir, &folder.0).unwrap();
    with(&folder.0);
    acknowledged
        .found(&folder.0)
        .unwrap_or_else(|silent| panic!("{what}: it opens with silently less: {silent}"))
}
