//! What time it is, and waiting for it.

use std::{
    future::Future,
    pin::Pin,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cairn_replay::Instant;

/// A wait until a moment.
pub type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The wall clock.
pub trait Clock: Send + Sync {
    /// Milliseconds since the Unix epoch.
    fn now(&self) -> Instant;

    /// Resolves when [`Clock::now`] has reached this moment, never before.
    fn until(&self, moment: Instant) -> Wait;
}

/// The machine's.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// The wall clock may be set while somebody sleeps: it is looked at again this often.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    fn until(&self, moment: Instant) -> Wait {
        Box::pin(async move {
            loop {
                let left = moment.0.saturating_sub(SystemClock.now().0);
                if left == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(left).min(LOOK_AGAIN)).await;
            }
        })
    }
}
