//! Looks through a directory that nobody has open.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use super::{
    check::{Wrong, check},
    finding::{self, Verified},
};
use crate::{
    StoreError,
    fjall::{
        errors,
        files::{
            scrub::{Sound, is_new, scrub},
            tables::{KEYSPACES, Keyspace},
        },
        open,
        tables::Tables,
    },
};

/// Looks through a whole directory: the write-ahead log, the lists and tables of the engine, each instance's entries, heads, timers, messages,
/// locks and blobs. Changes nothing: what has to be opened is opened beside, in `verifying` within the directory, with links to tables.
///
/// # Errors
/// [`StoreError::Locked`] if a process has it open, [`StoreError::Newer`] if a newer build wrote it, and as the disk has it. What is wrong with
/// it is no error but a [`finding`](Verified::findings).
pub fn verify(dir: &Path) -> Result<Verified, StoreError> {
    let lock = open::hold(dir)?;
    let verified = look(dir).map(|(verified, _)| verified);
    drop(lock);
    verified
}

/// The same, for who has it locked.
pub(super) fn look(dir: &Path) -> Result<(Verified, Vec<Wrong>), StoreError> {
    let mut verified = Verified::default();
    let sound = match scrub(dir) {
        Ok(sound) => Some(sound),
        Err(error) => {
            verified.findings.push(finding::of_store(&error).ok_or(error)?);
            None
        }
    };
    if let Some(sound) = &sound {
        let counts = &mut verified.counts;
        (counts.log_files, counts.log_batches, counts.log_bytes) = (sound.files, sound.batches, sound.bytes);
        if let Some(torn) = &sound.torn {
            verified.findings.push(finding::torn(torn.path.display().to_string(), torn.bytes));
        }
    }
    if is_new(dir)? {
        verified.complete = verified.findings.is_empty();
        return Ok((verified, Vec::new()));
    }
    tables(&dir.join("db"), &mut verified)?;
    let mut wrong = Vec::new();
    if let Some(sound) = sound.filter(|_| verified.clean()) {
        wrong = contents(dir, &sound, &mut verified)?;
        let damaged: Vec<_> = wrong.iter().filter_map(Wrong::damaged).collect();
        // That a damaged instance will have neither timer nor turn follows from that.
        let told = wrong.iter().filter(|wrong| !wrong.follows_from(&damaged));
        verified.findings.extend(told.map(finding::of));
    }
    Ok((verified, wrong))
}

/// Reads all tables in full.
fn tables(db: &Path, verified: &mut Verified) -> Result<(), StoreError> {
    let mut found = |error: StoreError| -> Result<(), StoreError> {
        let finding = finding::of_store(&error).ok_or(error)?;
        if !verified.findings.contains(&finding) {
            verified.findings.push(finding);
        }
        Ok(())
    };
    let (mut count, mut bytes) = (0, 0);
    for number in 0..KEYSPACES.len() {
        match Keyspace::open(db, number) {
            Err(error) => found(error)?,
            Ok(keyspace) => {
                for table in &keyspace.tables {
                    count += 1;
                    match table.check() {
                        Ok(length) => bytes += length,
                        Err(error) => found(error)?,
                    }
                }
            }
        }
    }
    (verified.counts.tables, verified.counts.table_bytes) = (count, bytes);
    Ok(())
}

/// Opens a copy, and looks at everything in it.
fn contents(dir: &Path, sound: &Sound, verified: &mut Verified) -> Result<Vec<Wrong>, StoreError> {
    let beside = dir.join("verifying");
    let wrong = |error: io::Error| errors::of_io(&beside, &error);
    let _ = fs::remove_dir_all(&beside);
    link(&dir.join("db"), &beside).map_err(wrong)?;
    let looked = (|| {
        if let Some(torn) = &sound.torn
            && let Some(name) = torn.path.file_name()
        {
            let file = File::options().write(true).open(beside.join(name)).map_err(wrong)?;
            file.set_len(torn.at).map_err(wrong)?;
        }
        let tables = Tables::open(&beside)?;
        tables.check(sound, tables.mark()?)?;
        check(&tables, dir, &mut verified.counts)
    })();
    let _ = fs::remove_dir_all(&beside);
    match looked {
        Ok(found) => {
            verified.complete = true;
            Ok(found)
        }
        Err(error) => {
            verified.findings.push(finding::of_store(&error).ok_or(error)?);
            Ok(Vec::new())
        }
    }
}

/// Tables are never written to, so links to them do; the rest is small.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let path = file?.path();
        let place = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            link(&path, &place)?;
        } else if from.ends_with("tables") && fs::hard_link(&path, &place).is_ok() {
            continue;
        } else {
            fs::copy(&path, &place)?;
        }
    }
    Ok(())
}
