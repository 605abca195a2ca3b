//! Calendar arithmetic in a time zone: the questions of `context.calendar`. The rules of zones are those of the tz database that
//! is built in, so that an answer does not hang on the machine; it is recorded all the same, because the next build has newer ones.

use cairn_replay::Instant;
use jiff::{
    Span, Timestamp, Zoned,
    civil::Time,
    tz::{TimeZone, TimeZoneDatabase},
};
use serde_json::{Value, json};

/// Answers a question about a moment; times are RFC 3339 texts.
///
/// # Errors
/// What is wrong with the question, the zone or an argument, for the failure `bad_data`.
pub(crate) fn answer(question: &str, of: Instant, zone: &str, arguments: &Value) -> Result<Value, String> {
    let there = timestamp(of)?.to_zoned(time_zone(zone)?);
    let argument = arguments.get(0);
    match question {
        "date" => Ok(json!(there.date().to_string())),
        "format" => formatted(&there, text(question, argument)?),
        "next" => next(&there, text(question, argument)?),
        "add_days" => {
            let days = number(question, argument)?;
            later(&there, Span::new().try_days(days).map_err(|_| too_far(question, days))?)
        }
        "add_months" => {
            let months = number(question, argument)?;
            later(&there, Span::new().try_months(months).map_err(|_| too_far(question, months))?)
        }
        other => Err(format!(
            "the calendar has no question `{other}`: it has date, format, next, add_months and add_days"
        )),
    }
}

/// A moment as the language has it.
///
/// # Errors
/// That it is beyond the calendar.
pub(crate) fn moment(of: Instant) -> Result<Value, String> {
    timestamp(of).map(written)
}

fn timestamp(of: Instant) -> Result<Timestamp, String> {
    let millis = i64::try_from(of.0).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(millis).map_err(|_| format!("{millis} ms after 1970 is beyond the calendar"))
}

fn time_zone(name: &str) -> Result<TimeZone, String> {
    let known = TimeZoneDatabase::bundled().get(name);
    known.map_err(|_| format!("there is no time zone `{name}`: it is a name of the tz database, such as `Europe/Berlin` or `UTC`"))
}

fn text<'a>(question: &str, argument: Option<&'a Value>) -> Result<&'a str, String> {
    argument.and_then(Value::as_str).ok_or_else(|| format!("`{question}` of the calendar takes one text"))
}

fn number(question: &str, argument: Option<&Value>) -> Result<i64, String> {
    argument.and_then(Value::as_i64).ok_or_else(|| format!("`{question}` of the calendar takes one int"))
}

fn too_far(question: &str, number: i64) -> String {
    format!("`{question}` by {number} leads beyond the calendar")
}

fn formatted(there: &Zoned, pattern: &str) -> Result<Value, String> {
    let text = jiff::fmt::strtime::format(pattern, there);
    text.map(Value::String).map_err(|why| format!("the pattern `{pattern}` cannot be used: {why}"))
}

/// The same wall clock then; the last day of a shorter month. A wall clock that a change of offset leaves out is as much later
/// as the change; one that comes twice is the first.
fn later(there: &Zoned, by: Span) -> Result<Value, String> {
    there
        .checked_add(by)
        .map(|then| written(then.timestamp()))
        .map_err(|why| format!("it leads beyond the calendar: {why}"))
}

/// The next moment at which clocks there show this, strictly later.
fn next(there: &Zoned, clock: &str) -> Result<Value, String> {
    let wrong = || format!("`{clock}` is no time of day: write it as `09:00`");
    let time: Time = clock.parse().map_err(|_| wrong())?;
    let mut date = there.date();
    // Where a zone left out a day, the one behind it may not do either.
    for _ in 0..4 {
        let then = date.to_datetime(time).to_zoned(there.time_zone().clone()).map_err(|_| wrong())?;
        if then.timestamp() > there.timestamp() {
            return Ok(written(then.timestamp()));
        }
        date = date.tomorrow().map_err(|_| wrong())?;
    }
    Err(wrong())
}

/// As the language writes it: milliseconds only where they are not zero.
pub(crate) fn written(moment: Timestamp) -> Value {
    match moment.subsec_millisecond() {
        0 => json!(format!("{moment:.0}")),
        _ => json!(format!("{moment:.3}")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Instant {
        let moment: Timestamp = text.parse().unwrap();
        Instant(u64::try_from(moment.as_millisecond()).unwrap())
    }

    fn ask(question: &str, of: &str, zone: &str, argument: &Value) -> Result<Value, String> {
        answer(question, at(of), zone, &json!([argument]))
    }

    #[test]
    fn a_zone_decides_which_day_it_is() {
        let day = |zone| answer("date", at("2026-01-31T23:30:00Z"), zone, &json!([])).unwrap();
        assert_eq!((day("UTC"), day("Europe/Berlin")), (json!("2026-01-31"), json!("2026-02-01")));
        let month = ask("format", "2026-01-31T23:30:00Z", "Europe/Berlin", &json!("%Y-%m"));
        assert_eq!(month, Ok(json!("2026-02")));
    }

    #[test]
    fn the_wall_clock_stays_over_a_change_of_offset() {
        let add = |question, of, by: i64| ask(question, of, "Europe/Berlin", &json!(by)).unwrap();
        // Summer time begins on 29 March 2026.
        assert_eq!(add("add_days", "2026-03-28T08:00:00Z", 1), "2026-03-29T07:00:00Z");
        assert_eq!(add("add_months", "2026-01-31T08:00:00.250Z", 1), "2026-02-28T08:00:00.250Z");
        assert_eq!(add("add_months", "2026-03-31T07:00:00Z", -1), "2026-02-28T08:00:00Z");
    }

    #[test]
    fn next_is_strictly_later() {
        let next = |of, clock: &str| ask("next", of, "Europe/Berlin", &json!(clock)).unwrap();
        assert_eq!(next("2026-01-10T07:59:59Z", "09:00"), "2026-01-10T08:00:00Z");
        assert_eq!(next("2026-01-10T08:00:00Z", "09:00"), "2026-01-11T08:00:00Z");
        // 02:30 is not on any clock that night.
        assert_eq!(next("2026-03-28T12:00:00Z", "02:30"), "2026-03-29T01:30:00Z");
    }

    #[test]
    fn what_cannot_be_answered_says_why() {
        let of = "2026-01-10T07:59:59Z";
        for (question, zone, argument, said) in [
            ("date", "Europe/Atlantis", json!(0), "no time zone `Europe/Atlantis`"),
            ("easter", "UTC", json!(0), "no question `easter`"),
            ("next", "UTC", json!("noon"), "no time of day"),
            ("next", "UTC", json!(9), "takes one text"),
            ("add_days", "UTC", json!("1"), "takes one int"),
            ("add_months", "UTC", json!(i64::MAX), "beyond the calendar"),
            ("format", "UTC", json!("%!"), "cannot be used"),
        ] {
            let why = ask(question, of, zone, &argument).unwrap_err();
            assert!(why.contains(said), "{why}");
        }
    }

    proptest! {
        #[test]
        fn no_question_harms(question in "date|format|next|add_days|add_months|x", of in any::<u64>(), text in ".{0,6}", number in any::<i64>()) {
            for argument in [json!([text]), json!([number]), json!([])] {
                let _ = answer(&question, Instant(of), "America/New_York", &argument);
            }
        }
    }
}
