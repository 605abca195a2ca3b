//! A small file system, to be filled or made read-only.

use std::{fs, path::PathBuf, process::Command};

/// A small file system of its own, in memory; gone with this. It takes the rights to mount one.
pub(crate) struct Disk {
    pub(crate) folder: PathBuf,
    _within: tempfile::TempDir,
}

impl Disk {
    /// None, with a line that says so, where none can be mounted.
    pub(crate) fn new(what: &str) -> Option<Self> {
        let within = tempfile::tempdir().expect("a temporary folder");
        let folder = within.path().join("disk");
        fs::create_dir(&folder).expect("a folder");
        if !mount(&["-t", "tmpfs", "-o", &format!("size={ROOM}"), "cairn-tests", &folder.to_string_lossy()]) {
            println!("skipped: {what} (a file system cannot be mounted here)");
            return None;
        }
        Some(Self { folder, _within: within })
    }

    pub(crate) fn fill(&self) {
        let path = self.folder.join("filler");
        let (mut size, mut filler) = (1 << 20, fs::File::create(path).expect("a file"));
        while size > 0 {
            if std::io::Write::write_all(&mut filler, &vec![1; size]).is_err() {
                size /= 2;
            }
        }
    }

    pub(crate) fn free(&self) {
        fs::remove_file(self.folder.join("filler")).expect("it is there");
    }

    /// From now on there is room for so many bytes more, and no others; all of it again for none.
    pub(crate) fn leave(&self, more: Option<u64>) {
        let room = more.map_or(ROOM, |more| self.used() + more);
        self.remount(&format!("size={room}"));
    }

    fn used(&self) -> u64 {
        let now = rustix::fs::statvfs(&self.folder).expect("it is mounted");
        (now.f_blocks - now.f_bfree) * now.f_frsize
    }

    pub(crate) fn remount(&self, mode: &str) {
        assert!(mount(&["-o", &format!("remount,{mode}"), &self.folder.to_string_lossy()]));
    }
}

/// Its room in bytes, where nothing else is said.
const ROOM: u64 = 256 << 20;

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a program that was killed may hold it for a moment longer.
        let _done = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}

fn mount(words: &[&str]) -> bool {
    Command::new("mount").args(words).output().is_ok_and(|done| done.status.success())
}
