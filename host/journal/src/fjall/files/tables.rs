//! The engine's tables, looked at without the engine: which files each keyspace says that it has, and whether they are what was written. The
//! engine does not look itself; and a keyspace whose list is missing it takes for unfinished, and removes.
//!
//! ```text
//! db/keyspaces/K/current    number of the list (8), its XXH3 of 128 bits (16), 00
//! db/keyspaces/K/vN         the list: an archive whose section `tables` holds, for each level (count: 1), for each run (1),
//!                           for each table (4): number (8), 00, XXH3 of 128 bits of its file (16), sequence (8)
//! db/keyspaces/K/tables/T   a table
//! archive                   sections; `TOC!`, count (4), for each: begin (8), length (8), length of name (2), name;
//!                           `SFA!`, 01, 00, XXH3 of 128 bits of the table of contents (16), its begin (8), its length (8)
//! ```

use std::{
    fs,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
};

use xxhash_rust::xxh3::{Xxh3Default, xxh3_128};

use crate::{StoreError, fjall::errors};

/// The engine's own keyspace of names, and ours: `entries`, `heads`, `timers`, `messages`, in the order in which they are made.
pub(crate) const KEYSPACES: [&str; 5] = ["names", "entries", "heads", "timers", "messages"];

/// A table that a list speaks of.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) path: PathBuf,
    checksum: u128,
}

/// What a keyspace consists of.
#[derive(Clone, Debug)]
pub(crate) struct Keyspace {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// The bytes of `current`.
    pub(crate) current: Vec<u8>,
    /// The list's file, and its bytes.
    pub(crate) list: (PathBuf, Vec<u8>),
    /// What it speaks of.
    pub(crate) tables: Vec<Table>,
}

/// Where a keyspace is.
pub(crate) fn folder(db: &Path, number: usize) -> PathBuf {
    db.join("keyspaces").join(number.to_string())
}

fn damaged(path: &Path, found: impl Into<String>) -> StoreError {
    StoreError::Corrupt { place: path.display().to_string(), found: found.into() }
}

fn read(path: &Path) -> Result<Vec<u8>, StoreError> {
    fs::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => damaged(path, "the file is missing"),
        _ => errors::of_io(path, &error),
    })
}

impl Keyspace {
    /// Reads its list, and sees that all files are there.
    ///
    /// # Errors
    /// What is missing, or is not what was written.
    pub(crate) fn open(db: &Path, number: usize) -> Result<Self, StoreError> {
        let folder = folder(db, number);
        let path = folder.join("current");
        let current = read(&path)?;
        let (version, checksum) =
            read_current(&current).ok_or_else(|| damaged(&path, "it does not name a list of tables"))?;
        let list = folder.join(format!("v{version}"));
        let bytes = read(&list)?;
        if xxh3_128(&bytes) != checksum {
            return Err(damaged(&list, "the list of tables has another checksum than was written"));
        }
        let tables = section(&bytes, b"tables").and_then(|section| read_tables(&folder, section));
        let tables = tables.ok_or_else(|| damaged(&list, "the list of tables cannot be read"))?;
        for table in &tables {
            if !table.path.is_file() {
                return Err(damaged(&table.path, "the table is missing"));
            }
        }
        Ok(Self { folder, current, list: (list, bytes), tables })
    }
}

impl Table {
    /// Reads all of it, and gives how many bytes it has.
    ///
    /// # Errors
    /// It is not what was written.
    pub(crate) fn check(&self) -> Result<u64, StoreError> {
        let wrong = |error: std::io::Error| errors::of_io(&self.path, &error);
        let mut file = fs::File::open(&self.path).map_err(wrong)?;
        let (mut hash, mut length, mut chunk) = (Xxh3Default::new(), 0, vec![0; 1 << 20]);
        loop {
            let count = file.read(&mut chunk).map_err(wrong)?;
            if count == 0 {
                break;
            }
            hash.update(chunk.get(..count).unwrap_or_default());
            length += count as u64;
        }
        if hash.digest128() == self.checksum {
            Ok(length)
        } else {
            Err(damaged(&self.path, "the table has another checksum than was written"))
        }
    }
}

fn read_current(bytes: &[u8]) -> Option<(u64, u128)> {
    let (version, rest) = bytes.split_first_chunk::<8>()?;
    let (checksum, rest) = rest.split_first_chunk::<16>()?;
    (rest == [0]).then(|| (u64::from_le_bytes(*version), u128::from_le_bytes(*checksum)))
}

fn section<'a>(archive: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let trailer = archive.last_chunk::<38>()?;
    let rest = trailer.strip_prefix(b"SFA!\x01\0")?;
    let (checksum, rest) = rest.split_first_chunk::<16>()?;
    let (begin, rest) = rest.split_first_chunk::<8>()?;
    let begin = usize::try_from(u64::from_le_bytes(*begin)).ok()?;
    let length = usize::try_from(u64::from_le_bytes(*rest.first_chunk()?)).ok()?;
    let contents = archive.get(begin..begin.checked_add(length)?)?;
    if xxh3_128(contents) != u128::from_le_bytes(*checksum) {
        return None;
    }
    let (count, mut rest) = contents.strip_prefix(b"TOC!")?.split_first_chunk::<4>()?;
    for _ in 0..u32::from_le_bytes(*count) {
        let (begin, after) = rest.split_first_chunk::<8>()?;
        let (length, after) = after.split_first_chunk::<8>()?;
        let (named, after) = after.split_first_chunk::<2>()?;
        let (name, after) = after.split_at_checked(u16::from_le_bytes(*named).into())?;
        rest = after;
        if name == wanted {
            let begin = usize::try_from(u64::from_le_bytes(*begin)).ok()?;
            let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
            return archive.get(begin..begin.checked_add(length)?);
        }
    }
    None
}

fn read_tables(folder: &Path, section: &[u8]) -> Option<Vec<Table>> {
    let (levels, mut rest) = section.split_first()?;
    let mut tables = Vec::new();
    for _ in 0..*levels {
        let (runs, after) = rest.split_first()?;
        rest = after;
        for _ in 0..*runs {
            let (count, after) = rest.split_first_chunk::<4>()?;
            rest = after;
            for _ in 0..u32::from_le_bytes(*count) {
                let (table, after) = rest.split_first_chunk::<33>()?;
                let (number, of) = table.split_first_chunk::<8>()?;
                let checksum = of.strip_prefix(&[0])?.first_chunk::<16>()?;
                let path = folder.join("tables").join(u64::from_le_bytes(*number).to_string());
                tables.push(Table { path, checksum: u128::from_le_bytes(*checksum) });
                rest = after;
            }
        }
    }
    rest.is_empty().then_some(tables)
}
