//! Expressions and the standard library.

use serde_json::json;

use super::gives;

#[test]
fn numbers() {
    gives(
        "",
        &[
            ("7 + 3 * 2 - 1", json!(12)),
            ("7.div(2)", json!(3)),
            ("(-7).div(2)", json!(-3)),
            ("-7 % 3", json!(-1)),
            ("7.5 % 2", json!(1.5)),
            ("7 / 2.0", json!(3.5)),
            ("(-9223372036854775807 - 1).max(5)", json!(5)),
            ("0.1 + 0.2", json!(0.30000000000000004)),
            ("(2.5).round()", json!(3)),
            ("(-2.5).round()", json!(-3)),
            ("(2.4).ceil()", json!(3)),
            ("(-2.4).floor()", json!(-3)),
            ("(-5).abs()", json!(5)),
            ("(-5.5).abs()", json!(5.5)),
            ("3.min(2)", json!(2)),
            ("(3.5).max(2.5)", json!(3.5)),
            ("3.to_float()", json!(3.0)),
            ("3.to_text()", json!("3")),
            ("(1e300).to_text()", json!("1e300")),
            ("(1.0).to_text()", json!("1.0")),
            ("1 == 1", json!(true)),
            ("1 < 2 && 2.5 > 1.5 && \"a\" < \"b\"", json!(true)),
            ("9223372036854775807", json!(9223372036854775807_i64)),
            ("-9223372036854775807 - 1", json!(i64::MIN)),
            ("range(2, 5)", json!([2, 3, 4])),
            ("3 in [1, 2, 3]", json!(true)),
        ],
    );
}

#[test]
fn texts() {
    gives(
        "",
        &[
            ("\"aé😀b\".len()", json!(4)),
            ("\"aé😀b\".slice(1, 3)", json!("é😀")),
            ("\"aé😀b\".slice(-2)", json!("😀b")),
            ("\"abc\".slice(2, 1)", json!("")),
            ("\"Straße é\".upper()", json!("STRAßE É")),
            ("\"ÀB\".lower()", json!("àb")),
            ("\"  x \\n\".trim()", json!("x")),
            ("\"a,b,,c\".split(\",\")", json!(["a", "b", "", "c"])),
            ("\"aé\".split(\"\")", json!(["a", "é"])),
            ("\"aXbX\".replace(\"X\", \"--\")", json!("a--b--")),
            ("\"abc\".starts_with(\"ab\")", json!(true)),
            ("\"abc\".ends_with(\"bc\")", json!(true)),
            ("\"abc\".contains(\"x\")", json!(false)),
            ("\"a\\r\\nb\\n\".lines()", json!(["a", "b"])),
            ("\"12\".to_int()", json!(12)),
            ("\"x\".to_int()", json!(null)),
            ("\"1.5\".to_float()", json!(1.5)),
            ("\"src/a.rs\".glob(\"src/*.rs\")", json!(true)),
            ("\"src/a/b.rs\".glob(\"src/*.rs\")", json!(false)),
            ("\"src/a/b.rs\".glob(\"**.rs\")", json!(true)),
            (
                "\"${1} ${1.5} ${true} ${5m} ${time\"2026-01-31T00:00:00Z\"}\"",
                json!("1 1.5 true 5m 2026-01-31T00:00:00Z"),
            ),
            ("\"a\" + \"b\" + \"c\"", json!("abc")),
            ("\"q\\\"\\\\ \\u00e9\\n\"", json!("q\"\\ é\n")),
            ("\"x\".to_json()", json!("\"x\"")),
            ("hash({ b: 1, a: 2.0 }) == hash({ a: 2, b: 1 })", json!(true)),
            ("hash(\"abc\")", json!("6cc43f858fbb763301637b5af970e2a46b46f461f27e5a0f41e009c59b827b25")),
            ("\"${[1, 2].map(x => \"<${x}>\").join(\"\")}\"", json!("<1><2>")),
        ],
    );
}

#[test]
fn lists_and_maps() {
    gives(
        "const xs = [3, 1, 2, 1]\nconst people = [{ name: \"Ada\", age: 36 }, { name: \"Bob\", age: 7 }, { name: \"Cy\", age: 36 }]\nconst m: map<int> = { b: 1, a: 2 }\nfn scale(of: [int], by: int) -> [int] = of.map(x => x * by)\nfn grid(n: int) -> [[int]] = range(n).map(i => range(n).map(j => i * n + j))",
        &[
            ("xs.len()", json!(4)),
            ("xs.map(x => x * 2)", json!([6, 2, 4, 2])),
            ("xs.filter(x => x > 1)", json!([3, 2])),
            ("xs.any(x => x == 3)", json!(true)),
            ("xs.all(x => x > 1)", json!(false)),
            ("xs.find(x => x < 3)", json!(1)),
            ("xs.find(x => x > 9)", json!(null)),
            ("xs.first()", json!(3)),
            ("xs.last()", json!(1)),
            ("people.sort_by(p => p.age).map(p => p.name)", json!(["Bob", "Ada", "Cy"])),
            ("people.sort_by(p => p.name)[0]!.age", json!(36)),
            ("xs.sum()", json!(7)),
            ("[1.5, 2.5].sum()", json!(4.0)),
            ("xs.min()", json!(1)),
            ("xs.max()", json!(3)),
            ("xs.unique()", json!([3, 1, 2])),
            ("[[1], [2, 3]].flat()", json!([1, 2, 3])),
            ("xs.zip([\"a\"])", json!([{"first": 3, "second": "a"}])),
            ("xs.chunks(3)", json!([[3, 1, 2], [1]])),
            ("people.group_by(p => p.age.to_text()).keys()", json!(["36", "7"])),
            ("[\"a\", \"b\"].join(\"-\")", json!("a-b")),
            ("xs.slice(1, 3)", json!([1, 2])),
            ("xs.slice(-1)", json!([1])),
            ("xs.contains(2)", json!(true)),
            ("xs.index_of(1)", json!(1)),
            ("xs.index_of(9)", json!(null)),
            ("xs.reverse()", json!([1, 2, 1, 3])),
            ("[...xs, 9]", json!([3, 1, 2, 1, 9])),
            ("xs[0]", json!(3)),
            ("xs[-1]", json!(1)),
            ("xs[7]", json!(null)),
            ("xs[7] ?? 5", json!(5)),
            ("m.keys()", json!(["b", "a"])),
            ("m.values()", json!([1, 2])),
            ("m.get(\"a\")", json!(2)),
            ("m.has(\"z\")", json!(false)),
            ("m.len()", json!(2)),
            ("m.entries()", json!([{"key": "b", "value": 1}, {"key": "a", "value": 2}])),
            ("{ ...m, b: 9, [\"c\" + \"d\"]: 3 }", json!({"b": 9, "a": 2, "cd": 3})),
            ("\"a\" in m", json!(true)),
            ("scale(xs, 10)", json!([30, 10, 20, 10])),
            ("grid(3)", json!([[0, 1, 2], [3, 4, 5], [6, 7, 8]])),
            ("people[0] == { age: 36, name: \"Ada\" }", json!(true)),
            ("people.map(p => p.age).sum() > 3 ? \"old\" : \"young\"", json!("old")),
        ],
    );
}

#[test]
fn times_and_json() {
    gives(
        "const t = time\"2026-01-31T12:00:00.250Z\"\nconst doc: json = { a: [1, { b: \"x\" }], t: 5, f: 1.5 }",
        &[
            ("t + 1d", json!("2026-02-01T12:00:00.250Z")),
            ("t - time\"2026-01-31T11:00:00Z\"", json!(3_600_250)),
            ("(90s).seconds()", json!(90)),
            ("(1m).milliseconds()", json!(60_000)),
            ("2 * 3s", json!(6000)),
            ("t.unix_seconds()", json!(1_769_860_800)),
            ("t.rfc3339()", json!("2026-01-31T12:00:00.250Z")),
            ("t < t + 1ms", json!(true)),
            ("(-5m).to_text()", json!("-5m")),
            ("[1s, 2s].sum()", json!(3000)),
            ("backoff(1s, 2.0, 10s, 2)", json!(4000)),
            ("backoff(1s, 2.0, 10s, 200)", json!(10_000)),
            ("doc.a[1].b", json!("x")),
            ("doc.x.y.z", json!(null)),
            ("doc[\"t\"] as int + 1", json!(6)),
            ("doc.f as float", json!(1.5)),
            ("doc.t as float", json!(5.0)),
            (
                "parse_json(\"[1, 2.50, 12345678901234567890]\")",
                serde_json::from_str("[1, 2.50, 12345678901234567890]").expect("it is there"),
            ),
            ("to_json({ a: 1, b: [null, true] })", json!("{\"a\":1,\"b\":[null,true]}")),
            ("doc == { f: 1.5, t: 5.0, a: [1, { b: \"x\" }] }", json!(true)),
            ("base64\"aGk=\"", json!("aGk=")),
            (
                "{ t, d: 5m, b: hex\"00ff\" }",
                json!({"t": "2026-01-31T12:00:00.250Z", "d": 300_000, "b": "AP8="}),
            ),
        ],
    );
}
