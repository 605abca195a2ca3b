use jiff::{Timestamp, tz::TimeZoneDatabase};
use proptest::prelude::*;

use super::{Cron, Moments};

/// The next ones behind a moment, as UTC.
fn next(cron: &str, zone: &str, behind: &str, many: usize) -> Vec<String> {
    let moments = Moments::new(cron, zone).unwrap();
    let mut at = u64::try_from(behind.parse::<Timestamp>().unwrap().as_millisecond()).unwrap();
    let mut found = Vec::new();
    while found.len() < many {
        at = moments.behind(at).unwrap();
        found.push(Timestamp::from_millisecond(i64::try_from(at).unwrap()).unwrap().to_string());
    }
    found
}

#[test]
fn expressions_are_read_and_others_refused() {
    for fine in [
        "0 2 * * *",
        "*/5 9-17 * * MON-fri",
        "0,30 0 1 jan,jul *",
        "0 0 31 1-3 *",
        "5/15 * 29 2 *",
        "0 0 30 2 MON",
    ] {
        assert!(Cron::read(fine).is_ok(), "{fine}");
    }
    for (wrong, said) in [
        ("0 2 * *", "has 5 fields (minute, hour, day, month, weekday), and this has 4"),
        ("60 * * * *", "`60` is no minute: it is 0 to 59"),
        ("* 24 * * *", "`24` is no hour"),
        ("+1 * * * *", "`+1` is no minute"),
        ("0 0 30 2 *", "never comes"),
        ("0 0 30 2 */2", "never comes"),
        ("0 0 31 4,6 *", "never comes"),
        ("5-1 * * * *", "begins behind its end"),
        ("*/0 * * * *", "`*/0` is no minute"),
        ("@daily", "this has 1"),
        ("0 0 * * x", "`x` is no day of the week"),
    ] {
        let why = Cron::read(wrong).unwrap_err();
        assert!(why.contains(said), "{wrong}: {why}");
    }
}

#[test]
fn fields_mean_what_they_mean_to_cron() {
    assert_eq!(
        next("*/20 9-10 * * *", "UTC", "2026-01-31T09:40:00Z", 5),
        [
            "2026-01-31T10:00:00Z",
            "2026-01-31T10:20:00Z",
            "2026-01-31T10:40:00Z",
            "2026-02-01T09:00:00Z",
            "2026-02-01T09:20:00Z"
        ]
    );
    // 5/20 is 5-59/20.
    assert_eq!(
        next("5/50 0 1 * *", "UTC", "2026-01-01T00:05:00Z", 2),
        ["2026-01-01T00:55:00Z", "2026-02-01T00:05:00Z"]
    );
    // Sunday is 0, 7 and sun.
    for sunday in ["0", "7", "sun"] {
        assert_eq!(
            next(&format!("0 0 * * {sunday}"), "UTC", "2026-11-23T00:00:00Z", 1),
            ["2026-11-29T00:00:00Z"]
        );
    }
    // The 13th or a Friday; with a star in front of either, both.
    assert_eq!(
        next("0 0 13 * FRI", "UTC", "2026-11-06T00:00:00Z", 3),
        ["2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z", "2026-11-27T00:00:00Z"]
    );
    assert_eq!(
        next("0 0 */2 * MON", "UTC", "2026-11-22T00:00:00Z", 2),
        ["2026-11-23T00:00:00Z", "2026-12-07T00:00:00Z"]
    );
    // What comes every four years, and not in 2100.
    assert_eq!(
        next("0 0 29 2 *", "UTC", "2096-01-01T00:00:00Z", 2),
        ["2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"]
    );
    // Weekday and 29 February together: over 2100 that is 40 years, which is as long as it gets.
    assert_eq!(next("0 0 29 2 */7", "UTC", "2088-02-29T00:00:00Z", 1), ["2128-02-29T00:00:00Z"]);
}

#[test]
fn a_time_of_day_that_the_clock_leaves_out_is_as_much_later_and_comes_once() {
    // Berlin goes from 02:00 to 03:00 on 29 March 2026, at 01:00 UTC.
    assert_eq!(
        next("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3),
        ["2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]
    );
    // What is moved onto another one is one.
    assert_eq!(
        next("0 2,3 * * *", "Europe/Berlin", "2026-03-28T03:00:00Z", 3),
        ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z", "2026-03-30T01:00:00Z"]
    );
    // Lord Howe Island goes by half an hour: 02:00 to 02:30 on 4 October 2026.
    assert_eq!(
        next("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", 2),
        ["2026-10-03T15:45:00Z", "2026-10-04T15:15:00Z"]
    );
    // Samoa left out 30 December 2011: its noon is that of the 31st.
    assert_eq!(
        next("0 12 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z", 2),
        ["2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z"]
    );
}

#[test]
fn a_time_of_day_that_comes_twice_is_the_first() {
    // Berlin goes from 03:00 back to 02:00 on 25 October 2026, at 01:00 UTC.
    assert_eq!(
        next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
        ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
    );
    assert_eq!(
        next("*/30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 3).last().unwrap(),
        "2026-10-26T01:00:00Z"
    );
}

#[test]
fn what_comes_every_hour_goes_on_while_clocks_are_set() {
    assert_eq!(
        next("30 * * * *", "Europe/Berlin", "2026-10-24T23:40:00Z", 4),
        ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z", "2026-10-25T03:30:00Z"]
    );
    assert_eq!(
        next("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:15:00Z", 3),
        ["2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"]
    );
    // Every second hour: the one that is left out does not come, the one that is shown twice does so twice.
    assert_eq!(
        next("0 */2 * * *", "Europe/Berlin", "2026-03-28T23:00:00Z", 2),
        ["2026-03-29T02:00:00Z", "2026-03-29T04:00:00Z"]
    );
    assert_eq!(
        next("0 */2 * * *", "Europe/Berlin", "2026-10-24T22:30:00Z", 3),
        ["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T03:00:00Z"]
    );
}

#[test]
fn what_is_wrong_with_a_zone_is_said() {
    let why = Moments::new("0 0 * * *", "Europe/Atlantis").unwrap_err();
    assert!(why.contains("no time zone `Europe/Atlantis`"), "{why}");
}

fn field(least: u8, most: u8) -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("*".to_owned()),
        2 => (least..=most).prop_map(|n| n.to_string()),
        1 => (2..=9_u8).prop_map(|n| format!("*/{n}")),
        1 => (least..=most, least..=most).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
        1 => (least..=most, least..=most).prop_map(|(a, b)| format!("{a},{b}")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Away from changes of offset: the next moment is the first minute behind that matches, looked for minute by minute.
    #[test]
    fn the_next_one_is_the_first_that_matches(minute in field(0, 59), hour in field(0, 23), day in field(1, 28), weekday in field(0, 7), from in 1_767_225_600_u64..1_800_000_000) {
        let text = format!("{minute} {hour} {day} * {weekday}");
        let moments = Moments::new(&text, "UTC").unwrap();
        let cron = Cron::read(&text).unwrap();
        let found = moments.behind(from * 1000).unwrap();
        let zone = TimeZoneDatabase::bundled().get("UTC").unwrap();
        let mut at = (from / 60 + 1) * 60;
        loop {
            let there = Timestamp::from_second(i64::try_from(at).unwrap()).unwrap().to_zoned(zone.clone());
            let has = |set: &super::Set, n: i8| set.has(u8::try_from(n).unwrap());
            let days = (has(&cron.days, there.day()), has(&cron.weekdays, there.weekday().to_sunday_zero_offset()));
            let starred = cron.days.starred || cron.weekdays.starred;
            let day = if starred { days.0 && days.1 } else { days.0 || days.1 };
            if day && has(&cron.hours, there.hour()) && has(&cron.minutes, there.minute()) {
                break;
            }
            at += 60;
            // A year of minutes is enough to look through; the rest is left to the other tests.
            prop_assume!(at < from + 400 * 86_400);
        }
        prop_assert_eq!(found, at * 1000, "{}", text);
    }

    /// Wherever: it is behind, and nothing lies between two that follow each other.
    #[test]
    fn moments_come_in_order_and_none_is_left_out(minute in field(0, 59), hour in field(0, 23), month in 1..=12_u8, zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]), from in 1_300_000_000_000_u64..1_900_000_000_000, between in 0..1000_u64) {
        let moments = Moments::new(&format!("{minute} {hour} * {month} *"), zone).unwrap();
        let first = moments.behind(from).unwrap();
        let second = moments.behind(first).unwrap();
        prop_assert!(from < first && first < second && first.is_multiple_of(60_000));
        prop_assert_eq!(moments.behind(from + (first - from - 1) * between / 1000), Some(first));
        prop_assert_eq!(moments.behind(first + (second - first - 1) * between / 1000), Some(second));
    }

    /// Where no clock is set nearby it is found in a shorter way: the same one.
    #[test]
    fn the_short_way_leads_to_the_same_moment(minute in field(0, 59), hour in field(0, 23), day in field(1, 28), weekday in field(0, 7), zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"]), from in prop_oneof![1_325_000_000_000_u64..1_325_400_000_000, 1_774_500_000_000_u64..1_775_000_000_000, 1_300_000_000_000_u64..1_900_000_000_000]) {
        let moments = Moments::new(&format!("{minute} {hour} {day} * {weekday}"), zone).unwrap();
        let after = Timestamp::from_millisecond(i64::try_from(from).unwrap()).unwrap();
        if let Some(found) = moments.soon_behind(after) {
            prop_assert_eq!(Some(found), moments.first_behind(after));
        }
    }

    #[test]
    fn no_text_harms(text in "[-*/0-9a-z, ]{0,20}", at in any::<u64>()) {
        if let Ok(moments) = Moments::new(&text, "Europe/Paris") {
            let _ = (moments.behind(at), moments.newest(at, at.saturating_add(1 << 33), 3));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    /// The newest ones are the last of all that follow each other.
    #[test]
    fn the_newest_are_the_last_ones(minute in field(0, 59), hour in field(0, 23), weekday in field(0, 7), zone in prop::sample::select(vec!["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"]), from in prop_oneof![1_325_000_000_000_u64..1_325_400_000_000, 1_774_000_000_000_u64..1_776_000_000_000], hours in 0..30_u64, most in 1..30_usize) {
        let moments = Moments::new(&format!("{minute} {hour} * * {weekday}"), zone).unwrap();
        let until = from + hours * 3_600_000;
        let (mut all, mut at) = (Vec::new(), from);
        while let Some(next) = moments.behind(at).filter(|next| *next <= until) {
            all.push(next);
            at = next;
        }
        let last = all.split_off(all.len().saturating_sub(most));
        prop_assert_eq!(moments.newest(from, until, most), last);
    }
}
