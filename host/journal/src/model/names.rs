//! How long names may be.

use super::{Kept, Letter, Prepared};
use crate::{InstanceId, StoreError};

/// Longer names (of tenant, instance or message, in bytes) are refused: a key of fjall has at most 65,535 bytes, holds up to
/// three of them, and a name can double.
const LONGEST: usize = 8 * 1024;

/// A key of a lock's line holds four names.
const LONGEST_OF_LOCK: usize = 4 * 1024;

pub(crate) fn check_id(id: &InstanceId) -> Result<(), StoreError> {
    check("a tenant's name", &id.tenant)?;
    check("an instance's name", &id.instance)
}

pub(crate) fn check_letter(letter: &Letter) -> Result<(), StoreError> {
    check_id(&letter.to)?;
    check("a message's id", &letter.id.0)
}

pub(crate) fn check_kept(kept: &Kept) -> Result<(), StoreError> {
    check("a tenant's name", &kept.tenant)?;
    check("the name of what is kept", &kept.name)
}

/// All names that a commit makes keys of.
pub(crate) fn check_names(commit: &Prepared) -> Result<(), StoreError> {
    check_id(&commit.id)?;
    for change in &commit.locks {
        up_to("a lock's name", &change.name, LONGEST_OF_LOCK)?;
        up_to("a lock's key", &change.key.0, LONGEST_OF_LOCK)?;
    }
    commit.kept.iter().try_for_each(|(name, _)| check("the name of what is kept", name))
}

fn check(what: &str, name: &str) -> Result<(), StoreError> {
    up_to(what, name, LONGEST)
}

fn up_to(what: &str, name: &str, most: usize) -> Result<(), StoreError> {
    if name.len() <= most {
        return Ok(());
    }
    Err(StoreError::Io(format!(
        "{what} of {} bytes is longer than the {most} that a key can hold",
        name.len()
    )))
}
