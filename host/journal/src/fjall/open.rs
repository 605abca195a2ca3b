//! The data directory: whether it is ours, free, and of a version that we read.
//!
//! ```text
//! format   one line: cairn-journal 4
//! lock     locked by the process that has it open; the system unlocks it when that process ends
//! db/      the storage engine's files
//! witness  how far the durable batches have come
//! blobs/   bytes by digest
//! ```

use std::{
    fs::{self, File, TryLockError},
    io::{ErrorKind, Write},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::{blobs::sync_folder, errors, files::scrub::is_new};
use crate::StoreError;

/// The version of the directory that this build writes, and the newest that it reads: raised with every form of an entry or a row that an older
/// build cannot read, so that it leaves the directory alone. An older directory becomes one of this version before anything is written to it.
pub(super) const VERSION: u32 = 4;

const MAGIC: &str = "cairn-journal ";

/// How long a lock is waited for. A process that was killed holds it until the system has taken its memory back, and whoever killed it goes on at once.
const PATIENCE: Duration = Duration::from_secs(1);

/// Makes the directory if need be, locks it and checks its version. The lock lasts as long as the file.
pub(super) fn prepare(dir: &Path) -> Result<File, StoreError> {
    fs::create_dir_all(dir).map_err(|error| errors::of_io(dir, &error))?;
    let lock = lock(dir)?;
    let path = dir.join("format");
    match fs::read_to_string(&path) {
        Ok(text) => {
            if check(&path, &text)? < VERSION {
                write(dir, &path)?;
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => create(dir, &path)?,
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            return Err(not_ours(&path, "it is not UTF-8"));
        }
        Err(error) => return Err(errors::of_io(&path, &error)),
    }
    Ok(lock)
}

/// Locks a directory that is there, and checks its version.
pub(super) fn hold(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join("format");
    let read = || match fs::read_to_string(&path) {
        Ok(text) => check(&path, &text),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(not_ours(&path, "it is missing: this is no data directory, or not a whole one"))
        }
        Err(error) if error.kind() == ErrorKind::InvalidData => Err(not_ours(&path, "it is not UTF-8")),
        Err(error) => Err(errors::of_io(&path, &error)),
    };
    read()?;
    lock(dir)
}

/// Removes what there is of a database that was never opened: the engine would stumble over its files, and number its keyspaces otherwise.
pub(super) fn clear(dir: &Path) -> Result<(), StoreError> {
    let db = dir.join("db");
    if !db.exists() || !is_new(dir)? {
        return Ok(());
    }
    fs::remove_dir_all(&db).map_err(|error| errors::of_io(&db, &error))
}

fn lock(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join("lock");
    let opened = File::options().create(true).truncate(false).write(true).open(&path);
    let file = opened.map_err(|error| errors::of_io(&path, &error))?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked(path.display().to_string())),
            Err(TryLockError::Error(error)) => return Err(errors::of_io(&path, &error)),
        }
    }
}

/// The version that it has.
fn check(path: &Path, text: &str) -> Result<u32, StoreError> {
    let version = text.strip_prefix(MAGIC).and_then(|rest| rest.trim_end().parse::<u32>().ok());
    match version {
        Some(found @ 1..=VERSION) => Ok(found),
        Some(found) if found > VERSION => Err(StoreError::Newer { found, known: VERSION }),
        _ => Err(not_ours(path, "it does not say `cairn-journal` and a version")),
    }
}

fn not_ours(path: &Path, what: &str) -> StoreError {
    StoreError::Corrupt { place: path.display().to_string(), found: what.into() }
}

/// A new directory. One that has data but does not say of which version is not guessed about.
fn create(dir: &Path, path: &Path) -> Result<(), StoreError> {
    if dir.join("db").exists() {
        return Err(not_ours(path, "it is missing, but there is data beside it"));
    }
    write(dir, path)
}

fn write(dir: &Path, path: &Path) -> Result<(), StoreError> {
    let write = || {
        let beside = dir.join("format.new");
        let mut file = File::create(&beside)?;
        file.write_all(format!("{MAGIC}{VERSION}\n").as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        sync_folder(dir)
    };
    write().map_err(|error| errors::of_io(path, &error))
}
