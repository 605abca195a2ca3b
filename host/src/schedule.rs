//! Wakes driven instances when their moment has come: never early, by the host's clock.
//!
//! The journal keeps every instance's timer; here are only those of instances that this process drives, put in when they are
//! unloaded or taken up.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use cairn_journal::{InstanceId, Status};
use cairn_replay::Instant;
use tokio::sync::Notify;

use crate::{crash, host::Inner, port::Clock, run::wake};

type Timers = BinaryHeap<Reverse<(Instant, InstanceId)>>;

/// Timers of driven instances. One that is out of date does no harm: the head of the instance decides.
#[derive(Default)]
pub(crate) struct Schedule {
    timers: Mutex<Timers>,
    /// There is an earlier one.
    changed: Notify,
}

impl Schedule {
    fn timers(&self) -> MutexGuard<'_, Timers> {
        self.timers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the instance at this moment.
    pub(crate) fn add(&self, due: Instant, id: &InstanceId) {
        let mut timers = self.timers();
        let earliest = timers.peek().is_none_or(|Reverse((first, _))| due < *first);
        timers.push(Reverse((due, id.clone())));
        if earliest {
            self.changed.notify_one();
        }
    }

    fn next(&self) -> Option<Instant> {
        self.timers().peek().map(|Reverse((due, _))| *due)
    }

    fn take_due(&self, now: Instant) -> Vec<InstanceId> {
        let mut timers = self.timers();
        let mut due = Vec::new();
        while timers.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            due.extend(timers.pop().map(|Reverse((_, id))| id));
        }
        due
    }
}

/// Fires timers for as long as the host is there.
pub(crate) async fn run(schedule: Arc<Schedule>, clock: Arc<dyn Clock>, inner: Weak<Inner>) {
    loop {
        match schedule.next() {
            None => schedule.changed.notified().await,
            Some(due) => tokio::select! {
                // In this order: no chance decides what a host does.
                biased;
                () = clock.until(due) => {}
                () = schedule.changed.notified() => continue,
            },
        }
        let Some(inner) = inner.upgrade() else { return };
        for id in schedule.take_due(clock.now()) {
            fire(&inner, &id);
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
