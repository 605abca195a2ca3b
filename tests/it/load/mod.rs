//! A host with many runs at once, killed again and again on one directory: by SIGKILL, at a sync of the disk, by the disk, by want of room, by the power.

mod account;
mod canary;
mod power;
mod space;
mod syncs;

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use cairn_tests::Random;

use account::Account;
use canary::finds;

/// So many where nothing else is said.
const KILLS: u64 = 10;

/// The load program.
const LOAD: &str = env!("CARGO_BIN_EXE_cairn-load");

/// So many from the environment.
fn times(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a whole number")))
}

/// The load program at work; its lines come one by one.
struct Load {
    child: Child,
    lines: Receiver<String>,
}

impl Load {
    /// `cairn-load VERB DIR NUMBER BUG`, behind these words (such as a tracer's).
    fn run(before: &[&str], verb: &str, dir: &Path, number: u64, bug: Option<&str>) -> Self {
        let (dir, number) = (dir.to_str().expect("a plain path"), number.to_string());
        let words = [before, &[LOAD, verb, dir, &number], bug.as_slice()].concat();
        let (program, arguments) = words.split_first().expect("a program");
        let child = Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{program} cannot be begun: {error}"));
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        let (tell, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// Waits until it holds the directory; gives what it said until then.
    fn opened(&self) -> Vec<String> {
        let mut said = Vec::new();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(120));
            let line = line.unwrap_or_else(|error| panic!("it never opened ({error}): {said:?}"));
            if line == "opened" {
                return said;
            }
            said.push(line);
        }
    }

    /// Nothing of it runs any more when this returns, but for what is inside of the kernel.
    fn halt(&self) {
        let id = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(id.expect("a process"), rustix::process::Signal::STOP)
            .expect("SIGSTOP can be sent");
        while self.runs() {
            thread::yield_now();
        }
    }

    /// Is one of its threads neither stopped nor inside of the kernel?
    fn runs(&self) -> bool {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("its threads");
        threads.filter_map(Result::ok).any(|thread| {
            let stat = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
            state.is_some_and(|state| !"TtDZX".contains(state))
        })
    }

    /// SIGKILL; gives all that it said.
    fn kill(mut self) -> Vec<String> {
        self.child.kill().expect("SIGKILL can be sent");
        self.ended()
    }

    /// Waits for its end; gives all that it said.
    fn ended(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            match self.lines.recv_timeout(Duration::from_secs(120)) {
                Ok(line) => lines.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("it has not said a word for two minutes: {:?}", lines.last())
                }
            }
        }
        self.child.wait().expect("it can be waited for");
        lines
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Under load, wherever SIGKILL strikes.
fn killed(account: &mut Account, kills: u64, seed: u64) {
    let mut random = Random::seeded(seed);
    let folder = tempfile::tempdir().expect("a folder");
    for n in 0..kills {
        let dir = folder.path().join(format!("data-{}", n / 20));
        let load = account.write(&[], &dir);
        // Some strike while the directory is opened, or made.
        if random.below(4) == 0 {
            thread::sleep(Duration::from_micros(random.below(60_000)));
        } else {
            account.saw(load.opened());
            thread::sleep(Duration::from_micros(random.below(300_000)));
        }
        account.saw(load.kill());
        // Some kills strike what an earlier one left.
        if random.below(3) > 0 || n % 20 == 19 || n + 1 == kills {
            account.settle(&dir);
        }
        if n % 20 == 19 {
            account.closed();
        }
    }
}

#[test]
fn promises_1_2_3_4_5_hold_under_load_wherever_kill_9_strikes() {
    let (kills, seed) = (times("CAIRN_KILLS", KILLS), Random::seed());
    println!("load: CAIRN_KILLS={kills} CAIRN_SEED={seed}");
    let mut account = Account::default();
    killed(&mut account, kills, seed);
    println!("load: {account}");
}

#[test]
fn a_message_that_is_acknowledged_too_early_is_found_by_kill_9() {
    finds("early", "was acknowledged and is lost", |account| killed(account, KILLS, Random::seed()));
}

#[test]
fn a_journal_that_forgets_an_outcome_is_found_by_kill_9() {
    finds("forgets", "it came to no end", |account| killed(account, KILLS, Random::seed()));
}
