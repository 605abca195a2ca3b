//! Steps whose body is the code's own: the host says when it may run and keeps how it ended; the guest runs it.

use cairn_replay::{Command, Instant, Key};

use super::{
    Activation, Stop,
    commit::{Purpose, settled},
    core::{Answer, Core},
    words,
};
use crate::{ops::Progress, tool::Failed};

/// What a guest is told about its step.
pub(crate) enum Turn {
    /// It has ended: the body must not run again.
    Recorded,
    /// The body is to run.
    Attempt(Body),
}

/// A body that runs.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) key: Key,
    /// Of the attempt, from 1.
    pub(crate) number: u32,
    /// The same for all its attempts.
    pub(crate) idempotency_key: String,
    /// It may run until then.
    pub(crate) until: Instant,
}

impl Core {
    /// The body may run; its guest is told when it asks.
    pub(super) fn body_may_run(&mut self, key: &Key, number: u32) {
        self.attempts.insert(key.clone(), number);
        self.bodies.insert(key.clone(), number);
        let scope = self.machine.scope_of(key).cloned();
        self.ring(scope.as_ref(), Some(key));
    }

    /// The body, if it may run now, and the commit behind which it may: all that it could depend on is then on disk.
    fn take_body(&mut self, key: &Key) -> Option<(Body, Answer)> {
        if self.closed || self.machine.paused() {
            return None;
        }
        let number = self.bodies.remove(key)?;
        self.announce(Progress::Step { key: key.0.clone(), what: "step".to_owned(), attempt: number });
        let (idempotency_key, until) = (self.idempotency_key(key), self.body_ends(key));
        let body = Body { key: key.clone(), number, idempotency_key, until };
        Some((body, self.commit(Purpose::EffectLeaves)))
    }

    /// When an attempt that begins now has taken as long as it may.
    fn body_ends(&self, key: &Key) -> Instant {
        let now = self.now();
        let Some(Command::Body { options }) = self.machine.command(key) else { return now };
        let usual = || u64::try_from(self.inner.limits.attempt.as_millis()).unwrap_or(u64::MAX);
        let span = options.timeout.map_or_else(usual, |span| span.0);
        let until = Instant(now.0.saturating_add(span));
        options.deadline.map_or(until, |deadline| until.min(deadline))
    }

    /// Is a body that runs to be stopped? Then its attempt has failed, and its guest is loaded anew for the next one.
    pub(crate) fn stops_body(&mut self, scope: Option<&Key>, body: &Body) -> Option<Stop> {
        if self.now() < body.until {
            return None;
        }
        self.has_stopped(scope);
        self.park(scope, std::slice::from_ref(&body.key));
        let message = "the body of the step took longer than it may";
        let timeout = words::failure(&words::fail("timeout", message));
        Some(match self.came(&body.key, body.number, Err(Failed::Known(timeout))) {
            Ok(_) => {
                drop(self.keep_what_came());
                Stop::Unload
            }
            Err(stop) => stop,
        })
    }
}

impl Activation {
    /// Waits until the body of a step may run, or the step has ended.
    pub(crate) async fn turn(&self, scope: Option<&Key>, key: &Key) -> Result<Turn, Stop> {
        loop {
            let taken = self.core().take_body(key);
            if let Some((body, behind)) = taken {
                settled(behind).await.map_err(Stop::Fault)?;
                return Ok(Turn::Attempt(body));
            }
            let (step, bell) = {
                let mut core = self.core();
                (core.step(scope, std::slice::from_ref(key), &[])?, core.bell(scope))
            };
            if self.stays(step, &bell).await?.is_some() {
                return Ok(Turn::Recorded);
            }
        }
    }

    /// Waits inside of a body, where nothing is recorded.
    ///
    /// # Errors
    /// The body took longer than it may.
    pub(crate) async fn naps(&self, scope: Option<&Key>, body: &Body, due: Instant) -> Result<Instant, Stop> {
        let wait = self.core().clock_until(due.min(body.until));
        wait.await;
        let mut core = self.core();
        match core.stops_body(scope, body) {
            Some(stop) => Err(stop),
            None => Ok(core.now()),
        }
    }
}
