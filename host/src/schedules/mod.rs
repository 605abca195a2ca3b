//! What starts workflows by itself: the times of `on schedule` and the events of `on event`, once somebody has registered the workflow.
//!
//! | file | what |
//! |---|---|
//! | `row` | what the journal keeps of a registered workflow |
//! | `due` | which moments are due: a pure function of the row and the time |
//! | `input` | what a run is started with |
//! | `fire` | starts what is due, and notes it in the same commit |
//! | `event` | starts what an event starts |
//!
//! A moment is dealt with when the row says so. The commit that begins its run writes the row too: there is no time in between at which a crash
//! could make two of it, and a clock that is set back does not bring it again.
//!
//! Waiting costs one timer for all, and a name and a moment in memory for each.

mod due;
mod event;
mod fire;
mod input;
mod row;

pub(crate) use event::starts as started_by_event;
pub(crate) use fire::{arm, longest_name, take_up};
pub(crate) use input::check as check_input;
pub(crate) use row::{Act, Became, Last, OnEvent, OnTime, Row, Seen, find, forget, keep, rows};

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use cairn_replay::Instant;
use tokio::sync::Notify;

use crate::{host::Inner, port::Clock};

/// When it is tried again what the journal refused.
const A_WHILE: Duration = Duration::from_secs(1);

/// A tenant, and one of its registered workflows.
type Name = (String, String);

/// The next moments of all workflows that this process starts.
#[derive(Default)]
pub(crate) struct Schedules {
    /// Held while something is decided about a row and written.
    pub(crate) turn: tokio::sync::Mutex<()>,
    next: Mutex<BTreeMap<Name, Instant>>,
    /// The earliest may be another one.
    changed: Notify,
}

impl Schedules {
    fn next(&self) -> MutexGuard<'_, BTreeMap<Name, Instant>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The workflow is looked at again then; none: never, as far as time goes.
    fn set(&self, tenant: &str, name: &str, next: Option<Instant>) {
        let key = (tenant.to_owned(), name.to_owned());
        match next {
            Some(at) => drop(self.next().insert(key, at)),
            None => drop(self.next().remove(&key)),
        }
        self.changed.notify_one();
    }

    fn first(&self) -> Option<Instant> {
        self.next().values().min().copied()
    }

    fn due(&self, now: Instant) -> Vec<Name> {
        self.next().iter().filter(|(_, at)| **at <= now).map(|(name, _)| name.clone()).collect()
    }
}

/// Starts what is due for as long as the host is there.
pub(crate) async fn run(schedules: Arc<Schedules>, clock: Arc<dyn Clock>, inner: Weak<Inner>) {
    loop {
        match schedules.first() {
            None => schedules.changed.notified().await,
            Some(at) => tokio::select! {
                // In this order: no chance decides what a host does.
                biased;
                () = clock.until(at) => {}
                () = schedules.changed.notified() => continue,
            },
        }
        let Some(inner) = inner.upgrade() else { return };
        let mut refused = false;
        for (tenant, name) in schedules.due(clock.now()) {
            if let Err(error) = fire::fire(&inner, &tenant, &name).await {
                tracing::error!(tenant, schedule = name, %error, "what is due could not be started; it is tried again");
                refused = true;
            }
        }
        drop(inner);
        if refused {
            tokio::time::sleep(A_WHILE).await;
        }
    }
}
