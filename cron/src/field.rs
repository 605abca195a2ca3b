//! One field of an expression.

/// A field: its name, the least and greatest number, and names from the least on.
pub(crate) struct Field {
    name: &'static str,
    least: u8,
    most: u8,
    names: &'static [&'static str],
}

/// Numbers that a field allows: below 60.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Set {
    bits: u64,
    /// It begins with `*`.
    pub(crate) starred: bool,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Minute, hour, day of the month, month, day of the week.
pub(crate) const FIELDS: [Field; 5] = [
    Field { name: "minute", least: 0, most: 59, names: &[] },
    Field { name: "hour", least: 0, most: 23, names: &[] },
    Field { name: "day of the month", least: 1, most: 31, names: &[] },
    Field { name: "month", least: 1, most: 12, names: &MONTHS },
    Field { name: "day of the week", least: 0, most: 7, names: &DAYS },
];

impl Set {
    pub(crate) fn has(self, number: u8) -> bool {
        number < 64 && self.bits >> number & 1 == 1
    }

    /// Of days of the week: 7 is 0.
    pub(crate) fn with_sunday(self) -> Self {
        Self { bits: self.bits | self.bits >> 7 & 1, ..self }
    }
}

impl Field {
    pub(crate) fn months() -> std::ops::RangeInclusive<u8> {
        1..=12
    }

    /// Reads `1,5-9,*/15`.
    pub(crate) fn read(&self, text: &str) -> Result<Set, String> {
        let mut set = Set { bits: 0, starred: text.starts_with('*') };
        for item in text.split(',') {
            let (from, to, step) = self.range(item)?;
            for number in (from..=to).step_by(step) {
                set.bits |= 1 << number;
            }
        }
        Ok(set)
    }

    fn range(&self, item: &str) -> Result<(u8, u8, usize), String> {
        let (range, step) = item.split_once('/').map_or((item, None), |(range, step)| (range, Some(step)));
        let step: usize = match step {
            None => 1,
            Some(step) => step.parse().ok().filter(|n| *n > 0).ok_or_else(|| self.wrong(item))?,
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (self.least, self.most),
            Some((from, to)) => (self.number(from)?, self.number(to)?),
            None if item.contains('/') => (self.number(range)?, self.most),
            None => {
                let only = self.number(range)?;
                (only, only)
            }
        };
        if from > to {
            return Err(format!("the {} {range} begins behind its end", self.name));
        }
        Ok((from, to, step))
    }

    fn number(&self, text: &str) -> Result<u8, String> {
        let small = text.to_ascii_lowercase();
        if let Some(at) = self.names.iter().position(|name| *name == small) {
            return Ok(self.least + u8::try_from(at).unwrap_or(0));
        }
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse::<u8>().ok().filter(|n| digits && (self.least..=self.most).contains(n));
        number.ok_or_else(|| self.wrong(text))
    }

    fn wrong(&self, text: &str) -> String {
        format!("`{text}` is no {}: it is {} to {}", self.name, self.least, self.most)
    }
}
