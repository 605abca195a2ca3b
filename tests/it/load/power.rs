//! The power goes: a file system of its own is shut down with nothing of its log written, as [`FS_IOC_SHUTDOWN`] of ext4 does it, and
//! mounted anew.
//!
//! The power takes the processor along: the process is halted first, and only then the disk is cut. A thread that is inside `fdatasync` at that
//! moment stays there, so a sync is torn in its middle as often as in earnest, but nobody lives to hear that it went well. (Where the process went
//! on, some syncs were answered with yes and lost. Likely, though not proven: ext4 does not tell who waits for a sync that converting extents failed
//! after a shutdown. `docs/durability.md` says what was seen.)

use std::{fs, os::fd::AsFd, process::Command, thread, time::Duration};

use cairn_tests::Random;

use super::{Account, finds, times};

/// So many where nothing else is said.
const CUTS: u64 = 5;

/// ext4, in a file.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    /// None, with a line that says so, where this may not be done.
    fn new() -> Option<Self> {
        let disk = Self::made();
        if disk.is_none() {
            println!("skipped: a file system in a file cannot be mounted here");
        }
        disk
    }

    fn made() -> Option<Self> {
        let folder = tempfile::tempdir().ok()?;
        let disk = Self { folder };
        fs::create_dir(disk.path()).ok()?;
        let image = fs::File::create(disk.image()).ok()?;
        image.set_len(192 << 20).ok()?;
        let image = disk.image();
        let made = quietly(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image));
        (made && disk.mount()).then_some(disk)
    }

    fn image(&self) -> std::path::PathBuf {
        self.folder.path().join("image")
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("disk")
    }

    fn mount(&self) -> bool {
        quietly(Command::new("mount").args(["-o", "loop"]).arg(self.image()).arg(self.path()))
    }

    /// From now on nothing reaches it, and what its log had not written is gone.
    fn cut(&self) {
        let folder = fs::File::open(self.path()).expect("it is mounted");
        shut_down(&folder).expect("ext4 can be shut down");
    }

    /// The power is back.
    fn again(&self) {
        assert!(quietly(Command::new("umount").arg(self.path())), "it can be unmounted");
        assert!(self.mount(), "it can be mounted again");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = quietly(Command::new("umount").arg("-l").arg(self.path()));
    }
}

fn quietly(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// `FS_IOC_SHUTDOWN` with `NOLOGFLUSH` (Linux, `include/uapi/linux/fs.h`).
#[expect(unsafe_code, reason = "there is no safe way to ask a file system for this")]
fn shut_down(folder: &impl AsFd) -> rustix::io::Result<()> {
    use rustix::ioctl::{Setter, ioctl, opcode};
    const NO_LOG_FLUSH: u32 = 2;
    // SAFETY: the request takes a pointer to a u32 and only reads it, which is what a setter of u32 gives.
    unsafe { ioctl(folder, Setter::<{ opcode::read::<u32>(b'X', 125) }, u32>::new(NO_LOG_FLUSH)) }
}

/// Under load, wherever the power is cut.
fn cut(account: &mut Account, disk: &Disk, cuts: u64, seed: u64) {
    let mut random = Random::seeded(seed);
    for n in 0..cuts {
        let dir = disk.path().join(format!("data-{}", n / 10));
        let load = account.write(&[], &dir);
        account.saw(load.opened());
        thread::sleep(Duration::from_micros(random.below(400_000)));
        load.halt();
        disk.cut();
        account.saw(load.kill());
        disk.again();
        account.settle(&dir);
        if n % 10 == 9 {
            account.closed();
            fs::remove_dir_all(&dir).expect("it can be removed");
        }
    }
}

#[test]
fn promises_1_3_4_5_hold_when_the_power_is_cut_under_load() {
    let Some(disk) = Disk::new() else { return };
    let (cuts, seed) = (times("CAIRN_CUTS", CUTS), Random::seed());
    println!("power: CAIRN_CUTS={cuts} CAIRN_SEED={seed}");
    let mut account = Account::default();
    cut(&mut account, &disk, cuts, seed);
    println!("power: {account}");
}

#[test]
fn what_is_only_written_where_it_has_to_be_on_disk_is_found_by_a_power_cut() {
    let Some(disk) = Disk::new() else { return };
    finds("unsynced", "promise ", |account| cut(account, &disk, 2 * CUTS, Random::seed()));
}
