//! Damage to the data directory, and what is done about it: found before anything runs, looked through, mended, restored.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use cairn_tests::{Cairn, Services};
use serde_json::Value;

use crate::{cairn, orders};

/// The newest file of the write-ahead log.
fn log(dir: &Path) -> PathBuf {
    let files = fs::read_dir(dir.join("db")).expect("a database").map(|file| file.expect("a file").path());
    files.filter(|path| path.extension().is_some_and(|end| end == "jnl")).max().expect("a log")
}

/// Where these bytes stand in a file.
fn find(bytes: &[u8], what: &str) -> usize {
    bytes.windows(what.len()).position(|part| part == what.as_bytes()).expect("it is on disk")
}

/// Three orders that wait for their parcels.
fn three(cairn: &Cairn, services: &Services) {
    for id in ["o1", "o2", "o3"] {
        orders::run(cairn, services, id).arg("--no-wait").run().ended(3);
    }
}

fn verified(cairn: &Cairn, dir: &Path, code: i32) -> Value {
    cairn.cmd("verify --json").arg(dir).run().ended(code).json()
}

/// A copy of `cairn` that looks elsewhere.
fn at(dir: &Path) -> Cairn {
    cairn().with_data(dir)
}

#[test]
fn promise_11_a_healthy_directory_is_looked_through_and_left_as_it_is() {
    let (cairn, services) = (cairn(), Services::new());
    three(&cairn, &services);
    let said = verified(&cairn, cairn.data(), 0);
    assert_eq!((&said["clean"], &said["complete"]), (&true.into(), &true.into()), "{said}");
    assert_eq!(said["checked"]["instances"], 3, "{said}");
    assert!(said["checked"]["entries"].as_u64() > Some(10) && said["checked"]["timers"] == 3, "{said}");
    let text = cairn.cmd("verify").run().ended(0).stdout;
    assert!(text.contains("everything is as it was written"), "{text}");
    let text = cairn.cmd("repair").run().ended(0).stdout;
    assert!(text.contains("nothing has to be mended"), "{text}");
    orders::picked_up(&cairn, "o2").run().ended(0);
    assert_eq!(orders::result(&cairn.cmd("resume o2").run().ended(0)), orders::shipped());
}

#[test]
fn promise_11_a_sector_of_zeros_in_the_log_is_refused_and_what_is_left_can_be_had() {
    let (cairn, services) = (cairn(), Services::new());
    three(&cairn, &services);
    let path = log(cairn.data());
    let mut bytes = fs::read(&path).expect("a log");
    let at = find(&bytes, "order o2").max(512) / 512 * 512;
    bytes[at..at + 512].fill(0);
    fs::write(&path, &bytes).expect("it can be written");

    let ran = cairn.cmd("list").run().ended(70);
    assert!(ran.stderr.contains(".jnl") && ran.stderr.contains("whole batches"), "{}", ran.text());
    assert!(ran.stderr.contains("cairn repair"), "it says what to do\n{}", ran.text());
    assert_eq!(fs::read(&path).expect("a log"), bytes, "nothing was changed");
    let said = verified(&cairn, cairn.data(), 70);
    assert_eq!(said["clean"], false, "{said}");

    let ran = cairn.cmd("repair").run().ended(70);
    assert!(ran.stderr.contains("--accept-loss"), "{}", ran.text());
    assert_eq!(fs::read(&path).expect("a log"), bytes, "nothing was changed");
    let done = cairn.cmd("repair --accept-loss --json").run().ended(0).json();
    let before = PathBuf::from(done["before"].as_str().expect("where the copy is"));
    assert_eq!(fs::read(log(&before)).expect("a log"), bytes, "it was copied first");
    verified(&cairn, cairn.data(), 0);

    let calls = services.count("inventory.reserve");
    orders::picked_up(&cairn, "o3").run().ended(0);
    assert_eq!(orders::result(&cairn.cmd("resume o3").run().ended(0)), orders::shipped());
    assert_eq!(services.count("inventory.reserve"), calls, "what o3 had done it did not do again");
    fs::remove_dir_all(before).expect("it can go");
}

#[test]
fn promise_11_the_lost_end_of_a_log_is_found() {
    let (cairn, services) = (cairn(), Services::new());
    three(&cairn, &services);
    cairn.cmd("list").run().ended(0);
    let path = log(cairn.data());
    let old = fs::read(&path).expect("a log");
    orders::picked_up(&cairn, "o1").run().ended(0);
    let new = fs::read(&path).expect("a log");
    assert!(new.len() > old.len(), "the event is on disk");

    for (what, bytes) in [("an older log", &old[..]), ("its end cut off", &new[..new.len() - 10])] {
        fs::write(&path, bytes).expect("it can be written");
        let ran = cairn.cmd("list").run().ended(70);
        assert!(ran.stderr.contains("had been written and synced"), "{what}: {}", ran.text());
        assert_eq!(fs::read(&path).expect("a log"), bytes, "{what}: nothing was changed");
    }
    fs::write(&path, &new).expect("it can be written");
    assert_eq!(cairn.show("o1")["inbox"].as_array().map(Vec::len), Some(1));
}

#[test]
fn promise_11_every_file_of_the_store_is_missed() {
    let (cairn, services) = (cairn(), Services::new());
    three(&cairn, &services);
    cairn.cmd("list").run().ended(0);
    let db = cairn.data().join("db");
    let mut files = vec![cairn.data().join("witness"), log(cairn.data()), db.join("version")];
    files.extend((0..5).map(|number| db.join(format!("keyspaces/{number}/current"))));
    for file in files {
        let aside = cairn.folder().join("aside");
        fs::rename(&file, &aside).expect("it is there");
        let ran = cairn.cmd("list").run().ended(70);
        assert!(ran.stderr.contains("missing"), "{}: {}", file.display(), ran.text());
        assert!(!file.exists(), "{} is not made anew over the loss", file.display());
        fs::rename(&aside, &file).expect("it can be put back");
    }
    assert_eq!(cairn.cmd("list --json").run().ended(0).json()["instances"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_directory_in_use_is_verified_by_its_backup() {
    let (cairn, services) = (cairn(), Services::new());
    let mut first = orders::run(&cairn, &services, "o1").spawn();
    first.writes("parcel_picked_up");
    let ran = cairn.cmd("verify").run().ended(2);
    assert!(ran.stderr.contains("is held by") && ran.stderr.contains("cairn backup"), "{}", ran.text());
    cairn.cmd("repair").run().ended(2);

    let to = cairn.folder().join("backup");
    let done = cairn.cmd("backup --json").arg(&to).run().ended(0).json();
    assert_eq!(done["instances"], 1, "{done}");
    cairn.cmd("backup").arg(&to).run().ended(2);
    verified(&cairn, &to, 0);
    orders::picked_up(&cairn, "o1").run().ended(0);
    assert_eq!(orders::result(&first.finish().ended(0)), orders::shipped());

    // The copy is where the first one was; it repeats nothing that had been recorded then.
    let calls = services.count("inventory.reserve");
    let copy = at(&to);
    assert_eq!(copy.show("o1")["instance"]["state"]["is"], "waiting");
    orders::picked_up(&copy, "o1").run().ended(0);
    assert_eq!(orders::result(&copy.cmd("resume o1").run().ended(0)), orders::shipped());
    assert_eq!(services.count("inventory.reserve"), calls);
}

/// Events are sent all the while: each backup has those that were acknowledged before it began.
#[test]
fn a_backup_under_load_misses_nothing_that_was_acknowledged() {
    let (cairn, services) = (Arc::new(cairn()), Services::new());
    let mut first = orders::run(&cairn, &services, "o1").spawn();
    first.writes("parcel_picked_up");
    let (over, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(BTreeSet::new())));
    let sender = thread::spawn({
        let (cairn, over, sent) = (Arc::clone(&cairn), Arc::clone(&over), Arc::clone(&sent));
        move || {
            for number in 0.. {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let id = format!("m{number}");
                let data = r#"{"order_id":"another","tracking":"T"}"#;
                let send = orders::send(&cairn, "o1", "parcel_picked_up", data).args(["--message-id", &id]);
                send.run().ended(0);
                sent.lock().expect("nobody panics").insert(id);
            }
        }
    });
    for round in 0..3 {
        let before = sent.lock().expect("nobody panics").clone();
        let to = cairn.folder().join(format!("backup-{round}"));
        cairn.cmd("backup").arg(&to).run().ended(0);
        verified(&cairn, &to, 0);
        let shown = at(&to).show("o1");
        let inbox = shown["inbox"].as_array().expect("an inbox").iter();
        let kept: BTreeSet<_> =
            inbox.filter_map(|message| message["id"].as_str()).map(str::to_owned).collect();
        let lost: Vec<_> = before.difference(&kept).collect();
        assert!(lost.is_empty(), "round {round}: acknowledged and not in the backup: {lost:?}");
    }
    over.store(true, Ordering::SeqCst);
    sender.join().expect("it sends");
    assert!(sent.lock().expect("nobody panics").len() > 3, "it was under load");
    orders::picked_up(&cairn, "o1").run().ended(0);
    first.finish().ended(0);
}
