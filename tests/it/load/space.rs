//! The disk is full: after each page in turn while the directory is being made, and ever farther into the load.

use super::{Account, finds, times};
use crate::disk::Disk;

/// So many pages, where nothing else is said; see [`pages`].
const TIMES: u64 = 32;
/// How much a file grows by on a file system in memory, in bytes.
const PAGE: u64 = 4096;

/// How many pages are written before the disk is full, in the n-th trial: the first ones one by one, then ever more, up to two megabytes
/// in the 32nd. Not none: to a file system in memory that would be no limit.
fn pages(n: u64) -> u64 {
    if n < 8 { n + 1 } else { n * (n + 1) / 2 - 27 }
}

/// Is the last that was said why?
fn tells(said: &[String]) -> bool {
    said.last().is_some_and(|last| last.starts_with("stopped ") && last.to_lowercase().contains("space"))
}

/// Under load, with room for so many pages.
fn full(account: &mut Account, disk: &Disk, trials: u64) {
    for n in 0..trials {
        let dir = disk.folder.join(format!("data-{n}"));
        disk.leave(Some(pages(n) * PAGE));
        let said = account.write(&[], &dir).ended();
        let (told, last) = (tells(&said), said.last());
        assert!(told, "with room for {} pages it does not say that the disk is full: {last:?}", pages(n));
        account.saw(said);
        disk.leave(None);
        account.settle(&dir);
        account.closed();
        std::fs::remove_dir_all(&dir).expect("it can be removed");
    }
}

#[test]
fn promises_1_3_4_5_hold_when_the_disk_is_full_at_any_page() {
    let Some(disk) = Disk::new("a disk that is full at any page") else { return };
    let trials = times("CAIRN_FULL", TIMES);
    let mut account = Account::default();
    full(&mut account, &disk, trials);
    println!("space: CAIRN_FULL={trials}: {account}");
}

/// What one attempt at making a directory left is in the way of no other.
#[test]
fn promises_1_3_4_5_hold_when_there_is_room_for_a_page_more_each_time() {
    let Some(disk) = Disk::new("a disk with room for a page more each time") else { return };
    let (mut account, mut attempts) = (Account::default(), 0);
    let dir = disk.folder.join("data");
    while account.is_empty() {
        attempts += 1;
        assert!(attempts < 200, "it does not come to make its directory");
        disk.leave(Some(attempts * PAGE));
        let said = account.write(&[], &dir).ended();
        assert!(
            tells(&said),
            "at attempt {attempts} it does not say that the disk is full: {:?}",
            said.last()
        );
        account.saw(said);
    }
    disk.leave(None);
    account.settle(&dir);
    println!("space: {attempts} attempts: {account}");
}

#[test]
fn an_event_that_a_full_disk_refused_and_that_is_acknowledged_is_found() {
    let Some(disk) = Disk::new("a bug that a full disk shows") else { return };
    finds("deaf", "was acknowledged and is lost", |account| full(account, &disk, 3 * TIMES));
}
