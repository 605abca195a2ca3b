//! Waits and sleeps.

use serde_json::json;

use super::guest::Guest;
use super::{kind, run};

#[test]
fn waits() {
    let body = r#"workflow w(id: string) -> json {
        let p = wait paid(id: id) within 1d
        let which = wait {
            called_off(id: id) as c => { yield "off ${c.id}" }
            paid(id: id, cents: p.cents) as q => { yield "paid ${q.at}" }
            after 5m => { yield "late" }
        }
        wait ping()
        wait { after 1s => {} }
        sleep until p.at
        return { p, which }
    }"#;
    let paid = r#"{"id":"7","cents":5,"at":"2026-01-31T00:00:00Z","more":1}"#;
    let ended = run(
        body,
        Guest::new().event("p", 0, paid).event("which", 1, paid).event("ping", 0, "{}"),
        r#"{"id":"7"}"#,
    );
    assert_eq!(
        ended.result,
        Ok(
            json!({"p": {"id": "7", "cents": 5, "at": "2026-01-31T00:00:00Z"}, "which": "paid 2026-01-31T00:00:00Z"})
        )
    );
    let ended = run(body, Guest::new().event("p", 0, paid).event("ping", 0, "{}"), r#"{"id":"7"}"#);
    assert_eq!(ended.result.map(|v| v["which"].clone()), Ok(json!("late")));
    let ended = run(body, Guest::new(), r#"{"id":"7"}"#);
    assert_eq!(kind(&ended), "timeout");
    assert_eq!(ended.trace, [r#"receive p [(paid [[id "7"]])]"#, "sleep p.after span 86400000", "cancel p"]);
    let ended = run(body, Guest::new().event("p", 0, r#"{"id":7}"#), r#"{"id":"7"}"#);
    assert_eq!(kind(&ended), "bad_data");
    let ended = run(body, Guest::new().fail("p", "cancelled", "null"), r#"{"id":"7"}"#);
    assert_eq!(kind(&ended), "cancelled");
}

#[test]
fn an_event_without_fields_is_one() {
    let body = r#"workflow w() -> json { wait ping() return "came" }"#;
    for data in ["null", "{}"] {
        assert_eq!(run(body, Guest::new().event("ping", 0, data), "{}").result, Ok(json!("came")));
    }
    let ended = run(body, Guest::new().answer("ping", r#"{"subscription":1,"data":{}}"#), "{}");
    assert_eq!(kind(&ended), "bad_data");
}
