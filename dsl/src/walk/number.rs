//! Numbers and durations from their letters. `None`: it does not fit.

/// Underscores are for the reader only.
pub(super) fn int(text: &str) -> Option<i64> {
    text.replace('_', "").parse().ok()
}

/// Infinity cannot be written, so it is not read either.
pub(super) fn float(text: &str) -> Option<f64> {
    text.replace('_', "").parse().ok().filter(|value: &f64| value.is_finite())
}

/// `1h30m`, in milliseconds.
pub(super) fn duration(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let (count, unit, behind) = split(rest)?;
        total = total.checked_add(count.parse::<i64>().ok()?.checked_mul(milliseconds(unit)?)?)?;
        rest = behind;
    }
    Some(total)
}

/// The digits in front, the letters behind them, and what is left.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let unit = text.find(|letter: char| letter.is_ascii_alphabetic())?;
    let (count, tail) = text.split_at(unit);
    let end = tail.find(|letter: char| letter.is_ascii_digit()).unwrap_or(tail.len());
    let (unit, behind) = tail.split_at(end);
    Some((count, unit, behind))
}

fn milliseconds(unit: &str) -> Option<i64> {
    Some(match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{duration, int};

    #[test]
    fn durations_add_up_and_overflow_is_none() {
        assert_eq!(duration("1h30m"), Some(5_400_000));
        assert_eq!(duration("250ms"), Some(250));
        assert_eq!(duration("2w1d"), Some(15 * 86_400_000));
        assert_eq!(duration("15250284452w"), Some(15_250_284_452 * 604_800_000));
        assert_eq!(duration("15250284453w"), None);
        assert_eq!(duration("99999999999999999999s"), None);
    }

    #[test]
    fn ints_reach_both_ends() {
        assert_eq!(int("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(int("9_223_372_036_854_775_807"), Some(i64::MAX));
        assert_eq!(int("9223372036854775808"), None);
    }
}
