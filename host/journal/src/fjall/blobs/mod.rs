//! Bytes by their digest, a file each: `blobs/ab/<64 hex digits>`. Written beside, synced, renamed, and the folder synced:
//! a name is there with all its bytes, or not at all.

mod marks;
mod stream;
mod values;

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

pub(super) use marks::Held;
use marks::Marks;
pub(super) use stream::digest_of;
use stream::{Checked, Hashing};

use super::errors;
use crate::{Digest, StoreError, Swept, model};

/// Files that are not whole yet begin so.
const UNFINISHED: &str = "unfinished-";

pub(super) struct Blobs {
    folder: PathBuf,
    count: AtomicU64,
    /// Bytes that were written, of what was not there.
    written: AtomicU64,
    marks: Arc<Marks>,
    /// Whoever copies holds it shared, whoever removes holds it alone.
    removing: RwLock<()>,
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
        Ok(Self {
            folder,
            count: AtomicU64::new(0),
            written: AtomicU64::new(0),
            marks: Arc::default(),
            removing: RwLock::new(()),
        })
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
        self.keep(&digest, bytes).map(|_| digest)
    }

    /// Keeps bytes whose digest is known. They are not removed as long as what this gives is held.
    pub(super) fn keep(&self, digest: &Digest, bytes: &[u8]) -> Result<Held, StoreError> {
        let held = self.marks.hold(digest);
        if let Some(path) = self.path(digest) {
            self.write(&path, digest, bytes).map_err(|error| errors::of_io(&path, &error))?;
        }
        Ok(held)
    }

    fn write(&self, path: &Path, digest: &Digest, bytes: &[u8]) -> io::Result<()> {
        if fs::metadata(path).is_ok_and(|file| file.len() == bytes.len() as u64)
            && self.renew(path, digest)?
        {
            return Ok(());
        }
        let (mut file, beside) = self.unfinished()?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        self.finish(written, &beside, path)?;
        self.written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.marks.whole(digest);
        Ok(())
    }

    /// Whether so many bytes were written since this last said yes.
    pub(super) fn take_written(&self, enough: u64) -> bool {
        let taken = |written| (written >= enough).then_some(0);
        self.written.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }

    /// One that is put again is as new: it is about to be used. Gives whether its bytes are the right ones; those that this process has not seen yet
    /// are read. A crash may have come between renaming and syncing, so its folder is synced.
    fn renew(&self, path: &Path, digest: &Digest) -> io::Result<bool> {
        let seen = self.marks.is_whole(digest);
        if !seen && digest_of(path)?.0 != *digest {
            return Ok(false);
        }
        File::options().write(true).open(path)?.set_modified(SystemTime::now())?;
        if !seen {
            path.parent().map_or(Ok(()), sync_folder)?;
            self.marks.whole(digest);
        }
        Ok(true)
    }

    fn unfinished(&self) -> io::Result<(File, PathBuf)> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let beside = self.folder.join(format!("{UNFINISHED}{number}"));
        Ok((File::create(&beside)?, beside))
    }

    /// Gives a file that was written beside its name, or removes it.
    fn finish(&self, written: io::Result<()>, beside: &Path, path: &Path) -> io::Result<()> {
        let named = written.and_then(|()| {
            let folder = path.parent().unwrap_or(&self.folder);
            if !folder.exists() {
                fs::create_dir_all(folder)?;
                sync_folder(&self.folder)?;
            }
            fs::rename(beside, path)?;
            sync_folder(folder)
        });
        if named.is_err() {
            let _ = fs::remove_file(beside);
        }
        named
    }

    /// Takes bytes as they come, never more than a part of them in memory. That `bytes` could not be read is not the disk's fault: the
    /// inner error.
    pub(super) fn put_from(&self, bytes: &mut dyn Read) -> Result<Result<Digest, StoreError>, StoreError> {
        let wrong = |error: io::Error| errors::of_io(&self.folder, &error);
        let (file, beside) = self.unfinished().map_err(wrong)?;
        let mut to = Hashing::new(file);
        let mut chunk = vec![0; 1 << 20];
        loop {
            let count = match bytes.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => {
                    let _ = fs::remove_file(&beside);
                    return Ok(Err(StoreError::Io(format!("the bytes to be kept cannot be read: {error}"))));
                }
            };
            if let Err(error) = to.write_all(chunk.get(..count).unwrap_or_default()) {
                let _ = fs::remove_file(&beside);
                return Err(wrong(error));
            }
        }
        let digest = to.digest();
        let _held = self.marks.hold(&digest);
        let path = self.path(&digest).unwrap_or_else(|| beside.clone());
        if path.exists() && self.renew(&path, &digest).map_err(wrong)? {
            let _ = fs::remove_file(&beside);
            return Ok(Ok(digest));
        }
        let written = to.to.sync_all();
        self.finish(written, &beside, &path).map_err(wrong)?;
        self.marks.whole(&digest);
        Ok(Ok(digest))
    }

    /// The bytes as they are read; at their end they are compared with the digest.
    pub(super) fn read(&self, digest: &Digest) -> Result<Option<Box<dyn Read + Send>>, StoreError> {
        let Some(path) = self.path(digest) else { return Ok(None) };
        match File::open(&path) {
            Ok(file) => Ok(Some(Box::new(Checked::new(file, digest)))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(errors::of_io(&path, &error)),
        }
    }

    /// Removes those that nobody uses and that are older than this. What is used is asked once nobody's word can be missed any more: see [`marks`].
    pub(super) fn sweep(
        &self,
        older: Duration,
        used: impl FnOnce() -> Result<BTreeSet<Digest>, StoreError>,
    ) -> Result<Swept, StoreError> {
        let _alone = self.removing.write().unwrap_or_else(PoisonError::into_inner);
        let _sweeping = self.marks.sweep();
        let there = self.list()?;
        if there.is_empty() {
            return Ok(Swept::default());
        }
        let used = used()?;
        let (mut swept, now) = (Swept::default(), SystemTime::now());
        for (digest, path) in there {
            let wrong = |error: io::Error| errors::of_io(&path, &error);
            let file = fs::metadata(&path).map_err(wrong)?;
            let age = file.modified().ok().and_then(|since| now.duration_since(since).ok());
            let young = !older.is_zero() && age.is_none_or(|age| age < older);
            let remove = || fs::remove_file(&path);
            if used.contains(&digest) || young || !self.marks.remove(&digest, remove).map_err(wrong)? {
                swept.kept += 1;
                continue;
            }
            swept.removed += 1;
            swept.bytes += file.len();
        }
        Ok(swept)
    }

    /// All that are there, with their files.
    pub(super) fn list(&self) -> Result<Vec<(Digest, PathBuf)>, StoreError> {
        list(&self.folder).map_err(|error| errors::of_io(&self.folder, &error))
    }

    /// As long as this is held, nothing is removed.
    pub(super) fn all_stay(&self) -> RwLockReadGuard<'_, ()> {
        self.removing.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Copies all to another folder, synced. Gives how many, and their bytes.
    pub(super) fn copy(&self, to: &Path) -> Result<(u64, u64), StoreError> {
        let (mut count, mut bytes) = (0, 0);
        for (_, path) in self.list()? {
            let place = to.join(path.strip_prefix(&self.folder).unwrap_or(&path));
            let copy = || {
                if let Some(folder) = place.parent() {
                    fs::create_dir_all(folder)?;
                }
                let length = fs::copy(&path, &place)?;
                File::open(&place)?.sync_all()?;
                place.parent().map_or(Ok(()), sync_folder)?;
                Ok(length)
            };
            count += 1;
            bytes += copy().map_err(|error| errors::of_io(&place, &error))?;
        }
        fs::create_dir_all(to).and_then(|()| sync_folder(to)).map_err(|error| errors::of_io(to, &error))?;
        Ok((count, bytes))
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

/// All blobs of a folder, with their files, in order.
pub(super) fn list(folder: &Path) -> io::Result<Vec<(Digest, PathBuf)>> {
    let mut found = Vec::new();
    for inner in fs::read_dir(folder)? {
        let inner = inner?.path();
        if !inner.is_dir() {
            continue;
        }
        for file in fs::read_dir(inner)? {
            let path = file?.path();
            if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
                found.push((Digest(format!("sha256:{name}")), path.clone()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Makes a folder's names durable. Some systems cannot open a folder as a file; there renaming has to do.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
