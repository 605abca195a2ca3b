//! Numbers, durations, and values that are not there.

use super::super::at::{At, STATEMENTS};
use super::super::slip::Slip;
use crate::scan::Kind;

/// `30 seconds`
pub(super) fn unit(at: &At<'_>) -> Option<Slip> {
    let number = at.step(-1);
    if number.kind(0) != Some(Kind::Number) || at.kind(0) != Some(Kind::Word) || at.is_first(0) {
        return None;
    }
    duration(at, number.letters(0), at.letters(0), -1)
}

/// `30sec`
pub(super) fn suffix(at: &At<'_>) -> Option<Slip> {
    let letters = at.letters(0);
    if at.kind(0) != Some(Kind::Number) {
        return None;
    }
    let cut = letters.find(|letter: char| letter.is_ascii_alphabetic())?;
    let (count, unit) = letters.split_at(cut);
    duration(at, count, unit, 0)
}

fn duration(at: &At<'_>, count: &str, unit: &str, from: isize) -> Option<Slip> {
    let span = at.stretch(from, 0);
    let slip = Slip::new("E0109", span, "a duration is a number with its unit, without a blank: `30s`");
    let Some(ours) = our_unit(&unit.to_ascii_lowercase()) else {
        let long = matches!(unit.to_ascii_lowercase().as_str(), "month" | "months" | "year" | "years" | "y");
        let help = "months and years have no fixed length: write days, or `add_months` on a time";
        return long.then(|| slip.help(help).mend(span, format!("{count}d")));
    };
    if count.contains('.') {
        return Some(slip.help("a duration takes whole numbers: `1m30s`").mend(span, "1s"));
    }
    let short = format!("{count}{ours}");
    Some(slip.help(format!("write `{short}`; the units are `ms s m h d w`")).fix(span, short))
}

fn our_unit(unit: &str) -> Option<&'static str> {
    Some(match unit {
        "ms" | "msec" | "msecs" | "millis" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "w" | "week" | "weeks" => "w",
        _ => return None,
    })
}

/// `007`, `0xff`, `1.`, `.5`
pub(super) fn number(at: &At<'_>) -> Option<Slip> {
    let open_end = at.is_sign(-1, &["."]) && at.kind(-2) == Some(Kind::Number);
    if open_end && at.span(-2).end == at.span(-1).start {
        let span = at.stretch(-2, -1);
        let ours = format!("{}0", at.slice(span));
        let slip = Slip::new("E0139", span, "a number ends with a digit");
        return Some(slip.help(format!("write `{ours}`")).fix(span, ours));
    }
    let point = at.is_sign(0, &["."]);
    if point && at.kind(1) == Some(Kind::Number) && at.expects_value() {
        let span = at.stretch(0, 1);
        let help = format!("write `0{}`", at.slice(span));
        return Some(
            Slip::new("E0139", span, "a number begins with a digit").help(help).fix(at.span(0), "0."),
        );
    }
    if at.kind(0) != Some(Kind::Number) || !at.expects_value() {
        return None;
    }
    let slip = Slip::new("E0139", at.span(0), format!("`{}` is no number", at.letters(0)));
    let zeros = at.letters(0).trim_start_matches('0');
    if !zeros.is_empty() && zeros.bytes().all(|digit| digit.is_ascii_digit()) {
        return Some(slip.help(format!("a number has no leading zero: `{zeros}`")).fix(at.span(0), zeros));
    }
    Some(slip.help("write it in decimal digits: `255`, `1_000`, `4.2`, `1e6`").mend(at.span(0), "0"))
}

/// `let x =` and nothing
pub(super) fn missing(at: &At<'_>) -> Option<Slip> {
    let ends = at.kind(0).is_none() || at.is_sign(0, &["}", ")", "]", ","]) || at.is_word(0, &STATEMENTS);
    let extra = at.is_sign(0, &[","]) && at.is_sign(-1, &[",", "(", "[", "{"]);
    if !ends || extra || !at.expects_value() {
        return None;
    }
    let before = at.span(-1);
    let slip = Slip::new("E0154", before, format!("a value is missing behind `{}`", at.letters(-1)));
    Some(slip.help("write a value; `null` stands for none"))
}
