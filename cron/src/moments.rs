//! The moments that an expression means in a zone.

use std::collections::BTreeSet;

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};

use crate::Cron;

/// The last day of February that falls on a given weekday can be 40 years away (over 2100); so many are looked through.
const DAYS: u32 = 45 * 366;

/// So many days are looked through before it is asked whether clocks are set.
const SOON: usize = 8;

/// A zone is set by a day at the most (Samoa, 2011).
const NEAR: SignedDuration = SignedDuration::from_hours(25);

/// What an expression means in a time zone.
#[derive(Clone, Debug)]
pub struct Moments {
    cron: Cron,
    zone: TimeZone,
}

impl Moments {
    /// Of an expression and a name of the tz database.
    ///
    /// # Errors
    /// What is wrong with either of them.
    pub fn new(cron: &str, zone: &str) -> Result<Self, String> {
        let cron = Cron::read(cron)?;
        let zone = TimeZoneDatabase::bundled().get(zone).map_err(|_| {
            format!("there is no time zone `{zone}`: it is a name of the tz database, such as `Europe/Berlin` or `UTC`")
        })?;
        Ok(Self { cron, zone })
    }

    /// The first moment behind one; both in milliseconds since the Unix epoch. None: there is none before the calendar ends.
    #[must_use]
    pub fn behind(&self, millis: u64) -> Option<u64> {
        let after = stamp(millis)?;
        let found = self.soon_behind(after).or_else(|| self.first_behind(after));
        found.and_then(|moment| u64::try_from(moment.as_millisecond()).ok())
    }

    /// The first one within days, if no clock is set anywhere near: then what is shown next is what comes next.
    pub(crate) fn soon_behind(&self, after: Timestamp) -> Option<Timestamp> {
        let shown = after.to_zoned(self.zone.clone()).datetime();
        let days = std::iter::successors(Some(shown.date()), |day| day.tomorrow().ok()).take(SOON);
        let mut times = days
            .filter(|day| self.is_on(*day))
            .flat_map(|day| self.times().map(move |(hour, minute)| on(day, hour, minute)));
        let next = times.find(|time| *time > shown)?;
        let found = self.zone.to_ambiguous_timestamp(next).compatible().ok()?;
        let before = after.checked_sub(NEAR).ok()?;
        let change = self.zone.following(before).next();
        let near = found.checked_add(NEAR).ok()?;
        Some(found).filter(|_| change.is_none_or(|change| change.timestamp() > near))
    }

    /// The first one, wherever it is and whatever clocks do.
    pub(crate) fn first_behind(&self, after: Timestamp) -> Option<Timestamp> {
        let mut day = after.to_zoned(self.zone.clone()).date();
        // A time that a zone leaves out may be as much as a day later.
        day = day.yesterday().unwrap_or(day);
        let (mut found, mut left): (Option<Timestamp>, u32) = (None, DAYS);
        while left > 0 {
            let had = found.is_some();
            if self.is_on(day) {
                let first = self.of_day(day).filter(|moment| *moment > after).min();
                found = found.into_iter().chain(first).min();
            }
            // The day behind the one that has it may have it earlier.
            if had {
                break;
            }
            left -= 1;
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        found
    }

    /// The newest moments behind `after`, up to and including `until`, at most so many; in order.
    #[must_use]
    pub fn newest(&self, after: u64, until: u64, most: usize) -> Vec<u64> {
        let Some(first) = self.behind(after).filter(|first| *first <= until && most > 0) else {
            return Vec::new();
        };
        if self.behind(first).is_none_or(|second| second > until) {
            return vec![first];
        }
        let (Some(after), Some(until)) = (stamp(after), stamp(until)) else { return Vec::new() };
        let first = after.to_zoned(self.zone.clone()).date();
        // A time that a zone leaves out may be as much as a day later: for that one day more is looked through.
        let first = first.yesterday().unwrap_or(first);
        let (mut found, mut enough) = (BTreeSet::new(), false);
        let mut day = until.to_zoned(self.zone.clone()).date();
        while day >= first && !enough {
            enough = found.len() >= most;
            if self.is_on(day) {
                found.extend(self.of_day(day).filter(|moment| after < *moment && *moment <= until));
            }
            let Ok(before) = day.yesterday() else { break };
            day = before;
        }
        let newest = found.iter().rev().take(most).rev();
        newest.filter_map(|moment| u64::try_from(moment.as_millisecond()).ok()).collect()
    }

    fn is_on(&self, day: Date) -> bool {
        let Cron { days, months, weekdays, .. } = &self.cron;
        let number = |n: i8| u8::try_from(n).unwrap_or(u8::MAX);
        let on = days.has(number(day.day()));
        let weekday = weekdays.has(number(day.weekday().to_sunday_zero_offset()));
        let either = !days.starred && !weekdays.starred;
        months.has(number(day.month())) && if either { on || weekday } else { on && weekday }
    }

    /// All moments of a day that matches.
    fn of_day(&self, day: Date) -> impl Iterator<Item = Timestamp> + '_ {
        self.times().flat_map(move |(hour, minute)| self.at(on(day, hour, minute)))
    }

    /// All times of a day, in order.
    fn times(&self) -> impl Iterator<Item = (u8, u8)> + '_ {
        let hours = (0..24_u8).filter(|hour| self.cron.hours.has(*hour));
        hours.flat_map(|hour| {
            (0..60_u8).filter(|minute| self.cron.minutes.has(*minute)).map(move |minute| (hour, minute))
        })
    }

    /// When clocks there show this: once, never or twice.
    fn at(&self, shown: DateTime) -> impl Iterator<Item = Timestamp> + use<> {
        let shows = self.zone.to_ambiguous_timestamp(shown);
        let steady = self.cron.hours.starred;
        let (first, second) = match shows.offset() {
            AmbiguousOffset::Gap { .. } if steady => (None, None),
            AmbiguousOffset::Fold { .. } if steady => (shows.earlier().ok(), shows.later().ok()),
            _ => (shows.compatible().ok(), None),
        };
        first.into_iter().chain(second)
    }
}

fn on(day: Date, hour: u8, minute: u8) -> DateTime {
    let small = |n: u8| i8::try_from(n).unwrap_or(0);
    day.at(small(hour), small(minute), 0, 0)
}

fn stamp(millis: u64) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(millis).ok()?).ok()
}
