//! Time. `std::thread::sleep` is a durable sleep as well; these can be waited for beside others.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::{
    Operation,
    world::cairn::workflow::{context, sleep as world},
};

/// Begins a sleep of so long.
pub fn sleep(key: &str, span: Duration) -> Operation<()> {
    Operation::new(world::span(key, millis(span)))
}

/// Begins a sleep until then.
pub fn sleep_until(key: &str, due: SystemTime) -> Operation<()> {
    Operation::new(world::until(key, millis(due.duration_since(UNIX_EPOCH).unwrap_or_default())))
}

/// The host's time, recorded. `SystemTime::now` gives the time of the newest thing that this code was told.
pub fn now(key: &str) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(context::now(key))
}

/// 64 evenly distributed bits, recorded. Whatever asks WASI for randomness gets recorded bits too.
pub fn random(key: &str) -> u64 {
    context::random(key)
}

pub(crate) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
