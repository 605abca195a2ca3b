//! Whether a commit is carried out, and what comes of it.

use std::ops::Range;

use cairn_replay::{Instant, Seq};

use super::{Prepared, Row, prepared::Begun};
use crate::{
    Head, Purge, Refusal, Status, TimerChange,
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
    /// Sequences of the earlier run that lie behind the new entries, and are to be removed.
    pub(crate) stale: Range<u64>,
}

/// Decides by the row alone; whether consumed messages are there the store has to see. Takes the bodies out of the commit
/// if it is accepted.
pub(crate) fn admit(row: Option<Row>, commit: &mut Prepared) -> Result<Accepted, Refusal> {
    let before = row.as_ref().map_or(0, |row| row.head.next.0);
    let was_ready = row.as_ref().is_some_and(|row| row.head.status == Status::Ready);
    let mut row = match row {
        Some(row) if row.head.next == commit.expect && commit.expect.0 > 0 => {
            if commit.restart {
                again(row.timer, commit)?
            } else {
                row
            }
        }
        Some(row) => return Err(Refusal::Conflict { next: row.head.next }),
        None => begin(commit)?,
    };
    let old = row.timer;
    let entries = append(&mut row, std::mem::take(&mut commit.bodies));
    change(&mut row, commit);
    let changed = old != row.timer;
    Ok(Accepted {
        old_timer: old.filter(|_| changed),
        new_timer: row.timer.filter(|_| changed),
        was_ready,
        stale: if commit.restart { row.head.next.0..before } else { 0..0 },
        entries,
        row,
    })
}

/// May an instance be removed? Gives its row; none where there is no instance, but mail for one.
pub(crate) fn may_go(row: Option<Row>, mail: bool, purge: &Purge) -> Result<Option<Row>, Refusal> {
    match row {
        None if mail && purge.expect == Seq(0) => Ok(None),
        None => Err(Refusal::Gone),
        Some(row) if row.head.next != purge.expect => Err(Refusal::Conflict { next: row.head.next }),
        Some(row) if !matches!(row.head.status, Status::Finished | Status::Failed(_)) => {
            Err(Refusal::NotOver)
        }
        Some(row) => Ok(Some(row)),
    }
}

/// A new instance needs its beginning: without it there is none.
fn begin(commit: &Prepared) -> Result<Row, Refusal> {
    match (commit.expect, &commit.begun) {
        (Seq(0), Some(begun)) => {
            Ok(Row { head: first_head(commit, begun), chain: Chain::start(&commit.id), timer: None })
        }
        _ => Err(Refusal::Gone),
    }
}

/// The next run of an instance: all is as at its beginning, but the timer that has to be found to be cleared.
fn again(timer: Option<Instant>, commit: &Prepared) -> Result<Row, Refusal> {
    let begun = commit.begun.as_ref().ok_or(Refusal::Gone)?;
    Ok(Row { head: first_head(commit, begun), chain: Chain::start(&commit.id), timer })
}

fn first_head(commit: &Prepared, begun: &Begun) -> Head {
    Head {
        id: commit.id.clone(),
        workflow: begun.workflow.clone(),
        digest: begun.digest.clone(),
        status: Status::Ready,
        next: Seq(0),
        started: begun.started,
        changed: commit.at,
    }
}

fn append(row: &mut Row, bodies: Vec<Vec<u8>>) -> Vec<(Seq, Vec<u8>)> {
    let mut sealed = Vec::with_capacity(bodies.len());
    for body in bodies {
        let (bytes, chain) = format::seal(body, row.chain);
        sealed.push((row.head.next, bytes));
        row.chain = chain;
        row.head.next = Seq(row.head.next.0 + 1);
    }
    sealed
}

fn change(row: &mut Row, commit: &Prepared) {
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
