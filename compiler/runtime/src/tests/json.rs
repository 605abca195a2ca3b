use proptest::prelude::*;
use serde_json::Value;

use super::{text, value};
use crate::json::{canonical, parse, plain};
use crate::order::equal;
use crate::value::{self as make, keep};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e300..1e300_f64).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 12, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..12).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..20)
                .prop_map(|of| Value::Object(of.into_iter().collect())),
        ]
    })
}

proptest! {
    /// serde_json is the oracle for both directions.
    #[test]
    fn what_is_read_is_printed_again(json in any_json()) {
        for written in [json.to_string(), serde_json::to_string_pretty(&json)?] {
            let read: Value = serde_json::from_str(&text(value(&written)))?;
            prop_assert_eq!(&read, &json);
        }
    }

    #[test]
    fn whatever_is_refused_here_is_refused_there(written in r#"[\[\]{}",:0-9eE+.\-tfnul\\ ]{0,12}"#) {
        let here = parse(written.clone().leak()).is_ok();
        let there = serde_json::from_str::<Value>(&written);
        // serde_json refuses floats beyond the largest; here they keep their text.
        let beyond = there.as_ref().is_err_and(|e| e.to_string().contains("out of range"));
        prop_assert_eq!(here, there.is_ok() || beyond, "{}", written);
    }

    #[test]
    fn the_canonical_text_does_not_depend_on_order(json in any_json()) {
        let mut turned = json.clone();
        turn(&mut turned);
        let (a, b) = (value(&json.to_string()), value(&turned.to_string()));
        prop_assert!(equal(a, b).is_ok_and(|e| e));
        prop_assert_eq!(canonical(a).ok(), canonical(b).ok());
    }

    #[test]
    fn json_is_plain_already(json in any_json()) {
        let read = value(&json.to_string());
        prop_assert!(plain(read).is_ok_and(|p| core::ptr::eq(p, read)));
    }
}

/// Turns the order of all fields around.
fn turn(json: &mut Value) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(turn),
        Value::Object(fields) => {
            let mut entries: Vec<_> = core::mem::take(fields).into_iter().rev().collect();
            entries.iter_mut().for_each(|(_, v)| turn(v));
            fields.extend(entries);
        }
        _ => {}
    }
}

#[test]
fn numbers_come_out_as_they_went_in() {
    for number in [
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "1e400",
        "1.10",
        "-0",
        "1E5",
        "0.1",
    ] {
        let expected = if number == "-0" { "0" } else { number };
        assert_eq!(text(value(number)), expected);
    }
}

#[test]
fn the_last_of_two_alike_names_wins_where_the_first_stood() {
    assert_eq!(text(value(r#"{"a":1,"b":2,"a":3}"#)), r#"{"a":3,"b":2}"#);
    let many: String = (0..100).map(|i| format!(r#""k{}":{i},"#, i % 50)).collect();
    let table = value(&format!("{{{}}}", many.trim_end_matches(',')));
    let table = table
        .as_record()
        .map(|t| (t.entries().len(), t.get_or_null("k7").as_text().len(), text(t.get_or_null("k7"))));
    assert_eq!(table, Some((50, 0, "57".into())));
}

#[test]
fn equal_numbers_have_one_canonical_text() {
    for (a, b) in [("1", "1.0"), ("100", "1e2"), ("0.5", "5e-1"), ("0", "-0.0"), ("1.50", "1.5")] {
        assert!(equal(value(a), value(b)).is_ok_and(|e| e), "{a} {b}");
        assert_eq!(canonical(value(a)).ok(), canonical(value(b)).ok());
    }
    for (a, b) in [
        ("9223372036854775808", "9223372036854775809"),
        ("9007199254740993", "9007199254740992.0"),
        ("1", "\"1\""),
    ] {
        assert!(equal(value(a), value(b)).is_ok_and(|e| !e), "{a} {b}");
    }
}

#[test]
fn depth_has_a_bound_and_it_is_told() {
    let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
    assert!(parse(nested(121).leak()).is_ok());
    let fault = parse(nested(122).leak()).err().map(|f| (f.kind, f.message));
    assert_eq!(fault, Some(("bad_data", "expected JSON of at most 120 levels at byte 121, found `[`")));
    assert!(parse(nested(1_000_000).leak()).is_err());
    let deep = (0..200).fold(make::int(1), |v, _| make::list(vec![v]));
    let other = (0..200).fold(make::int(1), |v, _| make::list(vec![v]));
    for kind in
        [crate::json::print(deep).err(), canonical(deep).err(), plain(deep).err(), equal(deep, other).err()]
    {
        assert_eq!(kind.map(|f| f.kind), Some("limit"));
    }
}

#[test]
fn plain_is_what_printing_and_reading_would_give() {
    let mut table = crate::table::Table::new(3);
    table.put("at", keep(make::Value::Time(1_769_817_600_000)));
    table.put("for", keep(make::Value::Duration(5)));
    table.put("raw", keep(make::Value::Bytes(make::Slice::new(b"hi!"))));
    let typed = make::list(vec![make::record(table)]);
    let plain = plain(typed).unwrap_or(&make::NULL);
    assert!(equal(plain, value(&text(typed))).is_ok_and(|e| e));
    assert_eq!(text(plain), r#"[{"at":"2026-01-31T00:00:00Z","for":5,"raw":"aGkh"}]"#);
}
