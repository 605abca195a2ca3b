//! A folder that somebody works in, and what is in it.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::super::failure::failure;
use crate::ops::FailureView;

/// A folder of its own; it goes with it.
pub(super) struct Work(pub(super) PathBuf);

impl Work {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Removes something in it.
    pub(super) fn forget(&self, name: &str) -> Result<(), FailureView> {
        let path = self.0.join(name);
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(broken(&path, &error)),
            _ => Ok(()),
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // What is left of it is removed with the folder of all work, when nobody needs that any more.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The failure where the disk is to blame.
pub(super) fn broken(path: &Path, error: &io::Error) -> FailureView {
    failure("tool_failed", format!("{}: {error}", path.display()))
}

/// What a folder holds, however deep.
pub(super) struct Item {
    /// From the folder on, names separated by `/`.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Folder,
    /// And whether it can be run.
    File(bool),
    Link(PathBuf),
}

/// All that is in a folder, in the order of the names; folders before what is in them.
pub(super) fn items(folder: &Path) -> io::Result<Vec<Item>> {
    let mut all = Vec::new();
    below(folder, "", &mut all)?;
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

fn below(folder: &Path, prefix: &str, all: &mut Vec<Item>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), format!("{prefix}{}", entry.file_name().to_string_lossy()));
        let meta = entry.metadata()?;
        let kind = if meta.is_dir() {
            below(&path, &format!("{name}/"), all)?;
            Kind::Folder
        } else if meta.is_symlink() {
            Kind::Link(fs::read_link(&path)?)
        } else if meta.is_file() {
            Kind::File(meta.permissions().mode() & 0o111 != 0)
        } else {
            // A pipe or a socket is nothing that can be kept.
            continue;
        };
        all.push(Item { name, path, kind });
    }
    Ok(())
}

/// Copies all that is in a folder into another; what is there already is overwritten.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for item in items(from)? {
        let target = to.join(&item.name);
        match item.kind {
            Kind::Folder => fs::create_dir_all(&target)?,
            Kind::File(_) => {
                if target.is_symlink() {
                    fs::remove_file(&target)?;
                }
                fs::copy(&item.path, &target)?;
            }
            Kind::Link(leads) => {
                let _ = fs::remove_file(&target);
                std::os::unix::fs::symlink(leads, &target)?;
            }
        }
    }
    Ok(())
}

/// The digest of a folder's names, kinds and bytes.
pub(super) fn digest(folder: &Path, fits: impl Fn(&Item) -> bool) -> io::Result<String> {
    let mut hash = Sha256::new();
    for item in items(folder)?.iter().filter(|item| fits(item)) {
        let (kind, bytes) = match &item.kind {
            Kind::Folder => (b'd', Vec::new()),
            Kind::File(run) => (if *run { b'x' } else { b'f' }, fs::read(&item.path)?),
            Kind::Link(leads) => (b'l', leads.as_os_str().as_encoded_bytes().to_vec()),
        };
        // Lengths keep a name and the bytes behind it apart.
        hash.update([kind]);
        hash.update((item.name.len() as u64).to_le_bytes());
        hash.update(&item.name);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(&bytes);
    }
    Ok(hex(&hash.finalize()))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
