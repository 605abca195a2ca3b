//! Cron expressions of five fields, as POSIX `crontab` describes them, with steps (`*/5`) and names (`MON`, `jan`).

/// A field: its name, the least and greatest number, and names from the least on.
struct Field {
    name: &'static str,
    least: u8,
    most: u8,
    names: &'static [&'static str],
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const FIELDS: [Field; 5] = [
    Field { name: "minute", least: 0, most: 59, names: &[] },
    Field { name: "hour", least: 0, most: 23, names: &[] },
    Field { name: "day of the month", least: 1, most: 31, names: &[] },
    Field { name: "month", least: 1, most: 12, names: &MONTHS },
    Field { name: "day of the week", least: 0, most: 7, names: &DAYS },
];

/// Whether it is one; else what is wrong with it.
pub(super) fn check(text: &str) -> Result<(), String> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    if parts.len() != FIELDS.len() {
        return Err(format!(
            "a schedule has 5 fields (minute, hour, day, month, weekday), and this has {}",
            parts.len()
        ));
    }
    let mut sets = Vec::new();
    for (part, field) in parts.iter().zip(&FIELDS) {
        let mut set = Vec::new();
        for item in part.split(',') {
            set.extend(range(item, field)?);
        }
        sets.push(set);
    }
    let [_, _, days, months, _] = sets.as_slice() else { return Ok(()) };
    let any_weekday = parts.last().is_some_and(|weekday| *weekday == "*");
    let possible = months.iter().any(|month| days.iter().any(|day| *day <= longest(*month)));
    if any_weekday && !possible {
        return Err("this day is in none of these months, so it never comes".into());
    }
    Ok(())
}

/// Days of a month in a leap year.
fn longest(month: u8) -> u8 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn range(item: &str, field: &Field) -> Result<Vec<u8>, String> {
    let (range, step) = item.split_once('/').map_or((item, None), |(range, step)| (range, Some(step)));
    let step: usize = match step {
        None => 1,
        Some(step) => step.parse().ok().filter(|n| *n > 0).ok_or_else(|| wrong(item, field))?,
    };
    let (from, to) = match range.split_once('-') {
        _ if range == "*" => (field.least, field.most),
        Some((from, to)) => (number(from, field)?, number(to, field)?),
        None if step > 1 => (number(range, field)?, field.most),
        None => {
            let only = number(range, field)?;
            (only, only)
        }
    };
    if from > to {
        return Err(format!("the {} {range} begins behind its end", field.name));
    }
    Ok((from..=to).step_by(step).collect())
}

fn number(text: &str, field: &Field) -> Result<u8, String> {
    let small = text.to_ascii_lowercase();
    if let Some(at) = field.names.iter().position(|name| *name == small) {
        return Ok(field.least + u8::try_from(at).unwrap_or(0));
    }
    let number = text.parse::<u8>().ok().filter(|n| (field.least..=field.most).contains(n));
    number.ok_or_else(|| wrong(text, field))
}

fn wrong(text: &str, field: &Field) -> String {
    format!("`{text}` is no {}: it is {} to {}", field.name, field.least, field.most)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn schedules_are_read_and_others_refused() {
        for fine in
            ["0 2 * * *", "*/5 9-17 * * MON-fri", "0,30 0 1 jan,jul *", "0 0 31 1-3 *", "5/15 * 29 2 *"]
        {
            assert_eq!(check(fine), Ok(()), "{fine}");
        }
        for wrong in [
            "0 2 * *",
            "60 * * * *",
            "* 24 * * *",
            "0 0 30 2 *",
            "0 0 31 4,6 *",
            "5-1 * * * *",
            "*/0 * * * *",
            "@daily",
            "0 0 * * x",
        ] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
