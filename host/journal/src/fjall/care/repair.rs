//! Mends a directory that nobody has open.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use super::{check::Wrong, finding::Verified, rebuild, verify::look};
use crate::{
    InstanceId, StoreError,
    fjall::{
        blobs::sync_folder,
        errors,
        files::{log, scrub::scrub, witness},
        open,
    },
};

/// How far a repair may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repair {
    /// Whether what was acknowledged, and cannot be read any more, may be given up. Without it a directory that lost such things is left as it is.
    pub accept_loss: bool,
}

/// What a repair did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Where the directory was copied to before anything was changed; `None` if there was nothing to mend.
    pub before: Option<PathBuf>,
    /// What was done, in words.
    pub did: Vec<String>,
    /// Who was set aside, and why.
    pub aside: Vec<(InstanceId, String)>,
    /// What looking through it says now.
    pub now: Verified,
}

/// Mends what can be mended, and no more: cuts off a torn end of the log, writes rows anew that follow from entries, and sets aside instances whose
/// entries are damaged: they are kept as they are and do not run.
///
/// The directory is copied first, beside itself, but for what can be made anew.
///
/// # Errors
/// [`StoreError::Corrupt`] if something acknowledged is lost and [`Repair::accept_loss`] is not set, or the engine's tables themselves are damaged;
/// [`StoreError::Full`] if there is no room for the copy; nothing was changed then. And as for [`verify`](super::verify()).
pub fn repair(dir: &Path, how: Repair) -> Result<Repaired, StoreError> {
    let lock = open::hold(dir)?;
    let repaired = mend(dir, how);
    drop(lock);
    repaired
}

fn mend(dir: &Path, how: Repair) -> Result<Repaired, StoreError> {
    let (verified, _) = look(dir)?;
    let torn = verified.findings.iter().any(|finding| finding.stays && finding.found.contains("not whole"));
    if verified.clean() && !torn {
        return Ok(Repaired { now: verified, ..Repaired::default() });
    }
    let lost = verified.findings.iter().find(|finding| !finding.stays).filter(|_| !verified.complete);
    if let Some(lost) = lost.filter(|_| !how.accept_loss) {
        return Err(StoreError::Corrupt { place: lost.place.clone(), found: lost.found.clone() });
    }
    let before = copy_beside(dir)?;
    let mut repaired = Repaired { before: Some(before), ..Repaired::default() };
    let dense = if lost.is_some() { give_up_what_is_lost(dir, &mut repaired)? } else { None };
    let sound = scrub(dir)?;
    if let Some(torn) = &sound.torn {
        torn.cut()?;
        repaired.did.push(format!(
            "cut {} bytes off the end of {}: they were written when a crash struck, and never acknowledged as durable",
            torn.bytes,
            torn.path.display()
        ));
    }
    rebuild::rebuild(dir, &sound, dense, &mut repaired)?;
    repaired.now = look(dir)?.0;
    Ok(repaired)
}

/// Keeps of the log what is whole, and forgets how far it has to reach. Gives the number up to which batches need not be dense any more.
fn give_up_what_is_lost(dir: &Path, repaired: &mut Repaired) -> Result<Option<u64>, StoreError> {
    let db = dir.join("db");
    let wrong = |error: io::Error| errors::of_io(&db, &error);
    let mut next = None;
    for (number, path) in log::list(&db).map_err(wrong)? {
        let bytes = fs::read(&path).map_err(wrong)?;
        let (whole, gone) = whole_batches(&bytes);
        if gone > 0 {
            replace(&path, &whole).map_err(|error| errors::of_io(&path, &error))?;
            repaired
                .did
                .push(format!("gave up {gone} bytes of {} that are no whole batches", path.display()));
        }
        // The engine reads them by their numbers; a missing one leaves no hole.
        let wanted = *next.get_or_insert(number);
        if number != wanted {
            fs::rename(&path, db.join(format!("{wanted}.jnl"))).map_err(wrong)?;
            repaired.did.push(format!(
                "closed up behind a missing file of the log: {number}.jnl is now {wanted}.jnl"
            ));
        }
        next = Some(wanted + 1);
    }
    sync_folder(&db).map_err(wrong)?;
    let durable = witness::read(dir).ok().flatten().map_or(0, |told| told.durable);
    match fs::remove_file(witness::path(dir)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(wrong(error)),
        _ => {}
    }
    witness::Witness::create(dir, &witness::Told::new(0, u64::MAX, Vec::new()))?;
    repaired.did.push("took what is left of the log for all of it".into());
    Ok(Some(durable))
}

/// The bytes of all whole batches of a file, and how many others there are.
fn whole_batches(bytes: &[u8]) -> (Vec<u8>, usize) {
    let (mut whole, mut gone, mut at) = (Vec::new(), 0, 0);
    loop {
        let batch = match log::batch_at(bytes, at) {
            Ok(batch) => batch,
            Err(log::NoBatch::End) => return (whole, gone),
            Err(log::NoBatch::Bad(_)) => match log::next_batch(bytes, at + 1) {
                Some(batch) => batch,
                None => return (whole, gone + bytes.len() - at),
            },
        };
        gone += batch.at - at;
        whole.extend_from_slice(bytes.get(batch.at..batch.end).unwrap_or_default());
        at = batch.end;
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("whole");
    fs::write(&beside, bytes)?;
    fs::File::open(&beside)?.sync_all()?;
    fs::rename(&beside, path)
}

/// Words for what is written anew.
pub(super) fn did(wrong: &Wrong) -> Option<String> {
    let named = |id: &InstanceId| format!("`{}` of tenant `{}`", id.instance, id.tenant);
    Some(match wrong {
        Wrong::Entries { aside: true, .. } | Wrong::Blob { .. } | Wrong::NoBlob { .. } => return None,
        Wrong::Entries { id, fault, .. } => {
            format!("set aside instance {}: entry {}: {}", named(id), fault.at, fault.why)
        }
        Wrong::Head { id, .. } => format!("wrote the head of instance {} anew from its entries", named(id)),
        Wrong::Timer { id, missing: true, .. } => format!("put the timer of instance {} back", named(id)),
        Wrong::Timer { id, .. } => format!("removed a timer of instance {} that it does not have", named(id)),
        Wrong::Ready { id, missing: true } => format!("listed instance {} as one that can go on", named(id)),
        Wrong::Ready { id, .. } => {
            format!("took instance {} off the list of those that can go on", named(id))
        }
        Wrong::Message { id, why, .. } => {
            format!("put the messages of instance {} in order: {why}", named(id))
        }
        Wrong::Lock { id, lock, .. } => {
            format!("took instance {} out of the line of the lock `{lock}`", named(id))
        }
        Wrong::Row { table, why, .. } => format!("removed a row of `{table}`: {why}"),
    })
}

/// What can be made anew, or belongs to a process.
const LEFT_OUT: [&str; 6] = ["lock", "socket", "owner", "cache", "verifying", "ci"];

fn copy_beside(dir: &Path) -> Result<PathBuf, StoreError> {
    let whole = fs::canonicalize(dir).map_err(|error| errors::of_io(dir, &error))?;
    let mut name = whole.file_name().unwrap_or_default().to_owned();
    name.push(format!(".before-repair-{}", stamp()));
    let to = whole.with_file_name(name);
    let copied = copy(dir, &to, true).and_then(|()| to.parent().map_or(Ok(()), sync_folder));
    copied.map(|()| to.clone()).map_err(|error| {
        let _ = fs::remove_dir_all(&to);
        errors::of_io(&to, &error)
    })
}

fn copy(from: &Path, to: &Path, top: bool) -> io::Result<()> {
    fs::create_dir(to)?;
    for file in fs::read_dir(from)? {
        let path = file?.path();
        let name = path.file_name().unwrap_or_default();
        if top && LEFT_OUT.iter().any(|left| name == *left) {
            continue;
        }
        let place = to.join(name);
        if path.is_dir() {
            copy(&path, &place, false)?;
        } else {
            fs::copy(&path, &place)?;
            fs::File::open(&place)?.sync_all()?;
        }
    }
    sync_folder(to)
}

/// The moment, in UTC, as a part of a name: `20260102T030405Z`.
fn stamp() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// Year, month and day of a day since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_have_dates() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(20_454), (2026, 1, 1));
        assert_eq!(date(20_453), (2025, 12, 31));
    }
}
