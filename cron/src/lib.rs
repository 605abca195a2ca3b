//! Five fields of cron, as `on schedule "30 2 * * MON-FRI" zone "Europe/Paris"` has them: what they say, and the moments that they mean.
//!
//! The compiler and the host read an expression with the same code, so that what is accepted when a file is checked is what is done later. There is no
//! clock here: moments come in as arguments. Time zones are those of the tz database that is built in.
//!
//! # What the fields mean
//!
//! As in Vixie's cron (crontab(5)): minute, hour, day of the month, month, day of the week (0 and 7 are Sunday); `*`, numbers, names of months and days,
//! ranges, lists, and steps behind a range or `*`. Where both days are restricted, either of them will do; a field that begins with `*` restricts nothing
//! by itself.
//!
//! # Where clocks are set
//!
//! A wall clock may leave out an hour, or show it twice.
//!
//! * Hours that are named (`30 2 * * *`) mean a time of day, and each day that matches has it once: a time that is left out is as much later as the clock
//!   was set forward, one that comes twice is the first. That is RFC 5545, 3.3.5, and what `t.next("02:30", zone)` of the language does.
//! * Hours that begin with `*` (`*/15 * * * *`) mean steady work, and go by the clock as it is shown: what is left out does not come, what is shown twice
//!   comes twice. That is Vixie's cron, for its jobs that run more often than that.

mod field;
mod moments;
#[cfg(test)]
mod tests;

pub use moments::Moments;

use field::{FIELDS, Field, Set};

/// An expression of five fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    pub(crate) minutes: Set,
    pub(crate) hours: Set,
    pub(crate) days: Set,
    pub(crate) months: Set,
    pub(crate) weekdays: Set,
}

impl Cron {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it, in words: a field that cannot be read, one too many or few, or a day that never comes.
    pub fn read(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = parts.as_slice() else {
            return Err(format!(
                "a schedule has 5 fields (minute, hour, day, month, weekday), and this has {}",
                parts.len()
            ));
        };
        let [minutes, hours, days, months, weekdays] = &FIELDS;
        let cron = Self {
            minutes: minutes.read(minute)?,
            hours: hours.read(hour)?,
            days: days.read(day)?,
            months: months.read(month)?,
            weekdays: weekdays.read(weekday)?.with_sunday(),
        };
        cron.comes()?;
        Ok(cron)
    }

    /// Whether it ever comes: of weekdays that are restricted too, one does.
    fn comes(&self) -> Result<(), String> {
        let either = !self.days.starred && !self.weekdays.starred;
        let day = |month| (1..=longest(month)).any(|day| self.days.has(day));
        if either || Field::months().any(|month| self.months.has(month) && day(month)) {
            return Ok(());
        }
        Err("this day is in none of these months, so it never comes".into())
    }
}

/// Days of a month in a leap year.
fn longest(month: u8) -> u8 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
