//! Arithmetic of compiled code against that of the machine that runs the test.

use cairn_tests::Random;

use super::component;
use super::guest::Guest;

/// Values at which something may happen.
const EDGES: [i64; 12] =
    [0, 1, -1, 2, -3, 7, i64::MAX, i64::MIN, i64::MAX - 1, i64::MIN + 1, 1 << 31, -(1 << 32)];
const ROUNDS: usize = 150;

type Value = Result<i64, &'static str>;

/// An expression as text, and its value or the kind that it fails with.
struct Case {
    text: String,
    value: Value,
}

#[test]
fn arithmetic_is_exact_or_fails() {
    let seed = Random::seed();
    println!("CAIRN_SEED={seed}");
    let mut random = Random::seeded(seed);
    let cases: Vec<Case> = (0..ROUNDS).map(|_| case(&mut random, 4)).collect();
    let mut source = String::from("workflow w(edges: [int]) -> json {\n  var out: [json] = []\n");
    for Case { text, .. } in &cases {
        source += &format!("  try {{ let v = {text} set out = [...out, v] }}");
        source += " catch any as e { set out = [...out, e.kind] }\n";
    }
    source += "  return out\n}";
    let input = serde_json::json!({ "edges": EDGES }).to_string();
    let ended = Guest::new().run(&component(&source), &input).expect("it does not trap");
    let result = ended.result.expect("each is caught");
    for (case, given) in cases.iter().zip(result.as_array().expect("a list")) {
        let expected = case.value.map_or_else(serde_json::Value::from, serde_json::Value::from);
        assert_eq!(given, &expected, "{}", case.text);
    }
}

fn case(random: &mut Random, depth: u32) -> Case {
    if depth == 0 || random.below(5) == 0 {
        return leaf(random);
    }
    let (a, b) = (case(random, depth - 1), case(random, depth - 1));
    let (x, y) = (&a.text, &b.text);
    let pair = both(a.value, b.value);
    let (text, value) = match random.below(8) {
        0 => (format!("({x} + {y})"), pair.and_then(|(a, b)| a.checked_add(b).ok_or("overflow"))),
        1 => (format!("({x} - {y})"), pair.and_then(|(a, b)| a.checked_sub(b).ok_or("overflow"))),
        2 => (format!("({x} * {y})"), pair.and_then(|(a, b)| a.checked_mul(b).ok_or("overflow"))),
        3 => (format!("({x}).div({y})"), pair.and_then(|(a, b)| quotient(a, b))),
        4 => (format!("({x} % {y})"), pair.and_then(|(a, b)| remainder(a, b))),
        5 => (format!("({x}).min({y})"), pair.map(|(a, b)| a.min(b))),
        6 => (format!("(-({x}))"), a.value.and_then(|a| a.checked_neg().ok_or("overflow"))),
        _ => (format!("({x}).abs()"), a.value.and_then(|a| a.checked_abs().ok_or("overflow"))),
    };
    Case { text, value }
}

fn quotient(a: i64, b: i64) -> Value {
    if b == 0 { Err("arithmetic") } else { a.checked_div(b).ok_or("overflow") }
}

fn remainder(a: i64, b: i64) -> Value {
    if b == 0 { Err("arithmetic") } else { Ok(a.wrapping_rem(b)) }
}

fn leaf(random: &mut Random) -> Case {
    let at = random.below(EDGES.len() as u64) as usize;
    if random.below(3) == 0 {
        let n = random.below(1000) as i64;
        return Case { text: n.to_string(), value: Ok(n) };
    }
    Case { text: format!("edges[{at}]!"), value: Ok(EDGES[at]) }
}

/// The left side is worked out first, and so fails first.
fn both(a: Value, b: Value) -> Result<(i64, i64), &'static str> {
    Ok((a?, b?))
}
