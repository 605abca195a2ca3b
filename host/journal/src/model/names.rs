//! How long names may be.

use crate::{InstanceId, Message, StoreError};

/// Longer names (of tenant, instance or message, in bytes) are refused: a key of fjall has at most 65,535 bytes, holds up to
/// three of them, and a name can double.
const LONGEST: usize = 8 * 1024;

pub(crate) fn check_id(id: &InstanceId) -> Result<(), StoreError> {
    check("a tenant's name", &id.tenant)?;
    check("an instance's name", &id.instance)
}

pub(crate) fn check_message(message: &Message) -> Result<(), StoreError> {
    check_id(&message.to)?;
    check("a message's id", &message.id.0)
}

fn check(what: &str, name: &str) -> Result<(), StoreError> {
    if name.len() <= LONGEST {
        return Ok(());
    }
    Err(StoreError::Io(format!(
        "{what} of {} bytes is longer than the {LONGEST} that a key can hold",
        name.len()
    )))
}
