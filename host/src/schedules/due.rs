//! Which moments are due.

use cairn_cron::Moments;

use super::OnTime;
use crate::Missed;

/// One that was noticed so much later, in milliseconds, was missed: the host was not there, or its clock was set forward.
const LATE: u64 = 60_000;

/// Of moments that were missed, so many are started at the most, the newest ones.
const MOST: usize = 1_000;

/// What is to be done about a time, and when to look again.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// A run for each of these, in order.
    pub(super) start: Vec<u64>,
    /// The newest one that is left out, because it was missed.
    pub(super) skipped: Option<u64>,
    /// The next moment; none: there is none any more.
    pub(super) next: Option<u64>,
}

/// What is due at `now`.
pub(super) fn due(time: &OnTime, moments: &Moments, now: u64) -> Due {
    let most = if time.missed == Missed::All { MOST } else { 1 };
    let mut start = moments.newest(time.after, now, most);
    let last = start.last().copied();
    let late = |moment: &u64| now.saturating_sub(*moment) > LATE;
    let skipped = last.filter(|moment| time.missed == Missed::Skip && late(moment));
    if skipped.is_some() {
        start.clear();
    }
    Due { start, skipped, next: moments.behind(last.unwrap_or(time.after)) }
}
