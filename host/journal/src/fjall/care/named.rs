//! What is named by what is stored.

use std::collections::BTreeSet;

use crate::{
    Digest, StoreError,
    fjall::{
        keys::Tag,
        tables::{Tables, View},
        values,
    },
    format,
    model::named,
};

/// Every digest that anything in the tables names, wherever it stands in it.
pub(crate) fn digests(tables: &Tables) -> Result<BTreeSet<Digest>, StoreError> {
    let (view, mut found) = (tables.view(), BTreeSet::new());
    for keyspace in [&tables.entries, &tables.heads, &tables.messages] {
        for item in view.all(keyspace) {
            let (_, bytes) = item?;
            named(&bytes, &mut found);
        }
    }
    Ok(found)
}

/// Every large value that anything in the tables refers to. It need not be whole: better to keep too much.
pub(crate) fn referred(tables: &Tables) -> Result<BTreeSet<Digest>, StoreError> {
    let (view, mut found) = (tables.view(), BTreeSet::new());
    entries(&view, tables, &mut found)?;
    for item in view.all(&tables.messages) {
        let (key, bytes) = item?;
        let tag = key.first().copied();
        if (tag == Some(Tag::Inbox as u8) || tag == Some(Tag::Kept as u8)) && values::refers(&bytes) {
            named(&bytes, &mut found);
        }
    }
    Ok(found)
}

fn entries(view: &View<'_>, tables: &Tables, found: &mut BTreeSet<Digest>) -> Result<(), StoreError> {
    for item in view.all(&tables.entries) {
        let (_, bytes) = item?;
        if format::refers(&bytes) {
            named(&bytes, found);
        }
    }
    Ok(())
}
