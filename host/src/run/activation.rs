//! The time between loading an instance and unloading it: its core behind a lock, and the bell that wakes a waiting guest.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use cairn_replay::{Key, Outcome};
use tokio::sync::Notify;

use super::{
    Stop,
    commit::settled,
    core::{Answer, Begin, Core},
    effect::Went,
    wait::Step,
};
use crate::{Error, crash};

/// How long an outcome may wait for the guest's next request, to be in one commit with it. Longer, and it is kept for itself.
const RIDE_ALONG: Duration = Duration::from_millis(1);

pub(crate) struct Activation {
    core: Mutex<Core>,
    changed: Notify,
    /// Something may have changed since the guest last looked: see [`Slots`](super::Slots).
    again: Arc<AtomicBool>,
}

impl Activation {
    pub(crate) fn new(begin: Begin, again: Arc<AtomicBool>) -> Arc<Self> {
        Arc::new_cyclic(|me| Self {
            core: Mutex::new(Core::new(begin, me.clone())),
            changed: Notify::new(),
            again,
        })
    }

    /// Nothing under the lock panics half-way, so a poisoned one is as good.
    pub(crate) fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something may have changed for a waiting guest.
    pub(crate) fn ring(&self) {
        self.changed.notify_one();
    }

    /// Waits for one of these operations; gives its index.
    pub(crate) async fn wait(&self, keys: &[Key]) -> Result<usize, Stop> {
        loop {
            self.again.store(false, Ordering::SeqCst);
            let step = self.core().step(keys)?;
            match step {
                Step::Ready(index) => return Ok(index),
                Step::Ends(answer, behind) => {
                    settled(answer).await.map_err(Stop::Fault)?;
                    crash::point(behind);
                }
                Step::Park(None) => self.changed.notified().await,
                Step::Park(Some(until)) => {
                    let due = self.core().clock_until(until);
                    tokio::select! {
                        () = self.changed.notified() => {}
                        () = due => {}
                    }
                }
                Step::Unload(answer) => {
                    settled(answer).await.map_err(Stop::Fault)?;
                    return Err(Stop::Unload);
                }
            }
        }
    }

    /// Somebody wants the instance to stop. Gives the commit that keeps the wish, or an inner `None` if it was asked before;
    /// an outer `None` if it is being unloaded.
    pub(crate) fn wish_to_stop(&self, by: &str, why: &str) -> Result<Option<Option<Answer>>, Error> {
        let wish = self.core().wish_to_stop(by, why);
        self.ring();
        wish
    }

    /// An attempt has come back.
    pub(super) async fn came(&self, key: &Key, attempt: u32, went: Went) {
        let taken = self.core().came(key, attempt, went);
        match taken {
            Ok(true) => self.ring(),
            Ok(false) => return,
            Err(stop) => return self.broke(Error::fault(stop.to_string())),
        }
        self.keep_soon().await;
    }

    /// Something has ended that nothing outside could know of.
    pub(super) async fn keeps(&self) {
        self.ring();
        self.keep_soon().await;
    }

    /// An operation has ended, or the host cannot go on with it.
    pub(super) async fn settles(&self, key: &Key, outcome: Result<Outcome, Error>) {
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => return self.broke(error),
        };
        let taken = self.core().settle(key, outcome);
        match taken {
            Ok(true) => self.keeps().await,
            Ok(false) => {}
            Err(stop) => self.broke(Error::fault(stop.to_string())),
        }
    }

    /// Keeps what came, with what else comes soon.
    async fn keep_soon(&self) {
        tokio::time::sleep(RIDE_ALONG).await;
        crash::point("end:before-commit");
        let kept = self.core().keep_what_came();
        let kept = match kept {
            Some(answer) => settled(answer).await,
            None => Ok(()),
        };
        match kept {
            Ok(()) => crash::point("end:after-commit"),
            Err(error) => self.broke(error),
        }
    }

    /// The host cannot go on with it.
    pub(super) fn broke(&self, error: Error) {
        self.core().broken.get_or_insert(error);
        self.ring();
    }
}
