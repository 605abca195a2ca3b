use super::*;
use crate::check;

const HEAD: &str =
    "event go { id: string }\ntool t { a(n: int) -> { x: int } b(n: int) -> null c(n: int) -> null }\n";

fn compared(old: &str, new: &str) -> Comparison {
    let [old, new] = [old, new].map(|text| {
        let text = if text.contains("workflow") {
            text.to_owned()
        } else {
            format!("workflow w(n: int) {{ {text} }}")
        };
        let checked = check("w.cairn", &format!("{HEAD}{text}"));
        assert!(checked.is_fine(), "{}", cairn_dsl::render(&checked.source, &checked.diagnostics, false));
        checked
    });
    compare((&old, &old.workflows[0]), (&new, &new.workflows[0]))
}

/// The verdict for each key.
fn verdicts(old: &str, new: &str) -> Vec<(String, Verdict)> {
    compared(old, new).waiting.into_iter().map(|place| (place.key, place.verdict)).collect()
}

fn codes(old: &str, new: &str) -> Vec<&'static str> {
    compared(old, new).changes.iter().map(|change| change.code).collect()
}

use Verdict::{Maybe, No, Yes};

#[test]
fn what_is_added_behind_harms_nobody_and_in_front_everybody() {
    let old = "call t.b(n) wait go()";
    let at = |one, two| vec![("t.b".to_owned(), one), ("go".to_owned(), two)];
    assert_eq!(verdicts(old, "call t.b(n) wait go() call t.c(n)"), at(Yes, Yes));
    assert_eq!(verdicts(old, "call t.b(n) call t.c(n) wait go()"), at(Yes, No));
    assert_eq!(verdicts(old, "call t.c(n) call t.b(n) wait go()"), at(No, No));
    assert_eq!(verdicts(old, "if n > 1 { call t.c(n) } call t.b(n) wait go()"), at(Maybe, Maybe));
    assert_eq!(verdicts(old, "wait go() call t.b(n)"), at(No, Maybe));
}

#[test]
fn what_is_taken_away_was_perhaps_recorded() {
    let at = |one, two| vec![("t.b".to_owned(), one), ("go".to_owned(), two)];
    assert_eq!(verdicts("call t.b(n) wait go()", "wait go()"), at(No, No));
    assert_eq!(verdicts("if n > 1 { call t.b(n) } wait go()", "wait go()"), at(No, Maybe));
    assert_eq!(verdicts("call t.b(n) wait go()", "call t.b(n: n + 1) wait go()"), at(No, No));
    let arms = "if n > 1 { call t.b(n) } else { wait go() }";
    assert_eq!(verdicts(arms, "if n > 1 { } else { wait go() }"), at(No, Yes));
}

#[test]
fn a_wrapper_keeps_keys_and_a_loop_changes_them() {
    assert_eq!(verdicts("call t.b(n)", "if n > 1 { call t.b(n) }"), [("t.b".to_owned(), Yes)]);
    assert_eq!(codes("call t.b(n)", "if n > 1 { call t.b(n) }"), [] as [&str; 0]);
    assert_eq!(codes("call t.b(n)", "for i in [1] { call t.b(n) }"), ["E1101", "E1102"]);
}

#[test]
fn keys_kinds_requests_and_results_are_told_apart() {
    assert_eq!(codes("let x = call t.b(n)", "let x = wait go()"), ["E1103", "E1109"]);
    assert_eq!(codes("sleep 1m", "sleep 2m"), ["E1104"]);
    assert_eq!(codes("sleep 1m // so long\n", "sleep  1m"), [] as [&str; 0]);
    let other = HEAD.replace("{ x: int }", "{ x: string }");
    let text = "workflow w(n: int) { call t.a(n) }";
    let [old, new] = [HEAD, &other].map(|head| check("w.cairn", &format!("{head}{text}")));
    let compared = compare((&old, &old.workflows[0]), (&new, &new.workflows[0]));
    assert_eq!(compared.changes[0].code, "E1105");
    assert_eq!(compared.waiting[0].verdict, Maybe);
}

#[test]
fn those_outside_are_told_what_changes_for_them() {
    let w = |head: &str| format!("workflow w{head} {{ wait go() }}");
    let broken =
        |old: &str, new: &str| compared(&w(old), &w(new)).changes.iter().any(|change| change.breaking);
    assert!(!broken("(a: int)", "(a: int, b?: int)"));
    assert!(!broken("(a: int)", "(a: int?)"));
    assert!(broken("(a: int?)", "(a: int)"));
    assert!(broken("(a: int)", "(a: int, b: int)"));
    assert_eq!(compared(&w("(a: int)"), &w("(a: int, b: int)")).waiting[0].verdict, No);
    assert!(broken("() -> int?", "() -> string?"));
    assert!(!broken("() -> int?", "() -> null"));
    assert_eq!(codes("wait go()", "call t.b(n)"), ["E1101", "E1102", "E1109"]);
}
