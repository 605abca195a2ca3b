//! Copies the data directory while it is in use.

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Error, host::Inner, run::store};

/// Copies everything to a new directory.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Backup {
    /// Where to: an absolute path at which nothing is yet.
    pub to: PathBuf,
}

/// The copy is there, and was read through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackedUp {
    /// How many instances it holds.
    pub instances: u64,
    /// How many entries those have.
    pub entries: u64,
    /// How many components and large values.
    pub blobs: u64,
    /// How many bytes it takes.
    pub bytes: u64,
}

pub(super) async fn backup(inner: &Arc<Inner>, verb: Backup) -> Result<BackedUp, Error> {
    let to = verb.to;
    if to.exists() {
        return Err(Error::mistake(format!("`{}` is there already", to.display()))
            .help("a backup goes into a new directory: name one that does not exist yet"));
    }
    if !to.parent().is_some_and(std::path::Path::is_dir) {
        return Err(Error::mistake(format!("there is no directory for `{}` to be made in", to.display()))
            .help("make it first"));
    }
    let journal = Arc::clone(&inner.ports.journal);
    let copied = tokio::task::spawn_blocking(move || journal.back_up(&to)).await;
    let copied = copied.map_err(|e| Error::fault(format!("the backup did not come to its end: {e}")))?;
    let cairn_journal::Backup { instances, entries, blobs, values, bytes } = copied.map_err(|e| store(&e))?;
    tracing::info!(instances, entries, bytes, "backed up");
    Ok(BackedUp { instances, entries, blobs: blobs + values, bytes })
}
