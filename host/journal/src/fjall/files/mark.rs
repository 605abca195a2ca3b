//! The rows by which a lost part of the store is found: every batch is numbered, densely, and leaves its number in each table that it
//! writes to, with the number of the one before.
//!
//! A checksum finds what was altered. What is gone altogether (the end of the log, a whole file of it, a table in place of which an older one
//! was put back) leaves nothing behind whose checksum could be wrong; a number that is missing does.
//!
//! ```text
//! key      FF `mark`, in each of the four keyspaces: no name begins so, since names are UTF-8
//! `heads`  01, number, synced, floor, and for each of `entries`, `timers`, `messages` the last number that wrote there
//! others   01, number, the number that wrote there before
//! ```
//!
//! Numbers are words of 8 bytes, little-endian; the first batch has number 1. `synced` is the last batch that was known to be on disk when this
//! one was written: what is missing up to there was damaged, what is missing behind may have been lost with the power, unacknowledged.
//! `floor` is a sequence of the engine's that this batch's cannot be below.

/// The key of the row.
pub(crate) const KEY: &[u8] = b"\xFFmark";

const VERSION: u8 = 1;

/// What the row in `heads` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Whole {
    /// The number of the batch.
    pub(crate) number: u64,
    /// The last one that was on disk when it was written.
    pub(crate) synced: u64,
    /// The engine's sequence of it is not below.
    pub(crate) floor: u64,
    /// The last ones that wrote to `entries`, `timers` and `messages`; 0 for none.
    pub(crate) last: [u64; 3],
}

/// What a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// In `heads`, and so in every batch.
    Whole(Whole),
    /// In another table.
    Part {
        /// The number of the batch.
        number: u64,
        /// The one that wrote there before; 0 for none.
        before: u64,
    },
}

impl Mark {
    pub(crate) fn number(&self) -> u64 {
        match self {
            Self::Whole(whole) => whole.number,
            Self::Part { number, .. } => *number,
        }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut to = vec![VERSION];
        let mut word = |number: u64| to.extend_from_slice(&number.to_le_bytes());
        match self {
            Self::Whole(Whole { number, synced, floor, last }) => {
                [*number, *synced, *floor].into_iter().chain(*last).for_each(word);
            }
            Self::Part { number, before } => [*number, *before].into_iter().for_each(&mut word),
        }
        to
    }
}

/// A row, if it is one of these.
pub(crate) fn read(key: &[u8], value: &[u8]) -> Option<Mark> {
    if key != KEY {
        return None;
    }
    let (words, rest) = value.strip_prefix(&[VERSION])?.as_chunks::<8>();
    if !rest.is_empty() {
        return None;
    }
    let words: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
    match words.as_slice() {
        [number, synced, floor, last @ ..] => {
            let last = last.try_into().ok()?;
            Some(Mark::Whole(Whole { number: *number, synced: *synced, floor: *floor, last }))
        }
        [number, before] => Some(Mark::Part { number: *number, before: *before }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let whole = Whole { number: 7, synced: 5, floor: 1 << 40, last: [7, 0, 3] };
        for mark in [Mark::Whole(whole), Mark::Part { number: 7, before: 2 }] {
            assert_eq!(read(KEY, &mark.write()), Some(mark));
        }
        assert_eq!(read(b"\xFFmarks", &Mark::Whole(whole).write()), None);
        assert_eq!(read(KEY, b""), None);
        assert_eq!(read(KEY, &[2; 17]), None);
    }
}
