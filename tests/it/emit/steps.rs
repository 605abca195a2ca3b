//! Steps: what is asked for, and what comes back.

use serde_json::json;

use super::guest::Guest;
use super::{kind, run};

#[test]
fn steps_and_their_options() {
    let ended = run(
        r#"workflow w(n: int) -> json fails out_of_stock {
            let a = call stock.reserve(sku: "s${n}") timeout 5s retry { attempts: n + 1, delay: 1s, backoff: "linear", max_delay: 1m, jitter: 0.5, on: [network, timeout] }
            let c = call stock.count()
            let t = call stock.when() retry none
            let j = call stock.anything()
            call pay.refund(id: a.hold) unclear ask
            return { a, c, d: c + 1, t: t + 1s, j }
        }"#,
        Guest::new()
            .answer("a", r#"{"hold":"h","more":1}"#)
            .answer("c", "41")
            .answer("t", "\"2026-01-31T00:00:00Z\"")
            .answer("j", "[1.50]"),
        r#"{"n":2}"#,
    );
    assert_eq!(
        ended.result.as_ref().ok(),
        Some(&json!({"a": {"hold": "h"}, "c": 41, "d": 42, "t": "2026-01-31T00:00:01Z", "j": [1.5]}))
    );
    assert_eq!(
        ended.trace[0],
        r#"call a stock.reserve {"sku":"s2"} timeout=5000 retry=(3 1000 linear 2 60000 0.5 [network timeout])"#
    );
    assert_eq!(ended.trace[4], r#"call pay.refund pay.refund {"id":"h"} unclear=ask"#);
}

#[test]
fn results_are_decoded() {
    let ended = run(
        "workflow w() -> json fails out_of_stock { let a = call stock.reserve(sku: \"s\") return a.hold }",
        Guest::new().answer("a", r#"{"hold":[1]}"#),
        "{}",
    );
    assert_eq!(
        ended.result,
        Err((
            "bad_data".into(),
            "expected string at hold, found a list".into(),
            json!({"path": "hold", "expected": "string", "found": "a list"})
        ))
    );
    let ended = run(
        "workflow w() -> json { let a = call stock.anything() return a }",
        Guest::new().answer("a", "{\"a\":"),
        "{}",
    );
    assert_eq!(kind(&ended), "bad_data");
}

#[test]
fn keys_are_made_of_parts() {
    let body = r#"workflow w(ids: [string]) -> json {
        for id in ids key id { loop again max 2 { call pay.refund(id) sleep 1s } }
        return null
    }"#;
    let ended = run(body, Guest::new(), r#"{"ids":["a/b","50%[é]"]}"#);
    assert_eq!(ended.trace[0], r#"call id[a%2Fb]/again[0]/pay.refund pay.refund {"id":"a/b"}"#);
    assert_eq!(ended.trace[7], "sleep id[50%25%5Bé%5D]/again[1]/sleep span 1000");
    let ended = run(body, Guest::new(), r#"{"ids":["a","b","a"]}"#);
    assert_eq!(kind(&ended), "duplicate_key");
}
