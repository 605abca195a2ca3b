//! Closed conditions on an event's fields, as data: the form is in `wit/event.wit`.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::same;

/// Does the condition hold of these fields? A field that is not there is null; what is no condition does not hold.
pub(crate) fn holds(condition: &Value, data: &Value) -> bool {
    judge(condition, data).unwrap_or(false)
}

/// `None`: it is no condition.
fn judge(condition: &Value, data: &Value) -> Option<bool> {
    let (verb, parts) = condition.as_array()?.split_first()?;
    match (verb.as_str()?, parts) {
        ("&&", parts) => all(parts, data),
        ("||", parts) => parts.iter().try_fold(false, |any, part| Some(judge(part, data)? || any)),
        ("!", [part]) => judge(part, data).map(|held| !held),
        (verb, [one, other]) => compare(verb, side(one, data)?, side(other, data)?),
        _ => None,
    }
}

fn all(parts: &[Value], data: &Value) -> Option<bool> {
    parts.iter().try_fold(true, |all, part| Some(judge(part, data)? && all))
}

/// What a side stands for.
fn side<'a>(side: &'a Value, data: &'a Value) -> Option<&'a Value> {
    if let Some(value) = side.get("value") {
        return Some(value);
    }
    let path = side.get("field")?.as_str()?;
    let found = path.split('.').try_fold(data, |value, name| value.get(name));
    Some(found.unwrap_or(&Value::Null))
}

fn compare(verb: &str, one: &Value, other: &Value) -> Option<bool> {
    Some(match verb {
        "==" => equal(one, other),
        "!=" => !equal(one, other),
        "<" => order(one, other) == Some(Ordering::Less),
        "<=" => matches!(order(one, other), Some(Ordering::Less | Ordering::Equal)),
        ">" => order(one, other) == Some(Ordering::Greater),
        ">=" => matches!(order(one, other), Some(Ordering::Greater | Ordering::Equal)),
        "in" => other.as_array().is_some_and(|items| items.iter().any(|item| equal(one, item))),
        _ => return None,
    })
}

fn equal(one: &Value, other: &Value) -> bool {
    same(one, other) || moments(one, other).is_some_and(|(one, other)| one == other)
}

/// Numbers, moments and texts have an order among themselves; nothing else has.
fn order(one: &Value, other: &Value) -> Option<Ordering> {
    if let (Some(one), Some(other)) = (one.as_i64(), other.as_i64()) {
        return Some(one.cmp(&other));
    }
    if let (Some(one), Some(other)) = (one.as_f64(), other.as_f64()) {
        return one.partial_cmp(&other);
    }
    if let Some((one, other)) = moments(one, other) {
        return Some(one.cmp(&other));
    }
    Some(one.as_str()?.cmp(other.as_str()?))
}

/// Times are texts, and one moment can be written in several ways.
fn moments(one: &Value, other: &Value) -> Option<(Timestamp, Timestamp)> {
    Some((one.as_str()?.parse().ok()?, other.as_str()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of(verb: &str, field: &str, value: impl Into<Value>) -> Value {
        let value: Value = value.into();
        json!([verb, { "field": field }, { "value": value }])
    }

    #[test]
    fn each_comparison_means_what_it_says() {
        let data = json!({
            "n": 3, "x": 2.5, "s": "b", "at": "2026-01-31T10:00:00+01:00", "in": { "deep": [1] }, "null": null
        });
        let holds = |condition: Value| holds(&condition, &data);
        for (verb, truth) in
            [("==", [false, true, false]), ("!=", [true, false, true]), ("<", [false, false, true])]
        {
            assert_eq!([2, 3, 4].map(|n| holds(of(verb, "n", json!(n)))), truth, "{verb}");
        }
        assert!(
            holds(of("<=", "x", json!(2.5)))
                && holds(of(">=", "n", json!(2.9)))
                && !holds(of(">", "x", json!(3)))
        );
        assert!(holds(of("<", "s", json!("c"))) && holds(of("==", "at", json!("2026-01-31T09:00:00Z"))));
        assert!(holds(of("<", "at", json!("2026-01-31T09:00:00.001Z"))), "moments, not letters");
        assert!(holds(of("in", "n", json!([1, 3.0]))) && !holds(of("in", "n", json!([]))));
        assert!(holds(of("==", "in.deep", json!([1]))) && holds(of("==", "null", json!(null))));
        assert!(holds(json!(["&&", of("==", "n", json!(3)), ["!", of("==", "s", json!("a"))]])));
        assert!(holds(json!(["||", of("==", "n", json!(4)), of("==", "s", json!("b"))])));
        assert!(holds(json!(["&&"])) && !holds(json!(["||"])));
    }

    #[test]
    fn a_field_that_is_not_there_is_null_and_nothing_else() {
        let holds = |condition: Value| holds(&condition, &json!({ "a": 1 }));
        assert!(holds(of("!=", "b", json!("x"))) && holds(of("==", "b.c", json!(null))));
        for verb in ["==", "<", "<=", ">", ">="] {
            assert!(!holds(of(verb, "b", json!("x"))) && !holds(of(verb, "a.b", json!(0))), "{verb}");
        }
    }

    #[test]
    fn what_is_no_condition_does_not_hold() {
        for wrong in [
            json!(null),
            json!([]),
            json!(["~", 1, 2]),
            json!(["=="]),
            json!(["!", ["=="]]),
            json!(["==", 1, 1]),
        ] {
            assert!(!holds(&wrong, &json!({})), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_pair_of_numbers_is_ordered_in_one_way(a in any::<i64>(), b in any::<i64>()) {
            let held: Vec<_> =
                ["<", "==", ">"].into_iter().filter(|verb| holds(&of(verb, "n", json!(b)), &json!({ "n": a }))).collect();
            prop_assert_eq!(held.len(), 1);
        }
    }
}
