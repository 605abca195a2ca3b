//! What starts by itself: each moment has one run, no moment has two, and none has one that is not due.

use std::collections::{BTreeMap, BTreeSet};

use cairn_host::{
    Missed,
    journal::{Commit, Journal, Keep, MemoryJournal},
    replay::{Entry, Json},
};
use serde_json::{Value, json};

use super::{Eye, Line, TENANT, Violation};
use crate::world::BEGINNING;

/// In front of the names of rows.
const ROW: &str = "!schedule ";
/// All timed programs have the cron `*/20 0-2 1 1 *`: so many milliseconds between two moments, and so many moments.
const BETWEEN: u64 = 20 * 60_000;
const MANY: u64 = 9;

/// A workflow that was registered.
#[derive(Debug, Default)]
pub(super) struct Timed {
    /// Moments that count: those behind its registration, or since it goes on.
    counts: BTreeSet<u64>,
    paused: bool,
    acts: usize,
    acknowledged: bool,
}

/// The moments of this world.
fn moments() -> impl Iterator<Item = u64> {
    (0..MANY).map(|number| BEGINNING + number * BETWEEN)
}

/// What is kept of a registered workflow.
struct Row {
    after: u64,
    paused: bool,
    acts: Vec<String>,
}

fn row(json: &Json) -> Option<Row> {
    let row: Value = serde_json::from_str(&json.0).ok()?;
    let acts = row.get("acts")?.as_array()?;
    let did = acts.iter().filter_map(|act| act.get("did")?.as_str().map(str::to_owned));
    Some(Row {
        after: row.pointer("/times/0/after")?.as_u64()?,
        paused: row.get("paused")?.as_bool()?,
        acts: did.collect(),
    })
}

/// The canary: the next moment is dealt with, too.
pub(crate) fn later(json: &Json) -> Json {
    let Ok(mut row) = serde_json::from_str::<Value>(&json.0) else { return json.clone() };
    let after = row.pointer("/times/0/after").and_then(Value::as_u64);
    if let (Some(after), Some(place)) = (after, row.pointer_mut("/times/0/after")) {
        *place = json!(after + BETWEEN);
        return Json(row.to_string().into());
    }
    json.clone()
}

/// The moment that a run was begun for, and its workflow.
fn due(entry: &Entry) -> Option<(&str, u64)> {
    let Entry::Began(began) = entry else { return None };
    let input: Value = serde_json::from_str(&began.input.0).ok()?;
    let at = input.get("at")?.as_str()?;
    Some((&began.workflow, millis(at)?))
}

/// Of `2026-01-01T01:20:00Z`, of the days on which this world may be.
fn millis(at: &str) -> Option<u64> {
    let (day, time) = at.trim_end_matches('Z').split_once('T')?;
    let mut parts = time.split(':').map(|part| part.parse::<f64>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next().flatten().unwrap_or(0.0));
    let days = match day {
        "2026-01-01" => 0,
        "2027-01-01" => 365,
        _ => return None,
    };
    let millis = (hours * 3_600.0 + minutes * 60.0 + seconds) * 1_000.0;
    Some(BEGINNING + days * 24 * 3_600_000 + millis as u64)
}

impl Timed {
    /// What it owes from a moment on, and nothing else.
    fn from(&mut self, after: u64) {
        self.counts = moments().filter(|moment| *moment > after).collect();
    }

    fn becomes(&mut self, row: &Row) {
        let goes_on = row.acts.last().is_some_and(|did| did.starts_with("goes on"));
        if self.acts == 0 || (goes_on && row.acts.len() > self.acts) {
            self.from(row.after);
        }
        (self.paused, self.acts) = (row.paused, row.acts.len());
    }
}

impl Eye {
    /// Something was kept by itself.
    pub(crate) fn kept(&mut self, keep: &Keep) {
        let Some(name) = keep.name.strip_prefix(ROW) else { return };
        match keep.json.as_ref().and_then(row) {
            Some(row) => self.timed.entry(name.to_owned()).or_default().becomes(&row),
            None => drop(self.timed.remove(name)),
        }
        self.news = true;
    }

    /// Somebody was told that a workflow starts by itself, or does not.
    pub(crate) fn schedule_acknowledged(&mut self, name: &str) -> Result<(), Violation> {
        match self.timed.get_mut(name) {
            Some(timed) => {
                timed.acknowledged = true;
                Ok(())
            }
            None => {
                Err(Violation::new("4", format!("`{name}` is said to be registered, and nothing is kept")))
            }
        }
    }

    /// A run begins by itself.
    pub(super) fn started_by_itself(&mut self, commit: &Commit) -> Result<(), Violation> {
        let Some((name, moment)) =
            commit.entries.first().filter(|_| !commit.restart && !self.replays).and_then(due)
        else {
            return Ok(());
        };
        let wrong = |what: &str| Err(Violation::new("5", format!("`{name}` begins for {moment}, {what}")));
        let Some(timed) = self.timed.get(name) else { return wrong("and is not registered") };
        let same =
            |line: &&Line| line.entries.first().and_then(|(entry, _)| due(entry)) == Some((name, moment));
        if self.lines.values().filter(same).count() > 1 {
            return wrong("a second time");
        }
        if moment > self.latest.0 {
            return wrong("and it is not due");
        }
        if timed.paused {
            return wrong("and is paused");
        }
        if moments().any(|one| one == moment) && !timed.counts.contains(&moment) {
            return wrong("which was before");
        }
        Ok(())
    }

    /// A moment of a workflow of which no run has begun, if one has to.
    pub(crate) fn owes(&self, name: &str, missed: Missed) -> Option<u64> {
        let timed = self.timed.get(name).filter(|timed| !timed.paused)?;
        let begun: BTreeSet<u64> = self
            .lines
            .values()
            .filter_map(|line| due(&line.entries.first()?.0))
            .filter(|(of, _)| *of == name)
            .map(|(_, moment)| moment)
            .collect();
        let mut owed = timed.counts.difference(&begun).copied();
        match missed {
            Missed::All => owed.next(),
            Missed::Once => owed.last().filter(|last| timed.counts.last() == Some(last)),
            Missed::Skip => None,
        }
    }

    /// What is left of it after a crash.
    pub(super) fn read_timed(&mut self, journal: &MemoryJournal) -> Result<(), Violation> {
        let kept = journal.kept_under(TENANT, ROW);
        let kept = kept.map_err(|error| Violation::new("11", error.to_string()))?;
        let rows: BTreeMap<String, Row> = kept
            .iter()
            .filter_map(|(name, json)| Some((name.strip_prefix(ROW)?.to_owned(), row(json)?)))
            .collect();
        let lost = self.timed.iter().find(|(name, timed)| timed.acknowledged && !rows.contains_key(*name));
        if let Some((name, _)) = lost {
            return Err(Violation::new("4", format!("`{name}` was registered, and that is lost")));
        }
        self.timed.retain(|name, _| rows.contains_key(name));
        for (name, row) in rows {
            self.timed.entry(name).or_default().becomes(&row);
        }
        Ok(())
    }
}
