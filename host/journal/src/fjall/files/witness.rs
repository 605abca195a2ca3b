//! A file beside the database that says how far the durable batches have come. The log cannot say so itself: where its end is cut off, or
//! an older copy is put back, what is left is a whole log that ends sooner.
//!
//! ```text
//! witness   8 KiB: a slot at 0 and one at 4096, written in turn; the valid one with the greater count is true
//! slot      `cairnwit`, count, durable, dense, length of names (8 each), names, XXH3 of all that (8)
//! ```
//!
//! A slot is written after each sync, and not synced itself: it is never ahead of what is on disk. After `kill -9` it is exact; after
//! a power cut it lags by what the system had not written back yet, and what was lost behind it cannot be told from what never was. Syncing it too
//! would double what a commit costs.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use xxhash_rust::xxh3::xxh3_64;

use crate::{
    StoreError,
    fjall::{blobs::sync_folder, errors},
};

const MAGIC: &[u8; 8] = b"cairnwit";

const SLOT: usize = 4096;

/// What is witnessed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// How often it was written.
    count: u64,
    /// The number of the last batch that is known to be on disk.
    pub(crate) durable: u64,
    /// Batches are dense from this number on: a repair judged what lies in front.
    pub(crate) dense: u64,
    /// What the engine's table of its tables was when those were made; it does not change afterwards.
    pub(crate) names: Vec<u8>,
}

impl Told {
    pub(crate) fn new(durable: u64, dense: u64, names: Vec<u8>) -> Self {
        Self { count: 0, durable, dense, names }
    }

    fn write(&self) -> Vec<u8> {
        let mut slot = MAGIC.to_vec();
        for number in [self.count, self.durable, self.dense, self.names.len() as u64] {
            slot.extend_from_slice(&number.to_le_bytes());
        }
        slot.extend_from_slice(&self.names);
        slot.extend_from_slice(&xxh3_64(&slot).to_le_bytes());
        slot
    }

    fn read(slot: &[u8]) -> Option<Self> {
        let (words, _) = slot.strip_prefix(MAGIC)?.as_chunks::<8>();
        let [count, durable, dense, length] = *words.first_chunk::<4>()?;
        let length = usize::try_from(u64::from_le_bytes(length)).ok()?;
        let begin = MAGIC.len() + 4 * 8;
        let end = begin.checked_add(length)?;
        let names = slot.get(begin..end)?;
        let checksum = slot.get(end..)?.first_chunk::<8>()?;
        (xxh3_64(slot.get(..end)?) == u64::from_le_bytes(*checksum)).then(|| Self {
            count: u64::from_le_bytes(count),
            durable: u64::from_le_bytes(durable),
            dense: u64::from_le_bytes(dense),
            names: names.to_vec(),
        })
    }
}

/// Where it is.
pub(crate) fn path(dir: &Path) -> PathBuf {
    dir.join("witness")
}

/// What it says; `None` if there is none.
///
/// # Errors
/// Neither slot is valid.
pub(crate) fn read(dir: &Path) -> Result<Option<Told>, StoreError> {
    let path = path(dir);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(errors::of_io(&path, &error)),
    };
    let slots = bytes.chunks(SLOT).filter_map(Told::read);
    slots.max_by_key(|told| told.count).map(Some).ok_or_else(|| StoreError::Corrupt {
        place: path.display().to_string(),
        found: "neither of its two records is whole, so nobody can say how far the log has to reach".into(),
    })
}

/// Writes it, open for as long as the journal is.
#[derive(Debug)]
pub(crate) struct Witness {
    file: File,
    path: PathBuf,
    told: Told,
}

impl Witness {
    /// Makes it, whole and synced.
    pub(crate) fn create(dir: &Path, told: &Told) -> Result<(), StoreError> {
        let path = path(dir);
        let write = || {
            let beside = dir.join("witness.new");
            let mut file = File::create(&beside)?;
            let mut bytes = told.write();
            // Both, so that writing a slot never needs room.
            bytes.resize(2 * SLOT, 0);
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&beside, &path)?;
            sync_folder(dir)
        };
        write().map_err(|error| errors::of_io(&path, &error))
    }

    pub(crate) fn open(dir: &Path, told: Told) -> Result<Self, StoreError> {
        let path = path(dir);
        let file = File::options().write(true).open(&path).map_err(|error| errors::of_io(&path, &error))?;
        Ok(Self { file, path, told })
    }

    /// All up to this number is on disk.
    pub(crate) fn durable(&mut self, number: u64) -> Result<(), StoreError> {
        self.told.count += 1;
        self.told.durable = number;
        let slot = self.told.write();
        let at = (self.told.count % 2) * SLOT as u64;
        write_at(&self.file, &slot, at).map_err(|error| errors::of_io(&self.path, &error))
    }

    /// At a clean end it lags no longer.
    pub(crate) fn sync(&self) {
        if let Err(error) = self.file.sync_data() {
            tracing::warn!(%error, "the witness could not be synced when the journal was closed");
        }
    }
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(not(unix))]
fn write_at(mut file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    use std::io::{Seek, SeekFrom};
    file.seek(SeekFrom::Start(at))?;
    file.write_all(bytes)
}
