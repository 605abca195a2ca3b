//! `try`, `catch` and undos.

use serde_json::{Value, json};

use super::guest::Guest;
use super::run;

const UNDO: &str = r#"workflow w(fail_at: int) -> string fails card_declined, out_of_stock {
    let a = call stock.reserve(sku: "a") undo call stock.release(hold: a.hold)
    try {
        let b = call stock.reserve(sku: "b") undo call stock.release(hold: b.hold)
        try {
            let c = call stock.reserve(sku: "c") undo call stock.release(hold: c.hold)
            if fail_at == 1 { fail card_declined { code: "1" } }
            if fail_at == 2 { fail out_of_stock }
            if fail_at == 3 { fail limit { message: "enough" } }
        } catch card_declined as e {
            call pay.refund(id: e.code)
        }
        if fail_at == 4 { fail out_of_stock }
    } catch out_of_stock {
        return "outer"
    }
    if fail_at == 5 { fail card_declined { code: "5", message: "late" } }
    return "fine"
}"#;

fn undone(fail_at: i32) -> (Result<Value, String>, Vec<String>) {
    let holds = |k: &str| format!(r#"{{"hold":"h{k}"}}"#);
    let guest = Guest::new().answer("a", &holds("a")).answer("b", &holds("b")).answer("c", &holds("c"));
    let ended = run(UNDO, guest, &format!(r#"{{"fail_at":{fail_at}}}"#));
    let trace = ended
        .trace
        .into_iter()
        .filter(|l| !l.starts_with("call a ") && !l.starts_with("call b ") && !l.starts_with("call c "));
    (ended.result.map_err(|f| f.0), trace.collect())
}

#[test]
fn undos_run_newest_first_and_only_those_of_the_try() {
    let u = |k: &str| format!(r#"undo {k}.undo stock.release {{"hold":"h{k}"}}"#);
    assert_eq!(undone(0), (Ok(json!("fine")), vec![]));
    assert_eq!(undone(1).0, Ok(json!("fine")));
    assert_eq!(undone(1).1[1..], [u("c"), r#"call pay.refund pay.refund {"id":"1"}"#.into()]);
    // The inner try takes no out_of_stock: its undos are the outer one's.
    assert_eq!(undone(2).0, Ok(json!("outer")));
    assert_eq!(undone(2).1[1..], [u("c"), u("b")]);
    // Nobody takes it: all of them, under `undo`.
    assert_eq!(undone(3), (Err("limit".into()), vec!["unwind undo 0".into(), u("c"), u("b"), u("a")]));
    // The inner try ended well and handed its undo outwards.
    assert_eq!(undone(4).1[1..], [u("c"), u("b")]);
    assert_eq!(
        undone(5),
        (Err("card_declined".into()), vec!["unwind undo 0".into(), u("c"), u("b"), u("a")])
    );
}

#[test]
fn undos_that_fail_replace_the_arm_or_are_told() {
    let list = r#"[{"key":"a.undo","kind":"network","message":"no"}]"#;
    let body = r#"workflow w(top: bool) -> json fails card_declined, out_of_stock {
        if top { let a = call stock.reserve(sku: "a") undo call stock.release(hold: a.hold) fail card_declined { code: "x", message: "sorry" } }
        try {
            try { let a = call stock.reserve(sku: "a") undo call stock.release(hold: a.hold) fail card_declined { code: "x" } }
            catch card_declined { return "not reached" }
        } catch undo_failed as e { return { kind: e.kind } }
    }"#;
    let guest = || Guest::new().answer("a", r#"{"hold":"h"}"#).fail("undo", "undo_failed", list);
    let ended = run(body, guest(), r#"{"top":true}"#);
    let (kind, message, detail) = ended.result.unwrap_err();
    assert_eq!((kind.as_str(), message.as_str()), ("card_declined", "sorry; and of its undos 1 failed"));
    assert_eq!(detail["code"], "x");
    assert_eq!(detail["undo_failed"].to_string(), list);
    let trace = run(body, guest(), r#"{"top":false}"#).trace;
    let key = trace
        .iter()
        .find_map(|l| l.strip_prefix("unwind "))
        .expect("it is there")
        .split(' ')
        .next()
        .expect("it is there")
        .to_owned();
    let ended = run(body, guest().fail(&key, "undo_failed", list), r#"{"top":false}"#);
    assert_eq!(ended.result, Ok(json!({"kind": "undo_failed"})));
}

#[test]
fn what_catch_takes() {
    let body = r#"workflow w() -> json {
        try { let a = call pay.charge(cents: 1) return a.id }
        catch http_4xx as e { return { arm: 1, e } }
        catch card_declined as e { return { arm: 2, code: e.code, e } }
        catch any as e { return { arm: 3, e } }
    }"#;
    let with = |kind: &str, detail: &str| {
        run(body, Guest::new().fail("a", kind, detail), "{}").result.map_err(|f| f.0)
    };
    assert_eq!(
        with("http_429", r#"{"status":429}"#),
        Ok(json!({"arm": 1, "e": {"status": 429, "kind": "http_429", "message": "a failed"}}))
    );
    assert_eq!(
        with("http_4xx", "null"),
        Ok(json!({"arm": 1, "e": {"kind": "http_4xx", "message": "a failed"}}))
    );
    assert_eq!(
        with("card_declined", r#"{"code":"51"}"#),
        Ok(
            json!({"arm": 2, "code": "51", "e": {"code": "51", "kind": "card_declined", "message": "a failed"}})
        )
    );
    assert_eq!(with("timeout", "null").map(|v| v["arm"].clone()), Ok(json!(3)));
    assert_eq!(with("cancelled", "null"), Err("cancelled".into()));
}

#[test]
fn failing_again_changes_nothing() {
    let body = r#"workflow w() -> json fails card_declined {
        try { let a = call pay.charge(cents: 1) return a.id } catch any as e { fail e }
    }"#;
    let ended = run(body, Guest::new().fail("a", "http_5xx", r#"{"status":503,"message":"theirs"}"#), "{}");
    assert_eq!(
        ended.result,
        Err(("http_5xx".into(), "a failed".into(), json!({"status": 503, "message": "theirs"})))
    );
}
