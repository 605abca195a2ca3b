//! What both stores share, so that they cannot differ in it: what a commit may do and what it makes of a head.

mod admit;
mod digest;
mod line;
mod names;
mod prepared;
mod row;

pub(crate) use admit::{Accepted, admit, may_go};
pub(crate) use digest::digest;
pub(crate) use line::{Line, change, told};
pub(crate) use names::{check_keep, check_message, check_names};
pub(crate) use prepared::Prepared;
pub(crate) use row::Row;

use cairn_replay::{Entry, Seq};

use crate::{
    InstanceId, StoreError,
    format::{self, Chain, Flaw},
};

/// Decodes an instance's entries from `from` on and checks them: each chained to the one before, and all that the head
/// speaks of there.
///
/// `before` is the chain in front of the first one.
pub(crate) fn checked<B: AsRef<[u8]>>(
    row: &Row,
    from: Seq,
    mut before: Chain,
    stored: impl Iterator<Item = Result<(Seq, B), StoreError>>,
) -> Result<Vec<Entry>, StoreError> {
    let id = &row.head.id;
    let mut entries = Vec::new();
    let mut next = from;
    for item in stored {
        let (seq, bytes) = item?;
        if seq != next {
            return Err(corrupt(id, next, format!("it is missing; the next one there is entry {}", seq.0)));
        }
        let (entry, chain) = format::decode(bytes.as_ref(), before).map_err(|flaw| flawed(id, seq, flaw))?;
        before = chain;
        entries.push(entry);
        next = Seq(next.0 + 1);
    }
    if next != row.head.next {
        let expected = row.head.next.0;
        return Err(corrupt(
            id,
            next,
            format!("the journal ends here, but its head speaks of {expected} entries"),
        ));
    }
    if before != row.chain {
        return Err(corrupt(
            id,
            next,
            "the journal's last entry is not the one that its head speaks of".into(),
        ));
    }
    Ok(entries)
}

fn flawed(id: &InstanceId, seq: Seq, flaw: Flaw) -> StoreError {
    match flaw {
        Flaw::Newer(found) => StoreError::Newer { found: found.into(), known: format::VERSION.into() },
        other => corrupt(id, seq, other.to_string()),
    }
}

/// Damage at an entry, with what to do about it.
pub(crate) fn corrupt(id: &InstanceId, seq: Seq, found: String) -> StoreError {
    StoreError::Corrupt {
        place: format!("instance `{}` of tenant `{}`, entry {}", id.instance, id.tenant, seq.0),
        found,
    }
}
