//! What has to go where an instance is removed.

use fjall::Readable;

use super::{
    keys::{self, Tag},
    tables::{Tables, View},
};
use crate::{InstanceId, StoreError};

impl Tables {
    /// The keys of all messages of an instance, and of the ids of all that ever came, as they are stored.
    pub(super) fn mail_of(&self, id: &InstanceId) -> Result<Vec<Vec<u8>>, StoreError> {
        let view = self.view();
        let mut mail = view.keys_of(keys::instance(Tag::Inbox, id))?;
        mail.extend(view.keys_of(keys::instance(Tag::Seen, id))?);
        Ok(mail)
    }
}

impl View<'_> {
    fn keys_of(&self, prefix: Vec<u8>) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows = self.snapshot().prefix(&self.tables().messages, prefix);
        rows.map(|guard| guard.key().map(|key| key.to_vec()).map_err(|error| self.tables().wrong(&error)))
            .collect()
    }
}
