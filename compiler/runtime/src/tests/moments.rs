use proptest::prelude::*;

use crate::time::{push, push_duration, read};

fn printed(time: i64) -> String {
    let mut out = String::new();
    push(&mut out, time);
    out
}

fn duration(milliseconds: i64) -> String {
    let mut out = String::new();
    push_duration(&mut out, milliseconds);
    out
}

proptest! {
    #[test]
    fn moments_survive(time in prop_oneof![any::<i64>(), -62_167_219_200_000..253_402_300_800_000_i64]) {
        prop_assert_eq!(read(&printed(time)), Some(time));
    }

    #[test]
    fn any_offset_is_read(time in 0..4_000_000_000_000_i64, hours in 0..14_i64, minutes in 0..60_i64, west in any::<bool>()) {
        let shift = (hours * 60 + minutes) * 60_000;
        let local = printed(time + if west { -shift } else { shift });
        let sign = if west { '-' } else { '+' };
        let text = format!("{}{sign}{hours:02}:{minutes:02}", local.trim_end_matches('Z'));
        prop_assert_eq!(read(&text), Some(time));
    }
}

#[test]
fn known_moments() {
    let known = [
        (0, "1970-01-01T00:00:00Z"),
        (1_769_817_600_000, "2026-01-31T00:00:00Z"),
        (951_782_400_001, "2000-02-29T00:00:00.001Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        (253_402_300_800_000, "+10000-01-01T00:00:00Z"),
        (-62_167_219_200_001, "-0001-12-31T23:59:59.999Z"),
    ];
    for (time, text) in known {
        assert_eq!(printed(time), text);
        assert_eq!(read(text), Some(time));
    }
    assert_eq!(read("2026-01-31t00:00:00.1239z"), Some(1_769_817_600_123));
    assert_eq!(read("2016-12-31T23:59:60Z"), read("2016-12-31T23:59:59Z"));
}

#[test]
fn what_is_no_moment() {
    for text in [
        "",
        "2026-01-31",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+1:00",
        "2026-01-01T00:00:00Zx",
        "26-01-01T00:00:00Z",
        "+999999999-01-01T00:00:00Z",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn durations_are_written_as_literals() {
    for (n, text) in
        [(0, "0ms"), (250, "250ms"), (5_400_000, "1h30m"), (-172_800_000, "-2d"), (90_061_001, "1d1h1m1s1ms")]
    {
        assert_eq!(duration(n), text);
    }
    assert_eq!(duration(i64::MIN), "-106751991167d7h12m55s808ms");
}
