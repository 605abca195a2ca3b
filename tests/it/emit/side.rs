//! Blocks side by side, in whatever order they end.

use serde_json::json;

use super::guest::{Ended, Guest};
use super::{kind, run};

/// So many orders are tried.
const ORDERS: u64 = 24;

const FORK: &str = r#"workflow w(base: int, at: time) -> json fails out_of_stock {
    let z = call stock.reserve(sku: "z") undo call stock.release(hold: z.hold)
    let all = parallel max 2 {
        a { let h = call stock.reserve(sku: "a") undo call stock.release(hold: h.hold) yield { hold: h.hold, n: base + 1, at } }
        b { let h = call stock.reserve(sku: "b") undo call stock.release(hold: h.hold) yield base + 2 }
        c { let n = call stock.count() yield b + n }
    }
    if base == 9 { fail out_of_stock }
    return { all, same: all.a.at == at }
}"#;

fn fork(seed: u64, change: impl FnOnce(Guest) -> Guest, base: i32) -> Ended {
    let holds = |k: &str| format!(r#"{{"hold":"h{k}"}}"#);
    let guest = Guest::seeded(seed)
        .answer("z", &holds("z"))
        .answer("all/a/h", &holds("a"))
        .answer("all/b/h", &holds("b"))
        .answer("all/c/n", "40");
    run(FORK, change(guest), &format!(r#"{{"base":{base},"at":"2026-01-31T00:00:00Z"}}"#))
}

fn undone(ended: &Ended) -> Vec<&str> {
    let undo = |line: &String| line.starts_with("undo ").then_some(());
    ended.trace.iter().filter(|l| undo(l).is_some()).filter_map(|l| l.rsplit('"').nth(1)).collect()
}

#[test]
fn branches_take_along_what_they_read_and_give_back_what_they_yield() {
    for seed in 0..ORDERS {
        let ended = fork(seed, |guest| guest, 1);
        let a = json!({"hold": "ha", "n": 2, "at": "2026-01-31T00:00:00Z"});
        assert_eq!(ended.result, Ok(json!({"all": {"a": a, "b": 3, "c": 43}, "same": true})), "{seed}");
        assert!(ended.most <= 2, "{seed}: {:?}", ended.trace);
        let place = |key: &str| ended.trace.iter().position(|l| l.starts_with(&format!("block all/{key} ")));
        assert!(place("b") < place("c"), "{seed}: {:?}", ended.trace);
    }
}

#[test]
fn undos_of_blocks_run_in_the_order_of_the_source_backwards() {
    for seed in 0..ORDERS {
        let ended = fork(seed, |guest| guest, 9);
        assert_eq!(kind(&ended), "out_of_stock");
        assert_eq!(undone(&ended), ["hb", "ha", "hz"], "{seed}: {:?}", ended.trace);
    }
}

#[test]
fn a_branch_that_fails_takes_the_others_along() {
    for seed in 0..ORDERS {
        let ended = fork(seed, |guest| guest.fail("all/c/n", "network", "null"), 1);
        let Err((kind, message, _)) = &ended.result else { panic!("{seed}: {:?}", ended.result) };
        assert_eq!((kind.as_str(), message.as_str()), ("network", "all/c/n failed"), "{seed}");
        let undone = undone(&ended);
        // That of `a` where it was done by then; nothing is left either way.
        assert!(undone == ["hb", "ha", "hz"] || undone == ["hb", "hz"], "{seed}: {undone:?}");
        assert_eq!(ended.undos, 0);
        assert!(ended.most <= 2, "{seed}");
    }
}

#[test]
fn a_race_has_one_winner() {
    let body = r#"workflow w() -> json fails out_of_stock {
        let r = race {
            quick { let n = call stock.count() yield n }
            other { let a = call stock.reserve(sku: "o") yield a.hold }
        }
        return { who: r.winner, what: r.value }
    }"#;
    let mut winners = std::collections::BTreeSet::new();
    for seed in 0..ORDERS {
        let guest = Guest::seeded(seed).answer("r/quick/n", "7").answer("r/other/a", r#"{"hold":"h"}"#);
        let result = run(body, guest, "{}").result.expect("one of them wins");
        assert!(
            result == json!({"who": "quick", "what": 7}) || result == json!({"who": "other", "what": "h"})
        );
        winners.insert(result["who"].to_string());
        // Who fails is no winner.
        let guest =
            Guest::seeded(seed).fail("r/quick/n", "network", "null").answer("r/other/a", r#"{"hold":"h"}"#);
        assert_eq!(run(body, guest, "{}").result, Ok(json!({"who": "other", "what": "h"})));
        let guest =
            Guest::seeded(seed).fail("r/quick/n", "network", "null").fail("r/other/a", "http_5xx", "null");
        assert!(["network", "http_5xx"].contains(&kind(&run(body, guest, "{}"))));
    }
    assert_eq!(winners.len(), 2, "every order is tried");
}

const ITEMS: &str = r#"workflow w(xs: [string], fails_at: string, enough: int) -> json fails out_of_stock {
    let made = for i, x in xs parallel max 3 key x {
        let n = call stock.reserve(sku: x) undo call stock.release(hold: x)
        if x == fails_at { fail limit { message: "at ${x}" } }
        yield "${i}${x}${n.hold}"
    }
    let some = for y in xs parallel first enough key y { let n = call stock.reserve(sku: y) yield y }
    let told = for z in xs parallel settle key z {
        let n = call stock.count()
        if z == "b" { fail missing { message: "no ${z}" } }
        yield n
    }
    return { made, some: some.len(), told: told.map(t => t.key), values: told.map(t => t.value), first: told.find(t => t.error != null)!.error!.message }
}"#;

fn items(seed: u64, fails_at: &str, enough: i32) -> Ended {
    let input = json!({"xs": ["a", "b", "c", "d", "e"], "fails_at": fails_at, "enough": enough}).to_string();
    let mut guest = Guest::seeded(seed);
    for x in ["a", "b", "c", "d", "e"] {
        for list in ["made/x", "some/y"] {
            guest = guest.answer(&format!("{list}[{x}]/n"), &format!(r#"{{"hold":"h{x}"}}"#));
        }
        guest = guest.answer(&format!("told/z[{x}]/n"), "5");
    }
    run(ITEMS, guest, &input)
}

#[test]
fn items_side_by_side_come_in_their_order() {
    for seed in 0..ORDERS {
        let ended = items(seed, "", 2);
        assert_eq!(
            ended.result,
            Ok(json!({
                "made": ["0aha", "1bhb", "2chc", "3dhd", "4ehe"], "some": 2, "told": ["a", "b", "c", "d", "e"],
                "values": [5, null, 5, 5, 5], "first": "no b"
            })),
            "{seed}: {:?}",
            ended.trace
        );
        let ended = items(seed, "d", 2);
        assert_eq!(kind(&ended), "limit");
        assert!(ended.most <= 3, "{seed}");
        assert_eq!(ended.undos, 0);
        assert_eq!(kind(&items(seed, "", 6)), "missing");
    }
}

#[test]
fn undos_may_be_blocks() {
    let body = r#"workflow w(n: int) -> json fails out_of_stock {
        var count = n
        let a = call stock.reserve(sku: "a") undo { call stock.release(hold: "${a.hold} of ${count}") }
        set count = 99
        let b = call stock.reserve(sku: "b") undo call stock.release(hold: b.hold)
        fail out_of_stock
    }"#;
    let guest = Guest::new().answer("a", r#"{"hold":"ha"}"#).answer("b", r#"{"hold":"hb"}"#);
    let ended = run(body, guest, r#"{"n":3}"#);
    assert_eq!(kind(&ended), "out_of_stock");
    let tail = &ended.trace[ended.trace.len() - 3..];
    assert_eq!(tail[0], r#"undo b.undo stock.release {"hold":"hb"}"#);
    assert!(tail[1].starts_with("block a.undo 0 "), "{tail:?}");
    assert_eq!(tail[2], r#"call a.undo/stock.release stock.release {"hold":"ha of 3"}"#);
}
