//! Files for a test: where the workspace is, and texts written to a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The top folder of the workspace.
///
/// # Panics
/// If this crate is not inside one.
#[must_use]
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests is a folder of the workspace")
}

/// Writes `text` to `name` in `folder`, and gives its path.
///
/// # Panics
/// If the disk says no.
pub fn written(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap_or_else(|e| panic!("writing {}: {e}", path.display()));
    path
}
