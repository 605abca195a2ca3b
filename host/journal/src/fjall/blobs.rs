//! Bytes by their digest, a file each: `blobs/ab/<64 hex digits>`. Written beside, synced, renamed, and the folder synced:
//! a name is there with all its bytes, or not at all.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use super::errors;
use crate::{Digest, StoreError, model};

/// Files that are not whole yet begin so.
const UNFINISHED: &str = "unfinished-";

pub(super) struct Blobs {
    folder: PathBuf,
    count: AtomicU64,
}

impl Blobs {
    /// Makes the folder, and removes what a crash left unfinished.
    pub(super) fn open(folder: PathBuf) -> Result<Self, StoreError> {
        let prepare = || {
            fs::create_dir_all(&folder)?;
            for file in fs::read_dir(&folder)? {
                let file = file?;
                if file.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes()) {
                    fs::remove_file(file.path())?;
                }
            }
            Ok(())
        };
        prepare().map_err(|error| errors::of_io(&folder, &error))?;
        Ok(Self { folder, count: AtomicU64::new(0) })
    }

    /// Where a digest's bytes are; `None` for what is no digest, so that no name leads out of the folder.
    fn path(&self, digest: &Digest) -> Option<PathBuf> {
        let hex = digest.0.strip_prefix("sha256:")?;
        let plain = hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let first = hex.get(..2).filter(|_| plain)?;
        Some(self.folder.join(first).join(hex))
    }

    pub(super) fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = model::digest(bytes);
        if let Some(path) = self.path(&digest) {
            self.write(&path, bytes).map_err(|error| errors::of_io(&path, &error))?;
        }
        Ok(digest)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let folder = path.parent().unwrap_or(&self.folder);
        // A crash may have come between renaming and syncing: so the folder is synced also for what is there.
        if fs::metadata(path).is_ok_and(|file| file.len() == bytes.len() as u64) {
            return sync_folder(folder);
        }
        if !folder.exists() {
            fs::create_dir_all(folder)?;
            sync_folder(&self.folder)?;
        }
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let beside = self.folder.join(format!("{UNFINISHED}{number}"));
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        sync_folder(folder)
    }

    pub(super) fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(path) = self.path(digest) else { return Ok(None) };
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(errors::of_io(&path, &error)),
        };
        let found = model::digest(&bytes);
        if found == *digest {
            return Ok(Some(bytes));
        }
        let found = format!("its bytes have the digest {}", found.0);
        Err(StoreError::Corrupt { place: path.display().to_string(), found })
    }
}

/// Makes a folder's names durable. Some systems cannot open a folder as a file; there renaming has to do.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
