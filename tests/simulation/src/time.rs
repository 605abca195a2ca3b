//! The wall clock: over the runtime's virtual time, late now and then, and set by the schedule.

use std::time::Duration;

use cairn_host::{
    port::{Clock, Wait},
    replay::Instant,
};

use crate::{canary::Canary, world::World};

/// An hour too early, or never: what the canaries do.
const AHEAD: u64 = 3_600_000;

/// The host's clock.
pub(crate) struct Wall(pub(crate) World);

impl Clock for Wall {
    fn now(&self) -> Instant {
        let mut core = self.0.core();
        let now = core.wall();
        if core.is(Canary::ClockEarly) && core.dice.once_in(60) {
            return Instant(now.0 + AHEAD);
        }
        now
    }

    fn until(&self, moment: Instant) -> Wait {
        let world = self.0.clone();
        Box::pin(async move {
            loop {
                let Some(left) = left(&world, moment) else { return std::future::pending().await };
                if left == 0 {
                    return;
                }
                tokio::select! {
                    biased;
                    () = world.jumped() => {}
                    () = tokio::time::sleep(Duration::from_millis(left)) => {}
                }
            }
        })
    }
}

/// Milliseconds until it is looked again; none: for ever, by a canary.
fn left(world: &World, moment: Instant) -> Option<u64> {
    let mut core = world.core();
    let left = moment.0.saturating_sub(core.wall().0);
    if left == 0 {
        return Some(0);
    }
    let sleeps = core.is(Canary::ClockSleeps) && core.dice.once_in(8);
    (!sleeps).then(|| left + core.late())
}
