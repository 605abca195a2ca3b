//! Deadlines, what is done at last, and places that are held: tidied up on every way out.

use serde_json::json;

use super::guest::{Ended, Guest};
use super::{kind, run};

fn timers(ended: &Ended) -> Vec<&str> {
    let about = |l: &&String| l.starts_with("sleep ") || l.starts_with("cancel ");
    ended.trace.iter().filter(about).map(String::as_str).collect()
}

const TRY: &str = r#"workflow w(way: string) -> json fails out_of_stock, card_declined {
    loop round max 3 {
        try timeout 1h {
            let a = call stock.reserve(sku: "a") undo call stock.release(hold: a.hold)
            try timeout 5m {
                let n = call stock.count()
                if way == "return" { return n }
                if way == "break" { break }
                if way == "next" { continue }
                if way == "fail" { fail out_of_stock }
                if way == "other" { fail card_declined { code: "1" } }
            } catch timeout { return "inner" }
            finally { log "inner" {} }
        } catch out_of_stock { return "caught" }
        catch timeout { return "outer" }
        finally { call pay.refund(id: "x") log "outer" {} }
        if way == "end" { return "end" }
    }
    return "behind"
}"#;

fn tried(way: &str, change: impl FnOnce(Guest) -> Guest) -> Ended {
    let guest = change(Guest::new().answer("round[0]/a", r#"{"hold":"h"}"#));
    let guest = (1..3).fold(guest, |guest, n| guest.answer(&format!("round[{n}]/a"), r#"{"hold":"h"}"#));
    let guest = (0..3).fold(guest, |guest, n| guest.answer(&format!("round[{n}]/n"), "5"));
    run(TRY, guest, &json!({ "way": way }).to_string())
}

#[test]
fn every_way_out_passes_what_is_done_at_last() {
    let logs = |ended: &Ended| {
        ended.trace.iter().filter(|l| l.starts_with("log ")).map(|l| l.contains("outer")).collect::<Vec<_>>()
    };
    for (way, result, rounds) in [
        ("return", Ok(json!(5)), 1),
        ("break", Ok(json!("behind")), 1),
        ("next", Ok(json!("behind")), 3),
        ("fail", Ok(json!("caught")), 1),
        ("end", Ok(json!("end")), 1),
        ("other", Err("card_declined".to_owned()), 1),
    ] {
        let ended = tried(way, |guest| guest);
        assert_eq!(
            ended.result.as_ref().map_err(|f| f.0.clone()),
            result.as_ref().map_err(Clone::clone),
            "{way}"
        );
        assert_eq!(logs(&ended), [false, true].repeat(rounds), "{way}: {:?}", ended.trace);
        let timers = timers(&ended);
        assert_eq!(timers.len(), 4 * rounds, "each timer is begun and given up: {way}: {timers:?}");
    }
    // The undos of what fails run before what is done at last.
    let ended = tried("other", |guest| guest);
    let place = |of: &str| {
        ended
            .trace
            .iter()
            .position(|l| l.starts_with(of))
            .unwrap_or_else(|| panic!("{of}: {:?}", ended.trace))
    };
    assert!(place("undo round[0]/a.undo") < place("log info outer"), "{:?}", ended.trace);
    assert_eq!(ended.undos, 0);
}

#[test]
fn a_deadline_is_caught_by_its_own_try_and_by_none_inside() {
    let slow = |guest: Guest| (0..3).fold(guest, |guest, n| guest.hang(&format!("round[{n}]/n")));
    // Both have the name of a `try`'s deadline: the host tells them apart.
    let (outer, inner) = ("round[0]/try.deadline", "round[0]/try.deadline#2");
    let hung = |key: &str| {
        let guest = Guest::new().answer("round[0]/a", r#"{"hold":"h"}"#).answer(key, "null");
        run(TRY, slow(guest), r#"{"way":"end"}"#)
    };
    let ended = hung(inner);
    assert_eq!(ended.result, Ok(json!("inner")));
    assert!(ended.trace.contains(&"cancel round[0]/n".to_owned()), "{:?}", ended.trace);
    let ended = hung(outer);
    assert_eq!(ended.result, Ok(json!("outer")), "{:?}", ended.trace);
    // What is done at last may take its time.
    assert!(
        ended.trace.iter().any(|l| l.starts_with("call") && l.contains("pay.refund")),
        "{:?}",
        ended.trace
    );
    assert_eq!(ended.undos, 0);
}

#[test]
fn what_ended_just_before_its_deadline_has_ended() {
    let body = r#"workflow w() -> json {
        try timeout 1h {
            let n = call stock.count()
            let m = call stock.count()
            return { n, m }
        } catch timeout as e { return e.message }
    }"#;
    // The timer is first, but the step had ended when it was to be given up.
    let guest = || Guest::new().answer("m", "2");
    let all = run(body, guest().answer("n", "1"), "{}");
    let timer = all
        .trace
        .iter()
        .find(|l| l.starts_with("sleep "))
        .and_then(|l| l.split(' ').nth(1))
        .expect("a timer");
    assert_eq!(all.result, Ok(json!({"n": 1, "m": 2})));
    let ended = run(body, guest().hang("n").answer(timer, "null"), "{}");
    assert_eq!(ended.result, Ok(json!("it did not end within 1h")));
    assert!(
        !ended.trace.iter().any(|l| l.starts_with("call m ")),
        "nothing begins behind a deadline: {:?}",
        ended.trace
    );
}

#[test]
fn failures_of_what_is_done_at_last_and_of_undos() {
    let body = r#"workflow w(last: bool) -> json fails out_of_stock, card_declined {
        try {
            let a = call stock.reserve(sku: "a") undo call stock.release(hold: a.hold)
            let n = call stock.count()
        } finally {
            if last { fail card_declined { code: "last" } }
        }
        return "well"
    }"#;
    let guest = || Guest::new().answer("a", r#"{"hold":"h"}"#);
    assert_eq!(run(body, guest().answer("n", "1"), r#"{"last":false}"#).result, Ok(json!("well")));
    assert_eq!(kind(&run(body, guest().answer("n", "1"), r#"{"last":true}"#)), "card_declined");
    assert_eq!(kind(&run(body, guest().fail("n", "network", "null"), r#"{"last":true}"#)), "card_declined");
    assert_eq!(kind(&run(body, guest().fail("n", "network", "null"), r#"{"last":false}"#)), "network");
    // Being cancelled is not hidden.
    assert_eq!(kind(&run(body, guest().fail("n", "cancelled", "null"), r#"{"last":true}"#)), "cancelled");
    // Undos that failed on the way are told at the end.
    let ended = run(body, guest().fail("n", "network", "null"), r#"{"last":false}"#);
    let key = ended.trace.iter().find_map(|l| l.strip_prefix("unwind ")).and_then(|l| l.split(' ').next());
    let failed = guest().fail("n", "network", "null").fail(
        key.expect("it unwinds"),
        "undo_failed",
        r#"[{"key":"a.undo","kind":"network","message":"no"}]"#,
    );
    let (kind, message, detail) = run(body, failed, r#"{"last":false}"#).result.expect_err("it fails");
    assert_eq!((kind.as_str(), message.as_str()), ("network", "n failed; and of its undos 1 failed"));
    assert_eq!(detail["undo_failed"][0]["key"], "a.undo");
}

#[test]
fn places_are_given_back_on_every_way_out_after_the_undos() {
    let body = r#"workflow w(way: string, name: string) -> json fails out_of_stock {
        try {
            lock "press ${name}" max 2 {
                let a = call stock.reserve(sku: "a") undo call stock.release(hold: a.hold)
                if way == "return" { return "returned" }
                if way == "fail" { fail out_of_stock }
            }
        } catch out_of_stock { return "caught" }
        return "end"
    }"#;
    for (way, result) in [("return", "returned"), ("fail", "caught"), ("end", "end")] {
        let guest = Guest::new().answer("a", r#"{"hold":"h"}"#);
        let ended = run(body, guest, &json!({ "way": way, "name": "x" }).to_string());
        assert_eq!(ended.result, Ok(json!(result)));
        assert_eq!(ended.held, 0);
        let lock = ended.trace.iter().find(|l| l.starts_with("lock ")).expect("it is asked for");
        assert!(lock.ends_with(" press x 2"), "{lock}");
        let unlock = ended.trace.iter().position(|l| l.starts_with("unlock "));
        let undo = ended.trace.iter().position(|l| l.starts_with("undo "));
        assert_eq!(undo.is_some(), way == "fail");
        assert!(undo < unlock, "{:?}", ended.trace);
    }
}
