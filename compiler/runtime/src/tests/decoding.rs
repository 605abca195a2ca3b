use super::{text, value};
use crate::decode::{Desc, FieldDesc, Path, decode};
use crate::value::{Slice, Str, Value, keep};

fn name(text: &'static str) -> &'static Value {
    keep(Value::Text(Str::new(text)))
}

fn field(of: &'static str, ty: Desc, optional: bool) -> FieldDesc {
    FieldDesc { name: name(of), ty: keep(ty), optional: u32::from(optional) }
}

fn record(fields: Vec<FieldDesc>) -> Desc {
    Desc::Record(Slice::new(fields.leak()))
}

fn union(of: Vec<Desc>) -> Desc {
    let of: Vec<&'static Desc> = of.into_iter().map(|d| keep(d)).collect();
    Desc::Union(Slice::new(of.leak()))
}

fn list(of: Desc) -> Desc {
    Desc::List(keep(of))
}

fn order() -> Desc {
    let item = record(vec![field("sku", Desc::Text, false), field("qty", Desc::Int, false)]);
    record(vec![
        field("id", Desc::Text, false),
        field("items", list(item), false),
        field("note", Desc::Text, true),
        field("due", union(vec![Desc::Time, Desc::Null]), false),
    ])
}

/// What comes out, or the message.
fn decoded(desc: Desc, json: &str) -> Result<String, String> {
    match decode(keep(desc), value(json), &Path::Root("")) {
        Ok(value) => Ok(text(value)),
        Err(fault) => {
            assert_eq!(fault.kind, "bad_data");
            let detail =
                fault.detail.as_record().map(|d| d.entries().iter().map(|e| e.name).collect::<Vec<_>>());
            assert_eq!(detail, Some(vec!["path", "expected", "found"]));
            Err(fault.message.into())
        }
    }
}

#[test]
fn unknown_fields_go_and_missing_ones_are_null_where_they_may_be() {
    let json = r#"{"x":1,"id":"a","items":[{"sku":"s","qty":1.0,"y":2}],"note":null}"#;
    assert_eq!(decoded(order(), json), Ok(r#"{"id":"a","items":[{"sku":"s","qty":1}],"due":null}"#.into()));
}

#[test]
fn what_fits_is_not_copied() {
    let json = value(r#"{"id":"a","items":[{"sku":"s","qty":1}],"note":"n","due":null}"#);
    let decoded = decode(keep(order()), json, &Path::Root(""));
    assert!(decoded.is_ok_and(|d| core::ptr::eq(d, json)));
}

#[test]
fn the_path_leads_to_what_is_wrong() {
    let cases = [
        (
            r#"{"id":"a","items":[{"sku":"s","qty":1},{"sku":"t","qty":"2"}]}"#,
            "expected int at items[1].qty, found \"2\"",
        ),
        (r#"{"id":7,"items":[]}"#, "expected string at id, found 7"),
        (r#"{"items":[]}"#, "expected string at id, found nothing"),
        (r#"{"id":"a","items":{}}"#, "expected a list at items, found an object"),
        (r#"{"id":"a","items":[],"due":"soon"}"#, "expected time (RFC 3339) | null at due, found \"soon\""),
        ("[]", "expected a record, found a list"),
    ];
    for (json, message) in cases {
        assert_eq!(decoded(order(), json), Err(message.into()));
    }
}

#[test]
fn numbers_are_ints_or_floats_by_their_worth() {
    assert_eq!(decoded(Desc::Int, "1e3"), Ok("1000".into()));
    assert_eq!(decoded(Desc::Float, "1"), Ok("1.0".into()));
    assert_eq!(decoded(Desc::Int, "9223372036854775807"), Ok("9223372036854775807".into()));
    assert_eq!(
        decoded(Desc::Int, "9223372036854775808"),
        Err("expected int, found 9223372036854775808".into())
    );
    assert_eq!(decoded(Desc::Int, "1.5"), Err("expected int, found 1.5".into()));
    assert_eq!(decoded(Desc::Float, "1e400"), Err("expected float, found 1e400".into()));
    assert_eq!(decoded(Desc::Json, "1e400"), Ok("1e400".into()));
    assert_eq!(decoded(Desc::Float, "18446744073709551616"), Ok("1.8446744073709552e19".into()));
}

#[test]
fn a_union_speaks_of_the_alternative_that_was_meant() {
    let tagged =
        |tag: &'static str, of: FieldDesc| record(vec![field("kind", Desc::Lit(name(tag)), false), of]);
    let shape = || {
        union(vec![
            tagged("circle", field("r", Desc::Float, false)),
            tagged("square", field("side", Desc::Int, false)),
        ])
    };
    assert_eq!(
        decoded(shape(), r#"{"kind":"square","side":2,"r":1}"#),
        Ok(r#"{"kind":"square","side":2}"#.into())
    );
    assert_eq!(
        decoded(shape(), r#"{"kind":"square","side":"2"}"#),
        Err("expected int at side, found \"2\"".into())
    );
    assert_eq!(
        decoded(shape(), r#"{"kind":"line"}"#),
        Err("expected a record | a record, found an object".into())
    );
    let either = || union(vec![Desc::Lit(name("on")), Desc::Lit(name("off")), Desc::Int]);
    assert_eq!(decoded(either(), "\"off\""), Ok("\"off\"".into()));
    assert_eq!(decoded(either(), "\"of\""), Err("expected \"on\" | \"off\" | int, found \"of\"".into()));
}

#[test]
fn bytes_times_and_maps() {
    assert_eq!(decoded(Desc::Bytes, "\"aGkh\""), Ok("\"aGkh\"".into()));
    assert_eq!(decoded(Desc::Time, "\"2026-01-31T01:00:00+01:00\""), Ok("\"2026-01-31T00:00:00Z\"".into()));
    let map = || Desc::Map(keep(Desc::Duration));
    assert_eq!(decoded(map(), r#"{"a":5}"#), Ok(r#"{"a":5}"#.into()));
    assert_eq!(
        decoded(map(), r#"{"a":5,"b c":true}"#),
        Err("expected duration (milliseconds) at b c, found true".into())
    );
}

#[test]
fn a_long_text_is_cut_in_the_message() {
    let long = format!("\"{}\"", "ä".repeat(100));
    assert_eq!(decoded(Desc::Int, &long), Err(format!("expected int, found \"{}…\"", "ä".repeat(40))));
}
