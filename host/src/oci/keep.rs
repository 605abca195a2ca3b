//! What has been fetched before, by digest: so that the same command goes on with its run also when the registry does not answer. Nothing depends on it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::digest;

fn path(folder: &Path, digest: &str) -> PathBuf {
    folder.join(digest.replace(':', "-"))
}

/// What is kept under this digest, if it still is that.
pub(super) fn read(folder: &Path, wanted: &str) -> Option<Vec<u8>> {
    let bytes = fs::read(path(folder, wanted)).ok()?;
    (digest(&bytes) == wanted).then_some(bytes)
}

/// Keeps it. Where that fails, it is fetched again another time.
pub(super) fn write(folder: &Path, digest: &str, bytes: &[u8]) {
    let path = path(folder, digest);
    let keep = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let beside = folder.join(format!("new-{}", std::process::id()));
        fs::write(&beside, bytes)?;
        fs::rename(&beside, &path)
    };
    if let Err(error) = keep() {
        tracing::warn!(path = %path.display(), %error, "what was fetched is not kept");
    }
}
