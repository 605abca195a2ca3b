//! Data directories in trouble: the program says what it found, keeps what is there, and goes on when the trouble is over.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use cairn_tests::{Cairn, Ran, Services, golden, written};
use serde_json::json;

use crate::{cairn, disk::Disk, mistakes, orders};

#[test]
fn promise_11_a_directory_of_a_newer_version_is_left_alone() {
    let cairn = cairn();
    mistakes::works(&cairn);
    let format = cairn.data().join("format");
    let known = fs::read_to_string(&format).expect("it says its format");
    let newer = known.replace(|c: char| c.is_ascii_digit(), "9");
    assert_ne!(known, newer, "the format has a number");
    fs::write(&format, &newer).expect("it can be written");

    let ran = cairn.cmd("list").run();
    assert_eq!(ran.code, Some(2), "{}", ran.text());
    golden("directory/newer", &ran.text());
    assert_eq!(fs::read_to_string(&format).expect("a text"), newer, "nothing was changed");
    fs::write(&format, &known).expect("it can be written");
    mistakes::works(&cairn);
}

#[test]
fn a_directory_that_is_held_names_who_holds_it() {
    let (cairn, services) = (cairn(), Services::new());
    let mut first = orders::run(&cairn, &services, "o1").spawn();
    first.writes("parcel_picked_up");
    let second = orders::run(&cairn, &services, "o2").run().ended(2);
    assert!(second.stderr.contains(&first.id().to_string()), "{}", second.text());
    assert!(second.stderr.contains("is held by"), "{}", second.text());
    orders::picked_up(&cairn, "o1").run().ended(0);
    first.finish().ended(0);
    mistakes::works(&cairn);
}

#[test]
fn a_directory_that_is_a_file_is_refused() {
    let cairn = cairn();
    let file = cairn.folder().join("file");
    fs::write(&file, "not a directory").expect("it can be written");
    let cairn = cairn.with_data(&file);
    let ran = cairn.cmd("list").run();
    assert_eq!(ran.code, Some(2), "{}", ran.text());
    golden("directory/is_a_file", &ran.text());
    assert_eq!(fs::read_to_string(&file).expect("it is there"), "not a directory");
}

#[test]
fn promise_11_a_damaged_journal_is_named_and_kept() {
    let (cairn, services) = (cairn(), Services::new());
    orders::run(&cairn, &services, "o1").arg("--no-wait").run().ended(3);
    let journals = files(&cairn.data().join("db"));
    let (path, at) =
        journals.iter().find_map(|path| find(path, b"inventory.reserve")).expect("the entry is on disk");
    let mut bytes = fs::read(&path).expect("it can be read");
    bytes[at] ^= 0x20;
    fs::write(&path, &bytes).expect("it can be written");

    let ran = cairn.cmd("resume o1").run();
    assert_eq!(ran.code, Some(70), "damage is found\n{}", ran.text());
    assert!(ran.stderr.contains("o1") || ran.stderr.contains("journal"), "and named\n{}", ran.text());
    bytes[at] ^= 0x20;
    let kept = fs::read(&path).is_ok_and(|now| now == bytes || now[at] == bytes[at] ^ 0x20);
    assert!(kept, "and kept as it was found");
    assert_eq!(services.count("inventory.reserve"), 2, "and nothing ran");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn find(path: &Path, what: &[u8]) -> Option<(PathBuf, usize)> {
    let bytes = fs::read(path).ok()?;
    let at = bytes.windows(what.len()).position(|part| part == what)?;
    Some((path.to_owned(), at))
}

#[test]
fn promise_4_a_full_disk_is_told_and_nothing_is_half_done() {
    let Some(disk) = Disk::new("promise 4 on a full disk") else { return };
    let (one, services) = (cairn().with_data(disk.folder.join("one")), Services::new());
    orders::run(&one, &services, "o1").arg("--no-wait").run().ended(3);
    disk.fill();

    // A fresh directory finds no room at all; one that is there has some that it took before.
    let two = cairn().with_data(disk.folder.join("two"));
    full(&orders::run(&two, &services, "o2").run());
    let acknowledged = events_until_full(&one);

    disk.free();
    check(&one, &services, &acknowledged);
    mistakes::works(&two);
    assert_eq!(two.cmd("show o2").run().code, Some(2), "what was not begun is not there");
}

#[test]
fn promise_4_a_disk_that_fills_up_under_a_run_stops_it_and_loses_nothing() {
    let Some(disk) = Disk::new("promise 4 under a run") else { return };
    let (cairn, services) = (cairn().with_data(disk.folder.join("data")), Services::new());
    let mut running = orders::run(&cairn, &services, "o1").spawn();
    running.writes("parcel_picked_up");
    disk.fill();
    let acknowledged = events_until_full(&cairn);
    let ran = running.interrupt();
    assert!(matches!(ran.code, Some(70 | 130)), "{}", ran.text());

    disk.free();
    check(&cairn, &services, &acknowledged);
}

/// More than a megabyte is no event's.
const BULK: usize = 900_000;

/// Sends events until one is refused for want of room; gives the ids of those that were acknowledged.
#[track_caller]
fn events_until_full(cairn: &Cairn) -> BTreeSet<String> {
    let data = json!({ "order_id": "another", "tracking": "T".repeat(BULK) });
    let file = written(cairn.folder(), "event.json", data.to_string());
    let file = format!("@{}", file.display());
    let mut acknowledged = BTreeSet::new();
    for n in 0..200 {
        let id = format!("m{n}");
        let sent = orders::send(cairn, "o1", "parcel_picked_up", &file).args(["--message-id", &id]).run();
        if sent.code != Some(0) {
            full(&sent);
            return acknowledged;
        }
        acknowledged.insert(id);
    }
    panic!("the disk is never full");
}

/// With room again: what was acknowledged is there, and the order goes on to its end.
#[track_caller]
fn check(cairn: &Cairn, services: &Services, acknowledged: &BTreeSet<String>) {
    let shown = cairn.show("o1");
    let inbox = shown["inbox"].as_array().expect("an inbox").iter();
    let kept: BTreeSet<String> =
        inbox.filter_map(|message| message["id"].as_str()).map(str::to_owned).collect();
    let lost: Vec<_> = acknowledged.difference(&kept).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?} of {}", acknowledged.len());

    orders::picked_up(cairn, "o1").run().ended(0);
    let ran = cairn.cmd("resume o1").run().ended(0);
    assert_eq!(orders::result(&ran), orders::shipped());
    assert_eq!(services.distinct(), orders::shipped_keys("o1"));
}

#[track_caller]
fn full(ran: &Ran) {
    assert_eq!(ran.code, Some(70), "a full disk is no mistake of the user's\n{}", ran.text());
    let text = ran.stderr.to_lowercase();
    assert!(text.contains("space") || text.contains("full"), "it names the cause\n{}", ran.text());
}

#[test]
fn a_directory_that_may_not_be_written_is_told() {
    let Some(disk) = Disk::new("a read-only directory") else { return };
    let cairn = cairn().with_data(disk.folder.join("data"));
    mistakes::works(&cairn);
    disk.remount("ro");
    let services = Services::new();
    let ran = orders::run(&cairn, &services, "o1").run();
    assert_eq!(ran.code, Some(2), "{}", ran.text());
    let text = ran.stderr.to_lowercase();
    assert!(text.contains("read-only") || text.contains("written"), "{}", ran.text());
    disk.remount("rw");
    mistakes::works(&cairn);
    assert_eq!(cairn.show("works")["instance"]["state"], json!({ "is": "finished" }));
}

#[test]
fn two_directories_know_nothing_of_each_other() {
    let (one, two): (Cairn, Cairn) = (cairn(), cairn());
    mistakes::works(&one);
    let listed = two.cmd("list").run();
    assert!(!listed.stdout.contains("works"), "{}", listed.text());
}
