//! Time as the guest sees it: the moment of the newest thing that it was told, and so the same on every replay. It stands still while
//! the guest computes.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use cairn_replay::Instant;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{
    DynPollable,
    bindings::clocks::{monotonic_clock, wall_clock},
};

use super::{Journaled, poll::Nap};

/// A millisecond in nanoseconds: finer than that the journal does not tell.
const MILLI: u64 = 1_000_000;

/// What a guest's clock shows. Clones are the same clock.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    started: Instant,
    shows: Arc<AtomicU64>,
}

impl Clock {
    /// Of a guest whose run was started then, and which itself begins at this moment.
    pub(crate) fn new(started: Instant, begins: Instant) -> Self {
        Self { started, shows: Arc::new(AtomicU64::new(begins.0.max(started.0))) }
    }

    /// The guest was told of something that was at that moment. It never goes back.
    pub(crate) fn told(&self, at: Instant) {
        self.shows.fetch_max(at.0, Ordering::Relaxed);
    }

    /// What it was told since then is forgotten.
    pub(crate) fn back_to(&self, before: Instant) {
        self.shows.store(before.0, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Instant {
        Instant(self.shows.load(Ordering::Relaxed))
    }

    /// Nanoseconds since a millisecond before the run was started: 0 is a clock that does not work to some runtimes, such as Go's.
    fn ticks(&self) -> u64 {
        (self.now().0 - self.started.0).saturating_add(1).saturating_mul(MILLI)
    }

    /// The first millisecond at which the clock shows so much.
    fn at(&self, ticks: u64) -> Instant {
        Instant(self.started.0.saturating_add(ticks.saturating_sub(MILLI).div_ceil(MILLI)))
    }
}

impl wall_clock::Host for Journaled<'_> {
    fn now(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        let now = self.0.clock.now().0;
        let nanoseconds = u32::try_from(now % 1000 * MILLI)?;
        Ok(wall_clock::Datetime { seconds: now / 1000, nanoseconds })
    }

    fn resolution(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        Ok(wall_clock::Datetime { seconds: 0, nanoseconds: u32::try_from(MILLI)? })
    }
}

impl monotonic_clock::Host for Journaled<'_> {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(self.0.clock.ticks())
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(MILLI)
    }

    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let due = self.0.clock.at(when);
        self.nap(Nap::new(due, &self.0.clock))
    }

    fn subscribe_duration(&mut self, span: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let due = self.0.clock.at(self.0.clock.ticks().saturating_add(span));
        self.nap(Nap::new(due, &self.0.clock))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_what_was_told_and_never_goes_back() {
        let clock = Clock::new(Instant(1_000), Instant(1_000));
        assert_eq!((clock.now(), clock.ticks()), (Instant(1_000), MILLI), "never 0");
        clock.told(Instant(1_250));
        clock.told(Instant(1_100));
        assert_eq!((clock.now(), clock.ticks()), (Instant(1_250), 251 * MILLI));
        assert_eq!(clock.at(clock.ticks() + 1), Instant(1_251), "never early");
        assert_eq!(clock.at(0), Instant(1_000), "what is past is now");
        assert_eq!(clock.at(u64::MAX).0, 999 + u64::MAX.div_ceil(MILLI));
    }
}
