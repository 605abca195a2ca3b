//! Writing the user's own files: all of the new text or all of the old one, whatever happens meanwhile.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use crate::problem::{Outcome, mistake};

/// Puts `text` into the file at `path`, which keeps its permissions; a link stays one.
///
/// # Errors
///
/// The user's mistake where the file or its folder cannot be written; the file is as it was then.
pub(crate) fn rewrite(path: &Path, text: &str) -> Outcome<()> {
    replace(path, text).map_err(|e| {
        mistake(
            format!("cannot write `{}`: {e}", path.display()),
            "may this user write the file and its folder? The file is as it was",
        )
    })
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let beside = beside(&path);
    let written = write(&beside, text, fs::metadata(&path)?.permissions());
    let done = written.and_then(|()| fs::rename(&beside, &path));
    if done.is_err() {
        // Nothing is lost if it stays: the error that is told is the first one.
        let _ = fs::remove_file(&beside);
    }
    done
}

fn write(path: &Path, text: &str, permissions: fs::Permissions) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(permissions)?;
    file.sync_all()
}

/// A name that nobody else has, in the same folder: a rename across file systems would not be one step.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    path.with_file_name(name)
}
