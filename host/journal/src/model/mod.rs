//! What both stores share, so that they cannot differ in it: what a commit may do and what it makes of a head.

mod admit;
mod digest;
mod line;
mod named;
mod names;
mod prepared;
mod row;
mod value;

pub(crate) use admit::{Accepted, admit, may_go};
pub(crate) use digest::digest;
pub(crate) use line::{Line, change, told};
pub(crate) use named::{DIGEST, named};
pub(crate) use names::{check_kept, check_letter, check_names};
pub(crate) use prepared::Prepared;
pub(crate) use row::Row;
pub(crate) use value::{Kept, Letter, Value, cannot_be_had, place_of_kept};

use cairn_replay::{Entry, Json, Key, Seq};

use crate::{
    InstanceId, StoreError,
    format::{self, Chain, Flaw, Lost, Reference, Values},
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
    values: &mut dyn Values,
) -> Result<Vec<Entry>, StoreError> {
    let id = &row.head.id;
    let mut entries = Vec::new();
    let mut next = from;
    for item in stored {
        let (seq, bytes) = item?;
        if seq != next {
            return Err(corrupt(id, next, format!("it is missing; the next one there is entry {}", seq.0)));
        }
        let decoded = format::decode(bytes.as_ref(), before, values);
        let (entry, chain) = decoded.map_err(|flaw| flawed(id, seq, bytes.as_ref(), before, flaw))?;
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

fn flawed(id: &InstanceId, seq: Seq, bytes: &[u8], before: Chain, flaw: Flaw) -> StoreError {
    match flaw {
        Flaw::Value(reference, lost) => {
            let key = key_of(bytes, before).map(|key| format!(", `{}`", key.0)).unwrap_or_default();
            cannot_be_had(place(id, seq) + &key, reference, lost)
        }
        Flaw::Newer(found) => StoreError::Newer { found: found.into(), known: format::VERSION.into() },
        other => corrupt(id, seq, other.to_string()),
    }
}

/// Damage at an entry, with what to do about it.
pub(crate) fn corrupt(id: &InstanceId, seq: Seq, found: String) -> StoreError {
    StoreError::Corrupt { place: place(id, seq), found }
}

fn place(id: &InstanceId, seq: Seq) -> String {
    format!("instance `{}` of tenant `{}`, entry {}", id.instance, id.tenant, seq.0)
}

/// Under which key an entry stands, also where a value of it cannot be had.
pub(crate) fn key_of(bytes: &[u8], before: Chain) -> Option<Key> {
    struct Any;
    impl Values for Any {
        fn value(&mut self, _: Reference) -> Result<Json, Lost> {
            Ok(Json("null".into()))
        }
    }
    match format::decode(bytes, before, &mut Any).ok()?.0 {
        Entry::Asked { key, .. }
        | Entry::Tried { key, .. }
        | Entry::Ended { key, .. }
        | Entry::Noted { key, .. } => Some(key),
        _ => None,
    }
}
