//! What the world outside has seen of a host, against what its directory holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::Path,
};

use super::Load;

/// Over all lives of a host on one directory.
#[derive(Default)]
pub(super) struct Account {
    began: BTreeSet<String>,
    sent: BTreeSet<String>,
    left: BTreeMap<String, u32>,
    over: BTreeMap<String, String>,
    /// A deliberate one, which the host is given.
    bug: Option<&'static str>,
    /// Steps whose outcome was on disk when a directory was opened.
    recorded: BTreeSet<String>,
    highest: u64,
    lives: u64,
    cut_off: u64,
    runs: u64,
}

impl Account {
    /// Of a host with a bug.
    pub(super) fn with(bug: &'static str) -> Self {
        Self { bug: Some(bug), ..Self::default() }
    }

    /// Nothing of a run was acknowledged.
    pub(super) fn is_empty(&self) -> bool {
        self.began.is_empty() && self.sent.is_empty()
    }

    /// A host under load, behind these words (such as a tracer's).
    pub(super) fn write(&self, before: &[&str], dir: &Path) -> Load {
        Load::run(before, "write", dir, self.highest + 1, self.bug)
    }

    /// What a life of the host told.
    pub(super) fn saw(&mut self, lines: Vec<String>) {
        for line in lines {
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb {
                "began" => {
                    self.began.insert(rest.to_owned());
                    self.count(rest);
                }
                "sent" => {
                    self.sent.insert(rest.to_owned());
                    self.count(rest);
                }
                "left" => self.leaves(rest),
                "over" => self.ends(rest),
                "opened" | "stopped" => {}
                _ => panic!("this is no line of a life: {line}"),
            }
        }
    }

    fn count(&mut self, id: &str) {
        let number = id.strip_prefix('r').and_then(|n| n.parse().ok()).expect("a run's number");
        self.highest = self.highest.max(number);
    }

    fn leaves(&mut self, key: &str) {
        self.count(key.split('/').nth(1).expect("a run's name"));
        assert!(!self.recorded.contains(key), "promise 1: {key} was recorded, and left again");
        *self.left.entry(key.to_owned()).or_default() += 1;
    }

    fn ends(&mut self, line: &str) {
        let (id, outcome) = line.split_once(' ').expect("an outcome");
        let earlier = self.over.insert(id.to_owned(), outcome.to_owned());
        if let Some(earlier) = earlier {
            assert_eq!(earlier, outcome, "{id} had been told to have ended otherwise");
        }
        assert_eq!(outcome, expected(id), "{id} came to another end");
    }

    /// Opens the directory, compares, and takes everything to its end.
    pub(super) fn settle(&mut self, dir: &Path) {
        let mut check = Load::run(&[], "check", dir, self.highest, self.bug);
        let held = check.opened();
        self.compare(&held);
        let said = check.ended();
        assert_eq!(said.last().map(String::as_str), Some("done"), "it came to no end: {:?}", said.last());
        let (again, life): (Vec<_>, Vec<_>) =
            said.into_iter().filter(|line| line != "done").partition(|line| line.starts_with("again "));
        self.saw(life);
        for line in &again {
            let (id, outcome) = line.trim_start_matches("again ").split_once(' ').expect("an outcome");
            assert_eq!(outcome, expected(id), "{id}: its journal alone comes to something else");
        }
        assert!(self.began.iter().all(|id| self.over.contains_key(id)), "a run did not come to its end");
        self.lives += 1;
    }

    /// What has left the host, or was acknowledged, against what is on disk.
    fn compare(&mut self, held: &[String]) {
        let of = |verb: &str| -> BTreeSet<&str> {
            held.iter().filter_map(|line| line.strip_prefix(verb)?.strip_prefix(' ')).collect()
        };
        let (found, heard, ended) = (of("found"), of("heard"), of("ended"));
        let (asked, recorded) = (of("asked"), of("recorded"));
        for id in &self.began {
            assert!(found.contains(id.as_str()), "promise 4: the start of {id} was acknowledged and is lost");
        }
        for id in &self.sent {
            assert!(heard.contains(id.as_str()), "promise 5: the event of {id} was acknowledged and is lost");
        }
        for id in self.over.keys() {
            assert!(ended.contains(id.as_str()), "promise 4: the outcome of {id} was told and is lost");
        }
        for key in self.left.keys() {
            assert!(asked.contains(key.as_str()), "promise 3: {key} left, and its reason is not on disk");
        }
        let new: BTreeSet<String> = recorded.into_iter().map(str::to_owned).collect();
        for key in &self.recorded {
            assert!(new.contains(key), "the outcome of {key} was on disk and is lost");
        }
        self.cut_off += self.left.keys().filter(|key| !new.contains(*key)).count() as u64;
        self.recorded = new;
    }

    /// Nothing more is done on this directory.
    pub(super) fn closed(&mut self) {
        self.runs += self.over.len() as u64;
        let (bug, lives, cut_off, runs) = (self.bug, self.lives, self.cut_off, self.runs);
        *self = Self { bug, lives, cut_off, runs, ..Self::default() };
    }
}

/// What a run comes to: its steps give seven times what they are given.
fn expected(id: &str) -> String {
    let number: u64 = id.strip_prefix('r').and_then(|n| n.parse().ok()).expect("a run's number");
    let first = number % 100;
    let sum = (first + 1) + (first + 2) + (first + 3) + (first + 10) + (first + 20) + 5;
    format!(r#"{{"total":{},"turn":5}}"#, sum * 7)
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runs = self.runs + self.over.len() as u64;
        write!(
            f,
            "{runs} runs came to their ends over {} openings; {} steps were cut off",
            self.lives, self.cut_off
        )
    }
}
