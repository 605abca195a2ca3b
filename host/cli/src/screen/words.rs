//! Durations and moments in words.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::{Timestamp, tz::TimeZone};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Milliseconds since the Unix epoch, by this machine's clock.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Milliseconds in at most two units, rounded: `12 ms`, `1.2 s`, `3 min 5 s`, `2 h`, `1 day 3 h`, `14 days`.
pub(crate) fn duration(ms: u64) -> String {
    let seconds = rounded(ms, SECOND);
    let minutes = rounded(ms, MINUTE);
    let hours = rounded(ms, HOUR);
    match ms {
        0..SECOND => format!("{ms} ms"),
        SECOND..9_950 => tenths(rounded(ms, 100)),
        _ if seconds < 60 => format!("{seconds} s"),
        _ if seconds < 3_600 => pair(seconds, 60, "min", "s"),
        _ if minutes < 24 * 60 => pair(minutes, 60, "h", "min"),
        _ if hours < 7 * 24 => pair(hours, 24, if hours < 48 { "day" } else { "days" }, "h"),
        _ => format!("{} days", rounded(ms, DAY)),
    }
}

/// To the nearest whole unit.
fn rounded(ms: u64, unit: u64) -> u64 {
    ms / unit + u64::from(ms % unit >= unit / 2)
}

fn tenths(tenths: u64) -> String {
    match tenths % 10 {
        0 => format!("{} s", tenths / 10),
        rest => format!("{}.{rest} s", tenths / 10),
    }
}

fn pair(small: u64, each: u64, large_name: &str, small_name: &str) -> String {
    match small % each {
        0 => format!("{} {large_name}", small / each),
        rest => format!("{} {large_name} {rest} {small_name}", small / each),
    }
}

/// The user's clock: a time zone and what the time is.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    zone: TimeZone,
    now: u64,
}

impl Clock {
    /// The system's zone, now.
    pub(crate) fn here() -> Self {
        Self { zone: TimeZone::system(), now: now() }
    }

    /// A fixed time in UTC.
    #[cfg(test)]
    pub(crate) fn at(now: u64) -> Self {
        Self { zone: TimeZone::UTC, now }
    }

    /// The same zone, later.
    pub(crate) fn tick(&mut self) {
        self.now = now();
    }

    /// A moment: `14:03:22` today, `2026-12-06 14:03:22` on other days.
    pub(crate) fn moment(&self, ms: u64) -> String {
        let (Some(then), Some(now)) = (self.local(ms), self.local(self.now)) else {
            return "a time beyond the calendar".to_owned();
        };
        let form = if then.date() == now.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
        then.strftime(form).to_string()
    }

    /// `in 14 days`, or `now` where it has come.
    pub(crate) fn ahead(&self, ms: u64) -> String {
        match ms.saturating_sub(self.now) {
            0 => "now".to_owned(),
            left => format!("in {}", duration(left)),
        }
    }

    /// Whether a moment has come.
    pub(crate) fn has_come(&self, ms: u64) -> bool {
        ms <= self.now
    }

    /// `3 min ago`, or `just now`.
    pub(crate) fn ago(&self, ms: u64) -> String {
        match self.now.saturating_sub(ms) {
            0..SECOND => "just now".to_owned(),
            past => format!("{} ago", duration(past)),
        }
    }

    fn local(&self, ms: u64) -> Option<jiff::Zoned> {
        let stamp = Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok()?;
        Some(stamp.to_zoned(self.zone.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the words say, in milliseconds.
    fn read(words: &str) -> f64 {
        let parts: Vec<&str> = words.split(' ').collect();
        let unit = |name: &str| match name {
            "ms" => 1,
            "s" => SECOND,
            "min" => MINUTE,
            "h" => HOUR,
            "day" | "days" => DAY,
            _ => panic!("`{name}` in `{words}`"),
        };
        parts.chunks(2).map(|p| p[0].parse::<f64>().unwrap() * unit(p[1]) as f64).sum()
    }

    #[test]
    fn words_are_never_far_from_the_truth_and_never_go_back() {
        let (mut ms, mut before) = (1_u64, 0.0);
        while ms < 1_000 * DAY {
            let said = read(&duration(ms));
            assert!((said - ms as f64).abs() <= ms as f64 * 0.08, "{ms} is said as {}", duration(ms));
            assert!(said >= before, "{ms}: {said} after {before}");
            before = said;
            ms += 1 + ms / 97;
        }
    }

    #[test]
    fn a_moment_short_of_a_round_duration_is_said_round() {
        let said: Vec<_> =
            [12, 204, 1_200, 59_990, 185_000, 2 * HOUR, 27 * HOUR, 14 * DAY - 5].map(duration).into();
        assert_eq!(said, ["12 ms", "204 ms", "1.2 s", "1 min", "3 min 5 s", "2 h", "1 day 3 h", "14 days"]);
    }

    #[test]
    fn other_days_have_their_date() {
        let noon = 1_767_225_600_000 + 12 * HOUR;
        let clock = Clock::at(noon);
        assert_eq!(clock.moment(noon + 5_000), "12:00:05");
        assert_eq!(clock.moment(noon + DAY), "2026-01-02 12:00:00");
        assert_eq!(clock.moment(u64::MAX), "a time beyond the calendar");
        assert_eq!((clock.ahead(noon), clock.ahead(noon + DAY)), ("now".to_owned(), "in 1 day".to_owned()));
        assert_eq!(clock.ago(noon - MINUTE), "1 min ago");
    }
}
