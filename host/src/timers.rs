//! Wakes driven instances when their moment has come: never early, by the host's clock.
//!
//! The journal keeps every instance's timer, in an index by moment. Here are only the next ones: those of instances that this process
//! drives, put in when they are unloaded or taken up, and of many only so many as are due first. When those have fired, the next are read
//! from the index. So what sleeps for long holds no memory, however many do.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use cairn_journal::{InstanceId, Status};
use cairn_replay::Instant;
use tokio::sync::Notify;

use crate::{crash, host::Inner, port::Clock, run::wake};

/// How many are read from the index at a time; twice as many are kept at the most. At 100 to 200 bytes each.
const KEPT: usize = 5_000;

/// When it is tried again what the journal refused.
const A_WHILE: Duration = Duration::from_secs(1);

type Timer = (Instant, InstanceId);

/// Timers of driven instances. One that is out of date does no harm: the head of the instance decides.
#[derive(Default)]
pub(crate) struct Timers {
    known: Mutex<Known>,
    /// There is an earlier one.
    changed: Notify,
}

#[derive(Default)]
struct Known {
    next: BTreeSet<Timer>,
    /// Up to this one they are all here; those behind it are in the journal's index only. None: all are here.
    known: Option<Timer>,
}

impl Known {
    fn add(&mut self, timer: Timer) {
        if self.known.as_ref().is_some_and(|known| timer > *known) {
            return;
        }
        self.next.insert(timer);
        if self.next.len() > 2 * KEPT {
            self.forget();
        }
    }

    /// Keeps the first ones only: the others stand in the index.
    fn forget(&mut self) {
        self.known = self.next.iter().nth(KEPT - 1).cloned();
        if let Some(known) = &self.known {
            let mut behind = self.next.split_off(known);
            self.next.extend(behind.pop_first());
        }
    }

    /// The first, or where the index is to be read again.
    fn first(&self) -> Option<Instant> {
        self.next.first().or(self.known.as_ref()).map(|(due, _)| *due)
    }

    fn take_due(&mut self, now: Instant) -> Vec<InstanceId> {
        let mut due = Vec::new();
        while self.next.first().is_some_and(|(at, _)| *at <= now) {
            due.extend(self.next.pop_first().map(|(_, id)| id));
        }
        due
    }

    /// Behind which timers are to be read from the index, if none is left here.
    fn reads_behind(&self) -> Option<Timer> {
        self.known.clone().filter(|_| self.next.is_empty())
    }

    /// What the index has behind those that were known; `more` where it has still more than that.
    fn read(&mut self, timers: Vec<Timer>, more: bool) {
        self.known = timers.last().filter(|_| more).cloned();
        timers.into_iter().for_each(|timer| self.add(timer));
    }
}

impl Timers {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the instance at this moment, with which it stands in the journal.
    pub(crate) fn add(&self, due: Instant, id: &InstanceId) {
        let mut timers = self.known();
        let earliest = timers.first().is_none_or(|first| due < first);
        timers.add((due, id.clone()));
        if earliest {
            self.changed.notify_one();
        }
    }

    fn next(&self) -> Option<Instant> {
        self.known().first()
    }

    fn take_due(&self, now: Instant) -> Vec<InstanceId> {
        self.known().take_due(now)
    }

    /// Reads the next ones, once those that are known have fired; gives whether that went well.
    fn read(&self, inner: &Inner) -> bool {
        let mut timers = self.known();
        let Some(behind) = timers.reads_behind() else { return true };
        match behind_in(inner, &behind) {
            Ok((found, more)) => {
                timers.read(found, more);
                true
            }
            Err(error) => {
                tracing::error!(%error, "the timers that come next could not be read");
                false
            }
        }
    }
}

/// Timers in the index behind one, at most [`KEPT`]; and whether there are more. Those in front of it are few: of instances that nobody
/// drives, and those that are just being woken.
fn behind_in(inner: &Inner, behind: &Timer) -> Result<(Vec<Timer>, bool), cairn_journal::StoreError> {
    let mut most = 2 * KEPT;
    loop {
        let read = inner.ports.journal.due(Instant(u64::MAX), most)?;
        let more = read.len() == most;
        let found: BTreeSet<Timer> = read.into_iter().filter(|timer| timer > behind).collect();
        if !found.is_empty() || !more {
            let first: Vec<Timer> = found.iter().take(KEPT).cloned().collect();
            return Ok((first, more || found.len() > KEPT));
        }
        most = most.saturating_mul(4);
    }
}

/// Fires timers for as long as the host is there.
pub(crate) async fn run(timers: Arc<Timers>, clock: Arc<dyn Clock>, inner: Weak<Inner>) {
    loop {
        match timers.next() {
            None => timers.changed.notified().await,
            Some(due) => tokio::select! {
                // In this order: no chance decides what a host does.
                biased;
                () = clock.until(due) => {}
                () = timers.changed.notified() => continue,
            },
        }
        let Some(inner) = inner.upgrade() else { return };
        for id in timers.take_due(clock.now()) {
            fire(&inner, &id);
        }
        if !timers.read(&inner) {
            tokio::time::sleep(A_WHILE).await;
        }
    }
}

fn fire(inner: &Arc<Inner>, id: &InstanceId) {
    let head = match inner.ports.journal.head(id) {
        Ok(head) => head,
        Err(error) => {
            tracing::error!(tenant = %id.tenant, instance = %id.instance, %error, "a timer could not be fired");
            return;
        }
    };
    let now = inner.ports.clock.now();
    let waits = head.is_some_and(|head| match head.status {
        Status::Waiting(waiting) => waiting.until.is_some_and(|until| until <= now),
        _ => false,
    });
    if (waits || inner.slots.is_taken(id)) && inner.drives(id) {
        crash::point("timer:fired");
        wake(inner, id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timer(due: usize) -> Timer {
        let instance = format!("i{due}");
        (Instant(due as u64), InstanceId { tenant: "acme".to_owned(), instance })
    }

    /// The index is a sorted list; whatever the order in which timers come, all fire, in order, and few are kept.
    #[test]
    fn of_many_few_are_kept_and_all_fire_in_order() {
        const ALL: usize = 10 * KEPT;
        let (mut timers, mut index) = (Known::default(), BTreeSet::new());
        for n in 0..ALL {
            let timer = timer(1 + n * 7_919 % ALL);
            index.insert(timer.clone());
            timers.add(timer);
            assert!(timers.next.len() <= 2 * KEPT);
        }
        let mut fired = Vec::new();
        while let Some(now) = timers.first() {
            for id in timers.take_due(now) {
                fired.push(id);
            }
            if let Some(behind) = timers.reads_behind() {
                let found: Vec<Timer> = index
                    .range(behind.clone()..)
                    .filter(|one| **one > behind)
                    .take(KEPT + 1)
                    .cloned()
                    .collect();
                let more = found.len() > KEPT;
                timers.read(found.into_iter().take(KEPT).collect(), more);
            }
            assert!(timers.next.len() <= 2 * KEPT);
        }
        assert_eq!(fired, (1..=ALL).map(|due| timer(due).1).collect::<Vec<_>>());
    }

    #[test]
    fn one_that_comes_early_is_taken_among_those_that_are_known() {
        let mut timers = Known::default();
        (0..=2 * KEPT).for_each(|n| timers.add(timer(100 + n)));
        assert_eq!(timers.next.len(), KEPT);
        timers.add(timer(5));
        timers.add(timer(100 + 3 * KEPT));
        assert_eq!((timers.first(), timers.next.len()), (Some(Instant(5)), KEPT + 1));
    }
}
