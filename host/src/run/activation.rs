//! The time between loading an instance and unloading it: its core behind a lock, and the bell that wakes a waiting guest.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{
    Stop,
    commit::settled,
    core::{Answer, Begin, Core},
    effect::Went,
    supervise::Look,
    wait::Step,
};
use crate::{Error, crash};
use cairn_replay::{Key, Outcome};
use tokio::sync::Notify;

pub(crate) struct Activation {
    core: Mutex<Core>,
    /// Something may have changed since it was last looked at: see [`Slots`](super::Slots).
    again: Arc<AtomicBool>,
    /// See [`Settings::ride_along`](crate::Settings::ride_along).
    ride_along: Duration,
    /// How long its code has computed, in microseconds.
    computed: AtomicU64,
    /// How long it may.
    cpu: Duration,
}

impl Activation {
    pub(crate) fn new(begin: Begin, again: Arc<AtomicBool>) -> Arc<Self> {
        let (ride_along, cpu) = (begin.inner.ride_along, begin.inner.limits.cpu);
        Arc::new_cyclic(|me| Self {
            core: Mutex::new(Core::new(begin, me.clone())),
            again,
            ride_along,
            computed: AtomicU64::new(0),
            cpu,
        })
    }

    /// Nothing under the lock panics half-way, so a poisoned one is as good.
    pub(crate) fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of its guests has computed for so long; is that too long, all of them together?
    pub(super) fn computed(&self, span: Duration) -> bool {
        let span = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        let before = self.computed.fetch_add(span, Ordering::Relaxed);
        Duration::from_micros(before.saturating_add(span)) > self.cpu
    }

    /// Nothing of it has computed yet, as if it had just been loaded.
    pub(super) fn computes_anew(&self) {
        self.computed.store(0, Ordering::Relaxed);
    }

    /// How long its code may compute.
    pub(super) fn cpu(&self) -> Duration {
        self.cpu
    }

    /// Something may have changed for whichever guest.
    pub(crate) fn ring(&self) {
        self.core().ring_all();
    }

    /// One look at what is to be done, and which guests are to be run.
    pub(super) fn look(&self) -> Result<Look, Stop> {
        self.again.store(false, Ordering::SeqCst);
        self.core().look()
    }

    /// The guest of a scope waits for one of these operations; gives its index.
    pub(crate) async fn wait(&self, scope: Option<&Key>, keys: &[Key]) -> Result<usize, Stop> {
        let comes = self.core().looked_after(keys);
        loop {
            let (step, bell) = {
                let mut core = self.core();
                (core.step(scope, keys, &comes)?, core.bell(scope))
            };
            if let Some(index) = self.stays(step, &bell).await? {
                return Ok(index);
            }
        }
    }

    /// Does what a look at a wait said; gives the index of one that has ended, or none if it is to be looked again.
    pub(super) async fn stays(&self, step: Step, bell: &Notify) -> Result<Option<usize>, Stop> {
        match step {
            Step::Ready(index) => return Ok(Some(index)),
            Step::Ends(answer, behind) => {
                settled(answer).await.map_err(Stop::Fault)?;
                crash::point(behind);
            }
            Step::Waits(None) => bell.notified().await,
            Step::Waits(Some(until)) => {
                let due = self.core().clock_until(until);
                tokio::select! {
                    biased;
                    () = bell.notified() => {}
                    () = due => {}
                }
            }
            Step::Parked => return Err(Stop::Unload),
        }
        Ok(None)
    }

    /// Somebody wants the instance to stop. Gives the commit that keeps the wish, or an inner `None` if it was asked before;
    /// an outer `None` if it is being unloaded.
    pub(crate) fn wish_to_stop(&self, by: &str, why: &str) -> Result<Option<(bool, Answer)>, Error> {
        let wish = self.core().wish_to_stop(by, why);
        self.ring();
        wish
    }

    /// An attempt has come back.
    pub(crate) async fn came(&self, key: &Key, attempt: u32, went: Went) {
        let taken = self.core().came(key, attempt, went);
        match taken {
            Ok(true) => self.keep_soon().await,
            Ok(false) => {}
            Err(stop) => self.broke(Error::fault(stop.to_string())),
        }
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
    pub(super) async fn keep_soon(&self) {
        if !self.ride_along.is_zero() {
            tokio::time::sleep(self.ride_along).await;
        }
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
