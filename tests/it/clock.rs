//! A wall clock that another program sets while this one runs (libfaketime): sleeps, and what starts by itself. Where that is not installed,
//! these tests say so and try nothing.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use cairn_tests::{Cairn, Cmd, workspace};
use serde_json::{Value, json};

use crate::{cairn, orders};

/// A clock that can be set.
struct Clock {
    library: String,
    file: PathBuf,
}

impl Clock {
    /// Right, for now; none where there is no such thing here.
    fn new(folder: &Path) -> Option<Self> {
        let asked = Command::new("faketime").args(["-m", "-f", "+0", "printenv", "LD_PRELOAD"]).output();
        let library = asked.ok().filter(|output| output.status.success()).map(|output| output.stdout);
        let library =
            library.and_then(|text| String::from_utf8(text).ok()).map(|text| text.trim().to_owned());
        let Some(library) = library.filter(|path| !path.is_empty()) else {
            println!("skipped: faketime is not here");
            return None;
        };
        let clock = Self { library, file: folder.join("clock") };
        clock.set(0);
        Some(clock)
    }

    /// So many seconds beside the machine's.
    fn set(&self, seconds: i64) {
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{seconds:+}\n")).expect("the clock can be written");
        fs::rename(&new, &self.file).expect("the clock can be set");
    }

    /// A command that goes by this clock.
    fn on(&self, cmd: Cmd) -> Cmd {
        cmd.env("LD_PRELOAD", &self.library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("NO_FAKE_STAT", "1")
    }
}

fn program(name: &str) -> PathBuf {
    workspace().join("tests/program").join(format!("{name}.cairn"))
}

/// When the sleep was asked for, and when it ended, by its own journal.
fn slept(cairn: &Cairn) -> (u64, u64) {
    let shown = cairn.show("n1");
    let lines = shown["timeline"].as_array().expect("a timeline");
    let at = |entry: &str| {
        let line = lines.iter().find(|line| line["entry"] == entry && line["key"] == "sleep");
        line.and_then(|line| line["at"].as_u64())
            .unwrap_or_else(|| panic!("no {entry} of the sleep: {shown:#}"))
    };
    (at("asked"), at("ended"))
}

fn nap(cairn: &Cairn, millis: u64) -> Cmd {
    cairn.cmd("run").arg(program("nap")).args(["--id", "n1"]).input(&json!({ "pause": millis }))
}

#[test]
fn promise_9_a_clock_that_is_set_forward_ends_a_sleep_that_is_over_by_it() {
    let cairn = cairn();
    let Some(clock) = Clock::new(cairn.folder()) else { return };
    let mut running = clock.on(nap(&cairn, 600_000)).spawn();
    running.writes("sleep");
    let set = Instant::now();
    clock.set(660);
    assert_eq!(orders::result(&running.finish().ended(0)), json!({ "woke": true }));
    assert!(set.elapsed() < Duration::from_secs(60), "it was noticed after {:?}", set.elapsed());
    let (asked, ended) = slept(&cairn);
    assert!(ended >= asked + 600_000, "{} ms early", asked + 600_000 - ended);
}

#[test]
fn promise_9_a_clock_that_is_set_back_ends_no_sleep_early_and_hangs_none() {
    let cairn = cairn();
    let Some(clock) = Clock::new(cairn.folder()) else { return };
    let mut running = clock.on(nap(&cairn, 5_000)).spawn();
    running.writes("sleep");
    clock.set(-3_600);
    thread::sleep(Duration::from_secs(7));
    let state =
        clock.on(cairn.cmd("show n1 --json")).run().ended(0).json()["instance"]["state"]["is"].clone();
    assert_eq!(state, json!("waiting"), "by its clock an hour is left");
    // Back and forth; then it is right again, and five seconds are over.
    for seconds in [7_200 - 10_000, -1, -86_400, 0] {
        clock.set(seconds);
    }
    assert_eq!(orders::result(&running.finish().ended(0)), json!({ "woke": true }));
    let (asked, ended) = slept(&cairn);
    assert!(ended >= asked + 5_000, "{} ms early", asked + 5_000 - ended);
}

/// More than any year.
const A_YEAR: i64 = 366 * 86_400;

fn runs(cairn: &Cairn) -> Vec<Value> {
    let listed = cairn.cmd("list --json").run().ended(0).json();
    listed["instances"].as_array().expect("a list").clone()
}

fn register(cairn: &Cairn) -> Cmd {
    cairn.cmd("schedule").arg(program("yearly")).args(["--by", "ada"])
}

#[test]
fn a_moment_that_was_due_starts_one_run_wherever_kill_9_strikes() {
    for point in [
        "schedule:before-start",
        "start:before-commit",
        "journal:before-write",
        "start:after-commit",
        "schedule:after-start",
    ] {
        let cairn = cairn();
        let Some(clock) = Clock::new(cairn.folder()) else { return };
        clock.on(register(&cairn)).run().ended(0);
        clock.set(A_YEAR);
        let killed = clock.on(cairn.cmd("resume")).crash(point, 1).run();
        assert!(killed.killed(), "{point} is passed\n{}", killed.text());
        clock.on(cairn.cmd("resume")).run().ended(0);
        let found = runs(&cairn);
        assert_eq!(found.len(), 1, "{point}: {found:#?}");
        assert_eq!(found[0]["state"]["is"], "finished", "{point}");
        // Back, and there again: nothing comes twice.
        clock.set(0);
        clock.on(cairn.cmd("resume")).run().ended(0);
        clock.set(A_YEAR);
        clock.on(cairn.cmd("resume")).run().ended(0);
        assert_eq!(runs(&cairn).len(), 1, "{point}");
    }
}

#[test]
fn what_is_registered_while_somebody_stays_is_started_there() {
    let cairn = cairn();
    let Some(clock) = Clock::new(cairn.folder()) else { return };
    clock
        .on(cairn.cmd("run").arg(program("nap")).args(["--id", "n1"]).input(&json!({ "pause": 1 })))
        .run()
        .ended(0);
    let mut stays = clock.on(cairn.cmd("resume --keep")).spawn();
    stays.writes("staying");
    let told = clock.on(register(&cairn)).run().ended(0);
    assert!(
        told.stderr.contains("`yearly` starts by itself from now on") && !told.stderr.contains("nobody"),
        "{}",
        told.text()
    );
    clock.set(A_YEAR);
    stays.until(|| runs(&cairn).len() == 2);
    stays.writes("finished");
    assert_eq!(stays.interrupt().code, Some(0));
}
