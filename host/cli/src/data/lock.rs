//! Whether another process holds a data directory: asked of the lock itself, so that no message has to be understood.

use std::fs::{File, TryLockError};

use super::Dir;

/// Somebody holds the lock at this moment.
pub(crate) fn held(dir: &Dir) -> bool {
    ["lock", "journal/lock"].iter().any(|name| {
        let file = File::open(dir.path().join(name));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_seen_while_it_is_held_and_no_longer() {
        let folder = std::env::temp_dir().join(format!("cairn-cli-lock-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let dir = Dir::new(&folder);
        assert!(!held(&dir));
        let file = File::create(folder.join("lock")).unwrap();
        assert!(!held(&dir));
        file.lock().unwrap();
        assert!(held(&dir));
        drop(file);
        assert!(!held(&dir));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
