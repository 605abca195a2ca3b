//! Expressions that fail, with kind and message.

use super::component;
use super::guest::Guest;

/// Expressions, each in a `try` of its own, and the kinds and messages that they fail with.
fn fails(prelude: &str, cases: &[(&str, &str, &str)]) {
    let mut source = format!(
        "{prelude}\nworkflow w(min: int, max: int, zero: int, big: float, none: int?, s: string, xs: [int], j: json) -> json {{\n  var out: [string] = []\n"
    );
    for (e, _, _) in cases {
        source += &format!(
            "  try {{ let v = {e}\n log \"v\" {{ v }} set out = [...out, \"fine\"] }} catch any as e {{ set out = [...out, \"${{e.kind}}: ${{e.message}}\"] }}\n"
        );
    }
    source += "  return out\n}";
    let ended = Guest::new().run(&component(&source), r#"{"min":-9223372036854775808,"max":9223372036854775807,"zero":0,"big":1e308,"none":null,"s":"text","xs":[1,2],"j":{"a":[1,{"b":"x"}],"huge":9223372036854775808,"inf":1e400}}"#).expect("it does not trap");
    let result = ended.result.expect("each is caught");
    for ((e, kind, message), got) in cases.iter().zip(result.as_array().expect("it is there")) {
        assert_eq!(got.as_str().expect("it is there"), format!("{kind}: {message}"), "{e}");
    }
}

#[test]
fn failures_of_expressions() {
    let overflow = "the result does not fit an int (64 bits)";
    fails(
        "type P = { a: [{ b: int }] }",
        &[
            ("max + 1", "overflow", overflow),
            ("max + max", "overflow", overflow),
            ("min - 1", "overflow", overflow),
            ("min - max", "overflow", overflow),
            ("zero - min", "overflow", overflow),
            ("max * 2", "overflow", overflow),
            ("min * -1", "overflow", overflow),
            ("-min", "overflow", overflow),
            ("min.abs()", "overflow", overflow),
            ("min.div(zero - 1)", "overflow", overflow),
            ("1.div(zero)", "arithmetic", "a number cannot be divided by zero"),
            ("1 % zero", "arithmetic", "a number cannot be divided by zero"),
            ("big * 10", "arithmetic", "the result is not a finite float"),
            ("1.0 / zero.to_float()", "arithmetic", "the result is not a finite float"),
            ("big % 0.0", "arithmetic", "the result is not a finite float"),
            ("big.round()", "overflow", overflow),
            ("none!", "missing", "`none` is null"),
            ("xs[5]!", "missing", "`xs[5]` is null"),
            ("j.x!", "missing", "`j.x` is null"),
            ("xs.find(x => x > 5)!", "missing", "a value that `!` asks for is null"),
            ("xs.map(x => x.div(zero))", "arithmetic", "a number cannot be divided by zero"),
            ("xs.filter(x => max + x > 0)", "overflow", overflow),
            ("xs.sort_by(x => max + x)", "overflow", overflow),
            ("[max, 1].sum()", "overflow", "the sum of the list does not fit an int"),
            ("xs.chunks(zero)", "arithmetic", "the size of a chunk is at least 1"),
            ("range(0, 1000001)", "limit", "a range has at most 1,000,000 items"),
            ("s as json as int", "bad_data", "expected int, found \"text\""),
            ("j as P", "bad_data", "expected a record at a[0], found 1"),
            ("j.huge as int", "bad_data", "expected int, found 9223372036854775808"),
            ("j.inf as float", "bad_data", "expected float, found 1e400"),
            ("parse_json(s)", "bad_data", "expected a JSON value at byte 0, found `t`"),
            ("random(5, zero)", "arithmetic", "no number is in an empty range"),
        ],
    );
}
