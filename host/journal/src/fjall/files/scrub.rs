//! Reads the store's files before the engine does, and says what is wrong with them.

use std::{
    fs::{self, DirEntry},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use super::{
    log::{self, Batch, NoBatch},
    mark::{Mark, Whole},
    tables::{self, KEYSPACES, Keyspace},
    witness::{self, Told},
};
use crate::{
    StoreError,
    fjall::{errors, keys},
};

/// What the files say, when nothing is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Sound {
    /// What the witness says; `None` in a directory that has none yet.
    pub(crate) told: Option<Told>,
    /// How many batches the log holds.
    pub(crate) batches: u64,
    /// How many bytes they take.
    pub(crate) bytes: u64,
    /// Of how many files.
    pub(crate) files: u64,
    /// The newest mark in the log.
    pub(crate) last: Option<Whole>,
    /// The number in front of the first batch of the log, if that is marked.
    first: Option<u64>,
    /// For each keyspace: the sequence of the first batch of the log that wrote there, and the number that wrote there before.
    begins: [Option<(u64, u64)>; KEYSPACES.len()],
    /// An end of the log that was never acknowledged, and is not whole: where it is to be cut.
    pub(crate) torn: Option<Torn>,
}

/// A torn end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Torn {
    /// The file.
    pub(crate) path: PathBuf,
    /// How long it is to be.
    pub(crate) at: u64,
    /// What is cut off: bytes up to the last that is not zero.
    pub(crate) bytes: u64,
    /// Whole batches behind the torn one, lost with the power as it was.
    pub(crate) behind: u64,
}

impl Torn {
    /// Cuts it off.
    pub(crate) fn cut(&self) -> Result<(), StoreError> {
        let cut = || {
            let file = fs::File::options().write(true).open(&self.path)?;
            file.set_len(self.at)?;
            file.sync_all()
        };
        cut().map_err(|error| errors::of_io(&self.path, &error))?;
        tracing::warn!(
            file = %self.path.display(), at = self.at, bytes = self.bytes, batches_behind = self.behind,
            "the end of the log was torn by a crash and is cut off: nothing in it had been acknowledged as durable"
        );
        Ok(())
    }
}

fn damaged(path: &Path, found: impl Into<String>) -> StoreError {
    StoreError::Corrupt { place: path.display().to_string(), found: found.into() }
}

/// Looks at everything that can be looked at in a moment: the whole log, the witness, the lists of tables. Changes nothing.
///
/// # Errors
/// What is wrong, where, and what would be lost.
pub(crate) fn scrub(dir: &Path) -> Result<Sound, StoreError> {
    if is_new(dir)? {
        return Ok(Sound::default());
    }
    let db = dir.join("db");
    let told = witness::read(dir)?;
    if fs::metadata(db.join("version")).map_or(0, |mark| mark.len()) == 0 {
        return Err(damaged(&db.join("version"), "the file is missing or empty, and with it the database"));
    }
    let sound = read_log(&db, told)?;
    if let Some(told) = &sound.told {
        check_end(&db, &sound, told)?;
        check_keyspaces(&db, told)?;
    } else if sound.last.is_some() {
        return Err(damaged(
            &witness::path(dir),
            "the file is missing, so nobody can say how far the log has to reach",
        ));
    }
    Ok(sound)
}

/// Was it never opened? A first opening ends with the witness. What there is without one, and without anything in the log or in the tables, is
/// what a kill, a power cut or a full disk left of it.
///
/// # Errors
/// As the disk has it.
pub(crate) fn is_new(dir: &Path) -> Result<bool, StoreError> {
    let (witness, db) = (witness::path(dir), dir.join("db"));
    let witnessed = witness.try_exists().map_err(|error| errors::of_io(&witness, &error))?;
    Ok(!witnessed && !holds(&db).map_err(|error| errors::of_io(&db, &error))?)
}

/// Is there anything in the log, or in a table but those of the keyspaces' names?
fn holds(db: &Path) -> io::Result<bool> {
    for (_, path) in listed(log::list(db))? {
        if !matches!(log::batch_at(&fs::read(path)?, 0), Err(NoBatch::End)) {
            return Ok(true);
        }
    }
    for keyspace in listed(fs::read_dir(db.join("keyspaces")).and_then(Iterator::collect))? {
        let tables = fs::read_dir(keyspace.path().join("tables")).and_then(Iterator::collect);
        if keyspace.file_name() != "0" && !listed::<DirEntry>(tables)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where there is no folder, there is nothing in it.
fn listed<T>(found: io::Result<Vec<T>>) -> io::Result<Vec<T>> {
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        found => found,
    }
}

fn read_log(db: &Path, told: Option<Told>) -> Result<Sound, StoreError> {
    let files = log::list(db).map_err(|error| errors::of_io(db, &error))?;
    let Some((newest, _)) = files.last().cloned() else {
        return Err(damaged(&db.join("*.jnl"), "the write-ahead log is missing"));
    };
    let mut reading = Reading { sound: Sound { told, ..Sound::default() }, sequence: None };
    let mut expected = files.first().map(|(number, _)| *number);
    for (number, path) in files {
        if expected.replace(number + 1) != Some(number) {
            return Err(damaged(
                &db.join(format!("{}.jnl", number - 1)),
                "this file of the write-ahead log is missing",
            ));
        }
        let bytes = fs::read(&path).map_err(|error| errors::of_io(&path, &error))?;
        reading.file(&path, &bytes, number == newest)?;
    }
    Ok(reading.sound)
}

/// The log up to somewhere.
struct Reading {
    sound: Sound,
    sequence: Option<u64>,
}

impl Reading {
    fn file(&mut self, path: &Path, bytes: &[u8], newest: bool) -> Result<(), StoreError> {
        self.sound.files += 1;
        let mut at = 0;
        loop {
            match log::batch_at(bytes, at) {
                Ok(batch) => {
                    self.batch(path, &batch)?;
                    at = batch.end;
                }
                Err(NoBatch::End) => return Ok(()),
                Err(NoBatch::Bad(what)) => return self.bad(path, bytes, at, what, newest),
            }
        }
    }

    fn batch(&mut self, path: &Path, batch: &Batch) -> Result<(), StoreError> {
        let wrong = |found: String| {
            let at = batch.at;
            damaged(path, format!("at byte {at}: {found}"))
        };
        let sound = &mut self.sound;
        if self.sequence.is_some_and(|before| batch.sequence <= before) {
            return Err(wrong("a batch has not the sequence that it was written with".into()));
        }
        self.sequence = Some(batch.sequence);
        sound.batches += 1;
        sound.bytes += (batch.end - batch.at) as u64;
        for (keyspace, mark) in &batch.marks {
            let before = match mark {
                Mark::Part { before, .. } => *before,
                Mark::Whole(whole) => whole.number.saturating_sub(1),
            };
            let begins = usize::try_from(*keyspace).ok().and_then(|keyspace| sound.begins.get_mut(keyspace));
            if let Some(begins) = begins {
                begins.get_or_insert((batch.sequence, before));
            }
        }
        let Some(whole) = whole_of(batch) else { return Ok(()) };
        // The engine takes a few for itself between two of ours.
        if !(whole.floor..whole.floor.saturating_add(SEQUENCES)).contains(&batch.sequence) {
            return Err(wrong("a batch has not the sequence that it was written with".into()));
        }
        let dense = sound.told.as_ref().map_or(0, |told| told.dense);
        if let Some(last) = sound.last
            && whole.number != last.number + 1
            && whole.number > dense
        {
            return Err(wrong(format!(
                "batch {} follows batch {}: those between are missing",
                whole.number, last.number
            )));
        }
        sound.first.get_or_insert(whole.number.saturating_sub(1));
        sound.last = Some(whole);
        Ok(())
    }

    /// Something that is no batch. It is a torn end only if nothing that was acknowledged can have been there.
    fn bad(
        &mut self,
        path: &Path,
        bytes: &[u8],
        at: usize,
        what: &str,
        newest: bool,
    ) -> Result<(), StoreError> {
        let behind = Behind::read(bytes, at + 1);
        let before = self.sound.last.map(|last| last.number);
        let durable = self.sound.told.as_ref().map(|told| told.durable);
        // Nothing is marked in a log of an earlier build: then what is whole behind it speaks against a torn end.
        let torn = match before {
            Some(before) => behind.synced <= before,
            None => behind.batches == 0,
        };
        let torn = torn && durable.is_none_or(|durable| before.unwrap_or(0) >= durable);
        if newest && torn {
            let used = bytes.iter().rposition(|byte| *byte != 0).map_or(at, |last| last + 1);
            self.sound.torn = Some(Torn {
                path: path.to_owned(),
                at: at as u64,
                bytes: (used - at) as u64,
                behind: behind.batches,
            });
            return Ok(());
        }
        let mut found = format!("at byte {at}: {what}");
        if behind.batches > 0 {
            let (count, first) = (behind.batches, behind.at);
            found += &format!("; behind it, from byte {first} on, lie {count} whole batches");
            if !behind.instances.is_empty() {
                found += &format!(" with entries of {}", behind.instances.join(", "));
            }
            found += ", which opening it would lose";
        } else if let (Some(durable), Some(before)) = (durable, before) {
            let lost = durable.saturating_sub(before);
            found += &format!("; {lost} batches from here on had been written and synced, and are not there");
        }
        Err(damaged(path, found))
    }
}

/// How far a batch's sequence may be above its floor.
const SEQUENCES: u64 = 1 << 20;

fn whole_of(batch: &Batch) -> Option<Whole> {
    batch.marks.iter().find_map(|(_, mark)| match mark {
        Mark::Whole(whole) => Some(*whole),
        Mark::Part { .. } => None,
    })
}

/// What lies behind something bad.
#[derive(Default)]
struct Behind {
    at: usize,
    batches: u64,
    /// The last number of which one of them knew that it was on disk.
    synced: u64,
    /// Whose entries they hold: a few names.
    instances: Vec<String>,
}

/// So many names are told.
const NAMES: usize = 5;

impl Behind {
    fn read(bytes: &[u8], from: usize) -> Self {
        let (mut behind, mut from) = (Self::default(), from);
        while let Some(batch) = log::next_batch(bytes, from) {
            if behind.batches == 0 {
                behind.at = batch.at;
            }
            behind.batches += 1;
            behind.synced = behind.synced.max(whole_of(&batch).map_or(0, |whole| whole.synced));
            log::items(bytes, &batch, |item| behind.name(item));
            from = batch.end;
        }
        behind
    }

    fn name(&mut self, item: log::Item<'_>) {
        if item.keyspace != 1 || self.instances.len() > NAMES {
            return;
        }
        let Some((id, _)) = keys::entry_of(item.key) else { return };
        let name = if self.instances.len() == NAMES { "others".into() } else { format!("`{}`", id.instance) };
        if !self.instances.contains(&name) {
            self.instances.push(name);
        }
    }
}

/// The log reaches as far as the witness says; where it holds nothing, the tables have to say it later.
fn check_end(db: &Path, sound: &Sound, told: &Told) -> Result<(), StoreError> {
    match sound.last {
        Some(last) if last.number < told.durable => Err(damaged(
            &db.join("*.jnl"),
            format!(
                "the write-ahead log ends with batch {}, but batches up to {} had been written and synced: its end is lost, or an \
                 older copy was put in its place",
                last.number, told.durable
            ),
        )),
        _ => Ok(()),
    }
}

/// The keyspaces are all there: the engine would remove one that it takes for unfinished.
fn check_keyspaces(db: &Path, told: &Told) -> Result<(), StoreError> {
    for number in 0..KEYSPACES.len() {
        let keyspace = Keyspace::open(db, number)?;
        if number == 0 && !told.names.is_empty() && keyspace.current != told.names {
            return Err(damaged(
                &tables::folder(db, 0).join("current"),
                "it is not the one that this database was made with",
            ));
        }
    }
    Ok(())
}

impl Sound {
    /// What can be seen only with the tables open: whether each reaches as far as the log begins. `persisted` is the last sequence in a
    /// keyspace's tables, `in_tables` its mark there, below a sequence.
    pub(crate) fn check_tables(
        &self,
        db: &Path,
        now: Option<Whole>,
        persisted: impl Fn(usize) -> Option<u64>,
        in_tables: impl Fn(usize, u64) -> Result<u64, StoreError>,
    ) -> Result<(), StoreError> {
        let Some(told) = &self.told else {
            return match now {
                Some(_) => Err(damaged(db, "the file `witness` beside it is missing")),
                None => Ok(()),
            };
        };
        let number = now.map_or(0, |now| now.number);
        let lost = |what: String| Err(damaged(db, what));
        if number < told.durable {
            return lost(format!(
                "it ends with batch {number}, but batches up to {} had been written and synced: the end of the write-ahead log, or \
                 tables, are lost",
                told.durable
            ));
        }
        if let Some(last) = self.last
            && last.number < number
        {
            return lost(format!(
                "the write-ahead log ends with batch {}, but the tables hold batch {number}: an older log was put in its place",
                last.number
            ));
        }
        if told.dense >= number {
            return Ok(());
        }
        for (index, begins) in self.begins.iter().enumerate().skip(1) {
            // The tables are asked first: they may be written to at this moment, and then hold what the log begins with.
            let (found, expected) = match begins {
                Some((sequence, before)) => (in_tables(index, *sequence)?, *before),
                None => (in_tables(index, u64::MAX >> 1)?, now.map_or(0, |now| last_in(now, index))),
            };
            if begins.is_some_and(|(sequence, _)| persisted(index) >= Some(sequence)) {
                continue;
            }
            if found < expected && expected > told.dense {
                let name = KEYSPACES.get(index).copied().unwrap_or_default();
                return lost(format!(
                    "the tables of `{name}` end with batch {found}, but batch {expected} had written there: a file of the write-ahead \
                     log is missing, or older tables were put in their place"
                ));
            }
        }
        Ok(())
    }
}

/// The last batch that wrote to a keyspace.
fn last_in(now: Whole, index: usize) -> u64 {
    let [entries, timers, messages] = now.last;
    match index {
        1 => entries,
        3 => timers,
        4 => messages,
        _ => now.number,
    }
}
