//! Parameters: decoded, defaulted, refused.

use serde_json::json;

use super::component;
use super::guest::Guest;

#[test]
fn inputs() {
    let source = "type O = { id: string, n?: int }\nworkflow w(o: O, k: 1 | 2, c: int = 5, f: float = 1, t?: time, xs: [string?] = [], m: map<bool> = {}, b: bytes = base64\"aGk=\") -> json { return { o, k, c, f, t, xs, m, b, more: o.n } }";
    let c = component(source);
    let go = |input: &str| Guest::new().run(&c, input).expect("it is there").result;
    assert_eq!(
        go(r#"{"o":{"id":"a","extra":1},"k":2}"#),
        Ok(json!({"o":{"id":"a"},"k":2,"c":5,"f":1.0,"t":null,"xs":[],"m":{},"b":"aGk=","more":null}))
    );
    assert_eq!(
        go(
            r#"{"o":{"id":"a","n":3},"k":1.0,"c":null,"f":2,"t":"2026-01-31T01:00:00+01:00","xs":["a",null],"m":{"x":true},"b":""}"#
        ),
        Ok(
            json!({"o":{"id":"a","n":3},"k":1,"c":5,"f":2.0,"t":"2026-01-31T00:00:00Z","xs":["a",null],"m":{"x":true},"b":"","more":3})
        )
    );
    for (input, message) in [
        ("{}", "expected a record at o, found null"),
        ("[]", "expected an object at the input, found something else"),
        ("{", "expected a name at byte 1, found the end of the text"),
        (r#"{"o":{"id":7},"k":1}"#, "expected string at o.id, found 7"),
        (r#"{"o":{"id":"a"},"k":3}"#, "expected 1 | 2 at k, found 3"),
        (r#"{"o":{"id":"a"},"k":1,"m":{"x":1}}"#, "expected bool at m.x, found 1"),
        (r#"{"o":{"id":"a"},"k":1,"t":"x"}"#, "expected time (RFC 3339) | null at t, found \"x\""),
    ] {
        let failed = go(input).unwrap_err();
        assert_eq!((failed.0.as_str(), failed.1.as_str()), ("bad_data", message), "{input}");
    }
}

#[test]
fn no_input_is_an_empty_one() {
    let source = component("workflow w(n: int = 5) -> int { return n }");
    for input in ["null", "{}", r#" { "n" : null } "#] {
        let ended = Guest::new().run(&source, input).expect("it does not trap");
        assert_eq!(ended.result, Ok(json!(5)));
    }
}
