//! The engine's write-ahead log, read without the engine, which guesses where it should refuse: it takes a zeroed sector in the middle for
//! the end and cuts off what lies behind.
//!
//! ```text
//! db/N.jnl   N counts up; the greatest is the one that is written to. It is made with 64 MiB of zeros.
//! batch      01, number of items (4), sequence (8), the items, 03, checksum (8), `FJL` 03
//! item       02, kind (00, 01, 02 or 04), compression (00 or 01), keyspace (8), length of key (2), of value (4),
//!            of value as it is stored (4), key, value
//!            or 04, keyspace (8): the keyspace is cleared
//! ```
//!
//! Numbers are little-endian. The checksum is the XXH3 of the items' bytes; number and sequence are not in it, which is why our marks say what
//! the sequence has to be.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use xxhash_rust::xxh3::xxh3_64;

use super::mark::{self, Mark};

/// What ends a batch.
const TRAILER: [u8; 4] = [b'F', b'J', b'L', 3];

/// One batch of the log.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    /// Where it begins in its file.
    pub(crate) at: usize,
    /// Where the next one begins.
    pub(crate) end: usize,
    /// The engine's number of it.
    pub(crate) sequence: u64,
    /// Our marks in it, with their keyspaces.
    pub(crate) marks: Vec<(u64, Mark)>,
}

/// An item of a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'a> {
    pub(crate) keyspace: u64,
    pub(crate) key: &'a [u8],
    value: &'a [u8],
}

/// Why there is no batch at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoBatch {
    /// The file ends here, or holds nothing but zeros from here on: it ends well.
    End,
    /// What is here is not a whole batch.
    Bad(&'static str),
}

/// The log's files, oldest first.
pub(crate) fn list(db: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut files = Vec::new();
    for file in fs::read_dir(db)? {
        let path = file?.path();
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".jnl"));
        if let Some(number) = name.and_then(|name| name.parse().ok()) {
            files.push((number, path));
        }
    }
    files.sort();
    Ok(files)
}

/// The batch at a place of a file.
pub(crate) fn batch_at(bytes: &[u8], at: usize) -> Result<Batch, NoBatch> {
    let rest = bytes.get(at..).unwrap_or_default();
    // The engine makes the file with zeros, and writes over them.
    if rest.first().is_none_or(|first| *first == 0) && is_zero(rest) {
        return Err(NoBatch::End);
    }
    let mut marks = Vec::new();
    let (sequence, used) = read_batch(rest, |item| {
        if let Some(mark) = mark::read(item.key, item.value) {
            marks.push((item.keyspace, mark));
        }
    })
    .map_err(NoBatch::Bad)?;
    Ok(Batch { at, end: at + used, sequence, marks })
}

/// The first whole batch from a place on, wherever it begins.
pub(crate) fn next_batch(bytes: &[u8], from: usize) -> Option<Batch> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 1)?;
        if let Ok(batch) = batch_at(bytes, at) {
            return Some(batch);
        }
        at += 1;
    }
}

/// What is written in a batch that was found whole.
pub(crate) fn items(bytes: &[u8], batch: &Batch, each: impl FnMut(Item<'_>)) {
    let _ = read_batch(bytes.get(batch.at..).unwrap_or_default(), each);
}

/// Whether nothing was ever written here.
pub(crate) fn is_zero(bytes: &[u8]) -> bool {
    const BLOCK: [u8; 4096] = [0; 4096];
    bytes.chunks(BLOCK.len()).all(|chunk| BLOCK.get(..chunk.len()).is_some_and(|zeros| chunk == zeros))
}

/// Gives the sequence and how many bytes it takes; `each` is also called for items of a batch that turns out to be bad.
fn read_batch(bytes: &[u8], mut each: impl FnMut(Item<'_>)) -> Result<(u64, usize), &'static str> {
    let mut from = Bytes(bytes);
    if from.byte()? != 1 {
        return Err("no batch begins here");
    }
    let count = from.number::<4>()?;
    let sequence = from.number::<8>()?;
    let items = from.0;
    for _ in 0..count {
        if let Some(item) = read_item(&mut from)? {
            each(item);
        }
    }
    let taken = items.get(..items.len() - from.0.len()).unwrap_or_default();
    if count == 0 || from.byte()? != 3 {
        return Err("a batch has another number of items than it says");
    }
    let checksum = from.number::<8>()?;
    if from.take(TRAILER.len())? != TRAILER {
        return Err("a batch does not end as one");
    }
    if checksum != xxh3_64(taken) {
        return Err("a batch has another checksum than was written");
    }
    Ok((sequence, bytes.len() - from.0.len()))
}

/// `None` where a keyspace is cleared.
fn read_item<'a>(from: &mut Bytes<'a>) -> Result<Option<Item<'a>>, &'static str> {
    match from.byte()? {
        2 => {}
        4 => return from.number::<8>().map(|_| None),
        _ => return Err("an item of a batch begins as none"),
    }
    let (kind, compression) = (from.byte()?, from.byte()?);
    if !matches!(kind, 0 | 1 | 2 | 4) || compression > 1 {
        return Err("an item of a batch is of no known kind");
    }
    let keyspace = from.number::<8>()?;
    let key = from.number::<2>()?;
    let length = from.number::<4>()?;
    let stored = from.number::<4>()?;
    if compression == 0 && length != stored {
        return Err("an item of a batch has two lengths");
    }
    let key = from.take(usize::try_from(key).unwrap_or(usize::MAX))?;
    let value = from.take(usize::try_from(stored).unwrap_or(usize::MAX))?;
    Ok(Some(Item { keyspace, key, value }))
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], &'static str> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or("the file ends within a batch")?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, &'static str> {
        self.number::<1>().map(|byte| byte.to_le_bytes()[0])
    }

    fn number<const N: usize>(&mut self) -> Result<u64, &'static str> {
        let bytes = self.take(N)?;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}
