//! RFC 3339 in and out; durations as the language writes them.
//!
//! The calendar is the proleptic Gregorian one, by Howard Hinnant's `days_from_civil`.

use alloc::string::String;

use crate::number::push_int;

const DAY: i64 = 86_400_000;

/// `2026-01-31T00:00:00Z`; milliseconds only where they are not zero. Years beyond 9999 get a sign (ISO 8601's expanded form).
pub fn push(out: &mut String, time: i64) {
    let (year, month, day) = civil(time.div_euclid(DAY));
    let rest = time.rem_euclid(DAY);
    match year {
        0..=9999 => {}
        ..0 => out.push('-'),
        _ => out.push('+'),
    }
    push_padded(out, year.abs(), 4);
    out.push('-');
    push_padded(out, month, 2);
    out.push('-');
    push_padded(out, day, 2);
    out.push('T');
    push_padded(out, rest / 3_600_000, 2);
    out.push(':');
    push_padded(out, rest / 60_000 % 60, 2);
    out.push(':');
    push_padded(out, rest / 1000 % 60, 2);
    if rest % 1000 != 0 {
        out.push('.');
        push_padded(out, rest % 1000, 3);
    }
    out.push('Z');
}

fn push_padded(out: &mut String, n: i64, width: u32) {
    let mut bound = 10_i64.pow(width - 1);
    while bound > n && bound > 1 {
        out.push('0');
        bound /= 10;
    }
    push_int(out, n);
}

/// Milliseconds since the Unix epoch of an RFC 3339 text with any offset. Digits beyond milliseconds are cut.
pub fn read(text: &str) -> Option<i64> {
    let mut at = Reader { rest: text.as_bytes() };
    let year = at.year()?;
    at.one(b"-")?;
    let month = at.digits(2)?;
    at.one(b"-")?;
    let day = at.digits(2)?;
    at.one(b"Tt ")?;
    let hour = at.digits(2)?;
    at.one(b":")?;
    let minute = at.digits(2)?;
    at.one(b":")?;
    let second = at.digits(2)?;
    let milliseconds = at.fraction()?;
    let offset = at.offset()?;
    let fits = (1..=12).contains(&month) && day >= 1 && hour < 24 && minute < 60 && second <= 60;
    if !fits || day > days_in(year, month) || !at.rest.is_empty() {
        return None;
    }
    let minutes = days(year, month, day) * 1440 + hour * 60 + minute - offset;
    (minutes * 60 + second.min(59)).checked_mul(1000)?.checked_add(milliseconds)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn one(&mut self, of: &[u8]) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        of.contains(first).then_some(*first)
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        digits.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
    }

    fn run(&self) -> usize {
        self.rest.iter().take_while(|b| b.is_ascii_digit()).count()
    }

    fn year(&mut self) -> Option<i64> {
        match self.rest.first()? {
            b'+' => self.long_year(),
            b'-' => self.long_year().map(|y| -y),
            _ => self.digits(4),
        }
    }

    fn long_year(&mut self) -> Option<i64> {
        self.one(b"+-")?;
        let run = self.run();
        if (4..=9).contains(&run) { self.digits(run) } else { None }
    }

    fn fraction(&mut self) -> Option<i64> {
        if self.rest.first() != Some(&b'.') {
            return Some(0);
        }
        self.one(b".")?;
        let run = self.run();
        if run == 0 {
            return None;
        }
        let kept = self.digits(run.min(3))?;
        self.rest = self.rest.get(run.saturating_sub(3)..)?;
        Some(match run {
            1 => kept * 100,
            2 => kept * 10,
            _ => kept,
        })
    }

    /// In minutes.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.one(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(0),
        };
        let hours = self.digits(2)?;
        self.one(b":")?;
        let minutes = self.digits(2)?;
        (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since the epoch.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

const UNITS: [(i64, &str); 5] = [(DAY, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")];

/// As a literal: `1h30m`, `250ms`, `-2d`; nothing is `0ms`.
pub fn push_duration(out: &mut String, duration: i64) {
    if duration == 0 {
        out.push_str("0ms");
        return;
    }
    if duration < 0 {
        out.push('-');
    }
    let mut rest = duration.unsigned_abs();
    for (unit, name) in UNITS {
        let unit = unit.unsigned_abs();
        if rest >= unit {
            push_int(out, (rest / unit) as i64);
            out.push_str(name);
            rest %= unit;
        }
    }
}
