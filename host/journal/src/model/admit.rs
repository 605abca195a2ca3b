//! Whether a commit is carried out, and what comes of it.

use cairn_replay::{Began, Entry, Instant, Seq};

use super::Row;
use crate::{
    Commit, Digest, Head, Refusal, Status, TimerChange,
    format::{self, Chain},
};

/// What a store has to write for a commit, beside the messages that it consumes.
#[derive(Debug)]
pub(crate) struct Accepted {
    /// The instance's row from now on.
    pub(crate) row: Row,
    /// The timer that it had, if that is another.
    pub(crate) old_timer: Option<Instant>,
    /// The timer that it has, if that is another.
    pub(crate) new_timer: Option<Instant>,
    /// Whether it was [`Status::Ready`].
    pub(crate) was_ready: bool,
    /// The entries, encoded, with their sequences.
    pub(crate) entries: Vec<(Seq, Vec<u8>)>,
}

impl Accepted {
    pub(crate) fn is_ready(&self) -> bool {
        self.row.head.status == Status::Ready
    }
}

/// Decides by the row alone; whether consumed messages are there the store has to see.
pub(crate) fn admit(row: Option<Row>, commit: &Commit) -> Result<Accepted, Refusal> {
    let was_ready = row.as_ref().is_some_and(|row| row.head.status == Status::Ready);
    let mut row = match row {
        Some(row) if row.head.next == commit.expect && commit.expect.0 > 0 => row,
        Some(row) => return Err(Refusal::Conflict { next: row.head.next }),
        None => begin(commit)?,
    };
    let old = row.timer;
    let entries = append(&mut row, &commit.entries);
    change(&mut row, commit);
    let changed = old != row.timer;
    Ok(Accepted {
        old_timer: old.filter(|_| changed),
        new_timer: row.timer.filter(|_| changed),
        was_ready,
        entries,
        row,
    })
}

/// A new instance needs its beginning: without it there is none.
fn begin(commit: &Commit) -> Result<Row, Refusal> {
    match (commit.expect, commit.entries.first()) {
        (Seq(0), Some(Entry::Began(began))) => {
            Ok(Row { head: first_head(commit, began), chain: Chain::start(&commit.id), timer: None })
        }
        _ => Err(Refusal::Gone),
    }
}

fn first_head(commit: &Commit, began: &Began) -> Head {
    Head {
        id: commit.id.clone(),
        workflow: began.workflow.clone(),
        digest: Digest(began.digest.clone()),
        status: Status::Ready,
        next: Seq(0),
        started: began.at,
        changed: commit.at,
    }
}

fn append(row: &mut Row, entries: &[Entry]) -> Vec<(Seq, Vec<u8>)> {
    let mut encoded = Vec::with_capacity(entries.len());
    for entry in entries {
        let (bytes, chain) = format::encode(entry, row.chain);
        encoded.push((row.head.next, bytes));
        row.chain = chain;
        row.head.next = Seq(row.head.next.0 + 1);
    }
    encoded
}

fn change(row: &mut Row, commit: &Commit) {
    match commit.timer {
        TimerChange::Keep => {}
        TimerChange::Set(due) => row.timer = Some(due),
        TimerChange::Clear => row.timer = None,
    }
    if let Some(status) = &commit.head.status {
        row.head.status = status.clone();
    }
    if let Some(digest) = &commit.head.digest {
        row.head.digest = digest.clone();
    }
    row.head.changed = commit.at;
}
