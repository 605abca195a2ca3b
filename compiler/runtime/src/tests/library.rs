use proptest::prelude::*;

use super::{text, value};
use crate::fault::{Failure, Fault};
use crate::list::{self, Lambda};
use crate::value::{self as make, V, Value};
use crate::{case, draw, glob, text as texts};

/// A lambda made of a closure.
struct By<F>(F);

impl<F: Fn(V) -> Result<V, Fault>> Lambda for By<F> {
    fn call(&self, item: V, _at: usize) -> Result<V, Fault> {
        (self.0)(item)
    }
}

fn ints(of: &[i64]) -> Vec<V> {
    of.iter().map(|n| make::int(*n)).collect()
}

fn shown(result: Result<V, Fault>) -> String {
    result.map_or_else(|fault| fault.kind.into(), text)
}

proptest! {
    #[test]
    fn sorting_is_stable(of in prop::collection::vec((0..5_i64, any::<u8>()), 0..60)) {
        let pairs: Vec<V> = of.iter().map(|(k, v)| make::list(vec![make::int(*k), make::int(i64::from(*v))])).collect();
        let sorted = list::sort_by(&pairs, &By(|v: V| Ok(list::item(v.items(), 0))));
        let mut expected = of;
        expected.sort_by_key(|p| p.0);
        prop_assert_eq!(shown(sorted), serde_json::to_string(&expected)?);
    }

    #[test]
    fn slices_are_those_of_scalar_values(of in "\\PC{0,8}", from in -10..10_i64, to in -10..10_i64) {
        let chars: Vec<char> = of.chars().collect();
        let place = |at: i64| (if at < 0 { at + chars.len() as i64 } else { at }).clamp(0, chars.len() as i64) as usize;
        let expected: String = chars.get(place(from)..place(to)).unwrap_or(&[]).iter().collect();
        prop_assert_eq!(texts::slice(of.leak(), from, to).as_text(), expected);
    }

    #[test]
    fn splitting_and_joining_are_opposites(of in "[a-cäß,]{0,12}", by in "[,a]{0,2}") {
        let parts = texts::split(of.clone().leak(), &by);
        prop_assert_eq!(texts::join(parts.items(), &by).as_text(), of);
    }

    #[test]
    fn unique_is_what_has_no_duplicate(of in prop::collection::vec(-3..3_i64, 0..12)) {
        let unique = list::unique(&ints(&of)).unwrap_or(&make::NULL);
        let mut expected = Vec::new();
        of.iter().for_each(|n| if !expected.contains(n) { expected.push(*n) });
        prop_assert_eq!(text(unique), serde_json::to_string(&expected)?);
        prop_assert!(list::first_duplicate(unique.items()).is_ok_and(Value::is_null));
        prop_assert_eq!(list::first_duplicate(&ints(&of)).is_ok_and(Value::is_null), expected.len() == of.len());
    }

    #[test]
    fn draws_lie_in_their_range(bits in any::<u64>(), low in any::<i64>(), high in any::<i64>()) {
        match draw::between(bits, low, high) {
            Ok(n) => prop_assert!(low <= n && n < high),
            Err(fault) => prop_assert!(low >= high && fault.kind == "arithmetic"),
        }
    }

    #[test]
    fn delays_grow_to_their_bound(first in 0..10_000_i64, longest in 0..1_000_000_i64, round in 0..80_i64) {
        let at = |round| draw::backoff(first, 2.0, longest, round);
        prop_assert!(at(round) <= longest);
        prop_assert!(at(round) <= at(round + 1));
        prop_assert_eq!(at(0), first.min(longest));
    }

    /// A list shared by longer ones never changes.
    #[test]
    fn growing_a_list_leaves_the_shorter_one(of in prop::collection::vec(0..9_i64, 0..9), more in prop::collection::vec(0..9_i64, 0..9)) {
        let short = make::List::new(ints(&of));
        let grow = |by: &[i64]| by.iter().fold(short, |list, n| list.grown(make::int(*n)));
        let (a, b) = (grow(&more), grow(&[7]));
        let json = |list: make::List| text(make::keep(Value::List(list)));
        prop_assert_eq!(json(short), serde_json::to_string(&of)?);
        prop_assert_eq!(json(a), serde_json::to_string(&[of.clone(), more].concat())?);
        prop_assert_eq!(json(b), serde_json::to_string(&[of, vec![7]].concat())?);
    }

    #[test]
    fn a_pattern_without_signs_fits_itself_alone(a in "[ab/]{0,5}", b in "[ab/]{0,5}") {
        prop_assert_eq!(glob::fits(&a, &b), a == b);
        let before = format!("**{b}");
        prop_assert_eq!(glob::fits(&a, &before), a.ends_with(&b));
    }
}

#[test]
fn patterns() {
    let cases = [
        ("src/main.rs", "src/*.rs", true),
        ("src/a/main.rs", "src/*.rs", false),
        ("src/a/main.rs", "src/**.rs", true),
        ("src/a/main.rs", "**/main.rs", true),
        ("main.rs", "?ain.rs", true),
        ("/ain.rs", "?ain.rs", false),
        ("", "*", true),
        ("", "?", false),
        ("äö", "??", true),
    ];
    for (text, pattern, fits) in cases {
        assert_eq!(glob::fits(text, pattern), fits, "{text} {pattern}");
    }
    let hard = "a".repeat(2000);
    assert!(!glob::fits(&hard, &("*a".repeat(100) + "b")));
}

/// Unicode's own mapping is the oracle, where it maps to one character of a Latin block.
#[test]
fn cases_of_latin_are_those_of_unicode() {
    for c in (0..=0x17f_u32).chain(0x1e00..=0x1eff).filter_map(char::from_u32) {
        let one = |mut of: Box<dyn Iterator<Item = char>>| of.next().filter(|_| of.next().is_none());
        if let Some(upper) = one(Box::new(c.to_uppercase())) {
            assert_eq!(case::upper(c), upper, "{c:?}");
        }
        if let Some(lower) = one(Box::new(c.to_lowercase())) {
            assert_eq!(case::lower(c), lower, "{c:?}");
        }
    }
}

#[test]
fn a_lambda_that_fails_ends_it() {
    let calls = core::cell::Cell::new(0);
    let failing = By(|v: V| {
        calls.set(calls.get() + 1);
        if matches!(v, Value::Int(2)) { Err(Failure::plain("missing", "")) } else { Ok(make::truth(true)) }
    });
    assert_eq!(shown(list::map(&ints(&[1, 2, 3]), &failing)), "missing");
    assert_eq!(calls.get(), 2);
    assert_eq!(list::find(&ints(&[1, 2]), &failing, true).map(|v| v.map(text)).ok(), Some(Some("1".into())));
    assert!(list::find(&ints(&[2, 1]), &failing, true).is_err());
}

#[test]
fn sums_and_ranges_have_ends() {
    assert_eq!(list::sum_int(&ints(&[i64::MAX, 1, -1])).err().map(|f| f.kind), Some("overflow"));
    assert_eq!(list::sum_int(&ints(&[i64::MAX, -1, 1])).ok(), Some(i64::MAX));
    assert_eq!(shown(list::range(2, 5)), "[2,3,4]");
    assert_eq!(shown(list::range(5, 2)), "[]");
    assert_eq!(shown(list::range(i64::MIN, i64::MAX)), "limit");
    assert_eq!(shown(list::range(i64::MAX, i64::MIN)), "[]");
    assert_eq!(shown(list::range(0, 1_000_001)), "limit");
    assert_eq!(shown(list::chunks(&ints(&[1, 2, 3]), 2)), "[[1,2],[3]]");
    assert_eq!(shown(list::chunks(&ints(&[1]), 0)), "arithmetic");
}

#[test]
fn groups_keep_their_order() {
    let words = value(r#"["bee","ant","bat","cow","ape"]"#);
    let grouped = list::group_by(words.items(), &By(|v: V| Ok(texts::slice(v.as_text(), 0, 1))));
    assert_eq!(shown(grouped), r#"{"b":["bee","bat"],"a":["ant","ape"],"c":["cow"]}"#);
}

#[test]
fn texts_to_numbers() {
    for (of, expected) in [
        ("12", "12"),
        ("-7", "-7"),
        ("007", "7"),
        ("+5", "null"),
        ("1.0", "null"),
        ("", "null"),
        ("9223372036854775808", "null"),
    ] {
        assert_eq!(text(texts::to_int(of)), expected, "{of}");
    }
    for (of, expected) in [
        ("12", "12.0"),
        ("1e3", "1000.0"),
        ("inf", "null"),
        ("1.", "null"),
        ("1e999", "null"),
        ("-0.5", "-0.5"),
    ] {
        assert_eq!(text(texts::to_float(of)), expected, "{of}");
    }
}

#[test]
fn failures_as_values_are_raised_again_unchanged() {
    let detail = value(r#"{"message":"theirs","kind":"odd","code":7}"#);
    let fault = make::keep(Failure { kind: "http_5xx", message: "ours", detail });
    let caught = fault.to_value();
    assert_eq!(text(caught), r#"{"message":"ours","kind":"http_5xx","code":7}"#);
    let again = Failure::from_value(caught);
    assert_eq!((again.kind, again.message, text(again.detail)), ("http_5xx", "ours", text(detail)));
    assert!(make::keep(Failure { kind: "http_429", message: "", detail }).is_a("http_4xx"));
    assert!(!fault.is_a("http_4xx"));
}

#[test]
fn uuids_say_what_they_are() {
    assert_eq!(texts::uuid(0, 0).as_text(), "00000000-0000-4000-8000-000000000000");
    assert_eq!(texts::uuid(u64::MAX, u64::MAX).as_text(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}
