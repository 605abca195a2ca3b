//! Where a program is. Looked up in the host's own `PATH`, so that an `env` of the step cannot put another in its place.

use std::{
    env,
    ffi::OsStr,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::super::failure::failure;
use crate::ops::FailureView;

/// The file that `program` names: by `path` (the host's `PATH`), or, where it has a slash, from where the host was started.
///
/// # Errors
/// `tool_failed` where there is none that can be run.
pub(super) fn find(program: &str, path: Option<&OsStr>) -> Result<PathBuf, FailureView> {
    if program.contains('/') {
        let file = std::path::absolute(program).unwrap_or_else(|_| PathBuf::from(program));
        return if runnable(&file) { Ok(file) } else { Err(not_runnable(program, &file)) };
    }
    let folders: Vec<PathBuf> = path.map(|path| env::split_paths(path).collect()).unwrap_or_default();
    let candidates: Vec<PathBuf> = folders.iter().map(|folder| folder.join(program)).collect();
    if let Some(found) = candidates.iter().find(|file| runnable(file)) {
        return Ok(std::path::absolute(found).unwrap_or_else(|_| found.clone()));
    }
    match candidates.iter().find(|file| file.is_file()) {
        Some(file) => Err(not_runnable(program, file)),
        None => Err(absent(program, path)),
    }
}

fn runnable(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn not_runnable(program: &str, file: &Path) -> FailureView {
    let message = if file.is_file() {
        format!("`{program}` is at {}, but may not be executed: set its executable bit", file.display())
    } else {
        format!(
            "no program is at {}: a program with a slash is looked for from where cairn was started",
            file.display()
        )
    };
    failure("tool_failed", message)
}

fn absent(program: &str, path: Option<&OsStr>) -> FailureView {
    let place = path.map_or("PATH, which is not set".to_owned(), |path| format!("PATH ({})", path.display()));
    failure(
        "tool_failed",
        format!("there is no program `{program}` in {place}: install it, or add its folder to PATH"),
    )
}
