//! A copy of a journal that goes on.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use tokio::sync::oneshot;

use super::{
    FjallJournal, blobs::sync_folder, care, errors, files::witness, files::witness::Witness, writer::Request,
};
use crate::StoreError;

/// What a backup holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backup {
    /// How many instances.
    pub instances: u64,
    /// How many entries they have in all.
    pub entries: u64,
    /// How many blobs.
    pub blobs: u64,
    /// How many large values.
    pub values: u64,
    /// How many bytes it takes.
    pub bytes: u64,
}

/// Copies everything as it is when the writing thread gets to it: all that was answered before is in it. The copy is read through in full
/// before it gets its name.
pub(super) fn back_up(journal: &FjallJournal, to: &Path) -> Result<Backup, StoreError> {
    if to.exists() {
        let what = format!("{}: it is there already, and a backup goes into a new directory", to.display());
        return Err(StoreError::Io(what));
    }
    // What the tables refer to at that moment is there until it is copied.
    let _all_stay = (journal.blobs.all_stay(), journal.values.all_stay());
    let (ask, answer) = oneshot::channel();
    journal.gate.check()?;
    drop(journal.queue.push(0, Request::Capture(ask)));
    let captured = answer.blocking_recv().unwrap_or_else(|_| Err(journal.gate.gone()))?;
    let unfinished = beside(to);
    let copied = copy(journal, captured, &unfinished).and_then(|mut backup| {
        let verified = care::verify(&unfinished)?;
        if let Some(finding) = verified.findings.iter().find(|finding| !finding.stays) {
            return Err(StoreError::Corrupt { place: finding.place.clone(), found: finding.found.clone() });
        }
        (backup.instances, backup.entries) = (verified.counts.instances, verified.counts.entries);
        let wrong = |error: std::io::Error| errors::of_io(to, &error);
        fs::rename(&unfinished, to).map_err(wrong)?;
        sync_parent(to).map_err(wrong)?;
        Ok(backup)
    });
    if copied.is_err() {
        let _ = fs::remove_dir_all(&unfinished);
    }
    copied
}

/// What is not whole yet does not have the name.
fn beside(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(format!(".unfinished-{}", std::process::id()));
    to.with_file_name(name)
}

fn sync_parent(of: &Path) -> std::io::Result<()> {
    match of.parent() {
        Some(parent) if parent != Path::new("") => sync_folder(parent),
        _ => sync_folder(Path::new(".")),
    }
}

fn copy(
    journal: &FjallJournal,
    captured: super::files::capture::Captured,
    to: &Path,
) -> Result<Backup, StoreError> {
    let wrong = |error: std::io::Error| errors::of_io(to, &error);
    fs::create_dir_all(to).map_err(wrong)?;
    let number = captured.number;
    let bytes = captured.write(&to.join("db"))?;
    let (blobs, more) = journal.blobs.copy(&to.join("blobs"))?;
    let (values, most) = journal.values.copy(&to.join("values"))?;
    if let Some(mut told) = witness::read(&journal.dir)? {
        told.durable = number;
        Witness::create(to, &told)?;
    }
    // Last: without it the directory is none.
    let write = || {
        let mut file = File::create(to.join("format"))?;
        file.write_all(&fs::read(journal.dir.join("format"))?)?;
        file.sync_all()?;
        sync_folder(to)
    };
    write().map_err(wrong)?;
    Ok(Backup { blobs, values, bytes: bytes + more + most, ..Backup::default() })
}
