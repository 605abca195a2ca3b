//! What the engine and the file system say, in our words: with the path, and by what is to be done.

use std::{
    io::{self, ErrorKind},
    path::Path,
};

use crate::StoreError;

/// An error of the file system at a path.
pub(super) fn of_io(path: &Path, error: &io::Error) -> StoreError {
    let text = format!("{}: {error}", path.display());
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full(text),
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => StoreError::ReadOnly(text),
        _ => StoreError::Io(text),
    }
}

/// An error of the engine, whose files are at a path.
pub(super) fn of_engine(path: &Path, error: &fjall::Error) -> StoreError {
    use fjall::{Error, LsmError};
    let found = match error {
        Error::Io(error) | Error::Storage(LsmError::Io(error)) => match error.kind() {
            // The engine was led there by what it read.
            ErrorKind::UnexpectedEof
            | ErrorKind::InvalidInput
            | ErrorKind::InvalidData
            | ErrorKind::NotFound => {
                format!("a file of it is missing, or ends too early: {error}")
            }
            _ => return of_io(path, error),
        },
        Error::Locked => return StoreError::Locked(path.display().to_string()),
        Error::Poisoned => {
            return gave_up(path);
        }
        Error::JournalRecovery(error) => format!("the write-ahead log cannot be read: {error:?}"),
        Error::InvalidVersion(version) => {
            format!("the storage engine does not know the format of these files ({version:?})")
        }
        Error::Storage(LsmError::InvalidVersion(version)) => {
            format!("the storage engine does not know the format of a table ({version})")
        }
        Error::Storage(LsmError::ChecksumMismatch { got, expected }) => {
            format!("a block has another checksum than was written: {got:?} in place of {expected:?}")
        }
        Error::Unrecoverable | Error::Storage(LsmError::Unrecoverable) => {
            "files that it needs are missing or cannot be read".into()
        }
        other => format!("the storage engine cannot read it: {other:?}"),
    };
    StoreError::Corrupt { place: path.display().to_string(), found }
}

/// Less room than this, in bytes, may be why the engine gave up: the tables that it writes beside the log are up to so big.
const SCARCE: u64 = 64 << 20;

/// The engine does not say why it writes no more.
fn gave_up(path: &Path) -> StoreError {
    let room = rustix::fs::statvfs(path).map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    let room = match room {
        Ok(room) if room < SCARCE => format!(", and there is little space left on its disk: {room} bytes"),
        _ => String::new(),
    };
    StoreError::Closed(format!("{}: an earlier write or flush failed{room}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_trouble_has_its_own_answer() {
        let path = Path::new("data");
        let io = |kind: ErrorKind| of_io(path, &io::Error::from(kind));
        assert_eq!(io(ErrorKind::StorageFull), StoreError::Full("data: no storage space".into()));
        assert_eq!(
            io(ErrorKind::ReadOnlyFilesystem),
            StoreError::ReadOnly("data: read-only filesystem or storage medium".into())
        );
        assert_eq!(io(ErrorKind::PermissionDenied), StoreError::ReadOnly("data: permission denied".into()));
        assert_eq!(io(ErrorKind::BrokenPipe), StoreError::Io("data: broken pipe".into()));
        let full = fjall::Error::Storage(fjall::LsmError::Io(ErrorKind::StorageFull.into()));
        assert_eq!(of_engine(path, &full), StoreError::Full("data: no storage space".into()));
        assert_eq!(of_engine(path, &fjall::Error::Locked), StoreError::Locked("data".into()));
        let corrupt = of_engine(path, &fjall::Error::Unrecoverable);
        assert_eq!(
            corrupt.to_string(),
            "the journal is damaged in data: files that it needs are missing or cannot be read"
        );
    }
}
