//! Loops, matches, recorded readings, and values that are large or deep.

use serde_json::json;

use super::guest::Guest;
use super::{kind, run};

#[test]
fn loops_and_handlers() {
    let ended = run(
        r#"workflow w(xs: [int], rounds: int) -> json fails out_of_stock {
            var seen: [int] = []
            let out = loop round max 10 {
                try {
                    if round == 1 { continue }
                    let hold = call stock.reserve(sku: "${round}") undo call stock.release(hold: hold.hold)
                    if round == 3 { break round }
                    if round == 2 { fail limit { message: "two" } }
                    set seen = [...seen, round]
                } catch limit as e {
                    set seen = [...seen, 100 + round]
                    if round > 5 { break 0 }
                }
            }
            let doubled = for i, x in xs.filter(x => x > 0) { yield x * 2 + i }
            let never = loop max rounds { break 1 }
            for x in xs { for y in xs { if y > x { break } set seen = [...seen, y] } }
            undo all
            return { out, seen, doubled, never }
        }"#,
        Guest::new()
            .answer("round[0]/hold", r#"{"hold":"0"}"#)
            .answer("round[2]/hold", r#"{"hold":"2"}"#)
            .answer("round[3]/hold", r#"{"hold":"3"}"#),
        r#"{"xs":[1,-1,3],"rounds":0}"#,
    );
    assert_eq!(
        ended.result,
        Ok(json!({"out": 3, "seen": [0, 102, 1, -1, 1, -1, 3], "doubled": [2, 7], "never": null}))
    );
    let undos: Vec<&str> =
        ended.trace.iter().filter(|l| l.starts_with("undo ")).map(String::as_str).collect();
    // That of round 2 with its failure; those of 0 and 3 were handed outwards, also by `break`.
    assert_eq!(
        undos,
        [
            r#"undo round[2]/hold.undo stock.release {"hold":"2"}"#,
            r#"undo round[3]/hold.undo stock.release {"hold":"3"}"#,
            r#"undo round[0]/hold.undo stock.release {"hold":"0"}"#
        ]
    );
}

#[test]
fn matches_and_recorded_readings() {
    let ended = run(
        r#"workflow w(s: "a" | "b" | "c", n: 1 | 2 | 3, name: string?) -> json {
            let x = match s { "a" | "b" => 1  "c" if n > 2 => 2  other => 3 }
            let y = match n { 1 => "one"  2 | 3 => "more" }
            let z = match name { null => "nobody"  "root" => "staff"  someone => "user ${someone}" }
            let t = now()
            let d = random(1, 7)
            let u = uuid()
            log warn "hi ${x}" { t, d: d > 0 && d < 7, l: u.len() }
            return { x, y, z, same: t == now(), b: true }
        }"#,
        Guest::new(),
        r#"{"s":"c","n":3,"name":"eve"}"#,
    );
    assert_eq!(ended.result, Ok(json!({"x": 2, "y": "more", "z": "user eve", "same": true, "b": true})));
    assert!(ended.trace.contains(&r#"log warn hi 2 {"t":"2026-01-31T00:00:00Z","d":true,"l":36}"#.into()));
}

#[test]
fn records_have_only_what_their_type_says() {
    let ended = run(
        r#"type Wide = { id: string, at: time, took: duration, raw: bytes }
        type Narrow = { id: string }
        fn narrow(w: Wide) -> Narrow = w
        fn all(ws: [Wide]) -> [Narrow] = ws
        workflow w(at: time) -> json {
            let wide: Wide = { id: "x", at, took: 5s, raw: hex"00" }
            let n = narrow(wide)
            let doc: json = wide
            let mixed: [json] = [at, 5s, wide]
            return { n, spread: { id: 1, at: 2, ...n }, list: all([wide]), same: doc.at == at.rfc3339(), doc, took: doc.took as int, mixed, back: (doc as Wide) == wide, t: doc.at as time + 1d }
        }"#,
        Guest::new(),
        r#"{"at":"2026-01-31T00:00:00Z"}"#,
    );
    let wide = json!({"id": "x", "at": "2026-01-31T00:00:00Z", "took": 5000, "raw": "AA=="});
    assert_eq!(
        ended.result,
        Ok(
            json!({"n": {"id": "x"}, "spread": {"id": "x", "at": 2}, "list": [{"id": "x"}], "same": true, "doc": wide, "took": 5000, "mixed": ["2026-01-31T00:00:00Z", 5000, wide], "back": true, "t": "2026-02-01T00:00:00Z"})
        )
    );
}

#[test]
fn nothing_deep_brings_it_down() {
    let body = r#"workflow w(n: int) -> json { var x: json = 1 loop max n { set x = [x] if n < 0 { break } } let y = x == [x] return { y, x } }"#;
    assert_eq!(run(body, Guest::new(), r#"{"n":50}"#).result.map(|v| v["y"].clone()), Ok(json!(false)));
    assert_eq!(kind(&run(body, Guest::new(), r#"{"n":200000}"#)), "limit");
    let deep = "[".repeat(100_000);
    let ended = run("workflow w(j: json) -> json { return j }", Guest::new(), &format!(r#"{{"j":{deep}"#));
    assert_eq!(kind(&ended), "bad_data");
}

#[test]
fn much_data() {
    let body = r#"workflow w(n: int) -> json {
        let xs = range(0, n).map(x => "k${x}")
        var m: map<int> = {}
        let groups = xs.group_by(x => x.slice(-1))
        let big = for x in range(n) { yield { x, s: "v${x}" } }
        return { u: xs.unique().len(), d: [...xs, ...xs].unique().len(), g: groups.len(), b: big.len(), j: xs.join(",").len(), h: hash(big) != hash(xs), p: (parse_json(to_json(big)) as [{ x: int }]).map(e => e.x).sum(), s: big.sort_by(e => -e.x)[0]!.x }
    }"#;
    let ended = run(body, Guest::new(), r#"{"n":100000}"#);
    assert_eq!(
        ended.result,
        Ok(
            json!({"u": 100_000, "d": 100_000, "g": 10, "b": 100_000, "j": 688_889, "h": true, "p": 4_999_950_000_i64, "s": 99_999})
        )
    );
}

#[test]
fn what_grows_in_a_loop_takes_memory_by_its_length() {
    let body = r#"workflow w(n: int) -> json {
        var s = ""
        var t = ""
        var xs: [int] = []
        for i in range(n) {
            set s = "${s}line ${i}\n"
            set xs = [...xs, i]
        }
        for i in range(n) { set t = t + "0123456789" }
        return { s: s.len(), lines: s.lines().len(), t: t.len(), xs: xs.len(), sum: xs.sum(), last: s.slice(-8) }
    }"#;
    // By the square of it this were tens of gigabytes; there are four.
    assert_eq!(
        run(body, Guest::new(), r#"{"n":60000}"#).result,
        Ok(
            json!({"s": 648_890, "lines": 60_000, "t": 600_000, "xs": 60_000, "sum": 1_799_970_000, "last": "e 59999\n"})
        )
    );
}
