//! Other instances, people, the calendar, secrets and a long life.

use serde_json::json;

use super::guest::Guest;
use super::{component, kind, run};

fn line<'a>(trace: &'a [String], head: &str) -> &'a str {
    let found = trace.iter().find(|l| l.starts_with(head));
    found.unwrap_or_else(|| panic!("no `{head}` in {trace:?}"))
}

#[test]
fn children_and_people_are_asked_for_results() {
    let body = r#"workflow w(who: string) -> json {
        let c = run other(n: 5) timeout 2h
        let s = spawn other(n: 6)
        let a = ask who { title: "ship?", choices: ["yes", "no"] } within 1d
        emit ping {}
        expose { phase: "asked", c }
        return { c, s, choice: a.choice, by: a.by }
    }
    workflow other(n: int) -> { m: int } { return { m: n } }"#;
    let answer = r#"{"choice":"yes","by":"ann","note":null,"at":"2026-01-31T00:00:00Z"}"#;
    let guest = || Guest::new().answer("c", r#"{"m":6}"#).answer("s", r#""w~s""#).answer("a", answer);
    let ended = run(body, guest(), r#"{"who":"team"}"#);
    assert_eq!(ended.result, Ok(json!({"c": {"m": 6}, "s": "w~s", "choice": "yes", "by": "ann"})));
    let of = |head: &str| line(&ended.trace, head).to_owned();
    assert_eq!(of("child "), r#"child c other {"n":5}"#);
    assert_eq!(of("spawn "), r#"spawn s other {"n":6}"#);
    assert_eq!(of("emit "), "emit ping ping {} -");
    assert_eq!(of("expose "), r#"expose {"phase":"asked","c":{"m":6}}"#);
    assert!(of("ask a team ").contains(r#""choices":["yes","no"]"#), "{}", of("ask a "));
    // A timer each, given up when the answer came.
    assert_eq!(ended.trace.iter().filter(|l| l.starts_with("sleep ")).count(), 2, "{:?}", ended.trace);
    assert_eq!(ended.trace.iter().filter(|l| l.starts_with("cancel ")).count(), 2, "{:?}", ended.trace);
    let late = Guest::new().hang("c");
    let ended = run(body, late, r#"{"who":"team"}"#);
    assert_eq!(kind(&ended), "timeout");
    assert!(ended.trace.contains(&"cancel c".to_owned()));
    let wrong = guest().answer("c", r#"{"m":"six"}"#);
    assert_eq!(kind(&run(body, wrong, r#"{"who":"team"}"#)), "bad_data");
}

#[test]
fn a_restart_tidies_up_and_does_not_come_back() {
    let body = r#"workflow w(week: int = 0) {
        try { lock "shop" { restart (week: week + 1) } } finally { log "at last" {} }
    }"#;
    let source = format!("{}\n{body}", super::TOOLS);
    let error = Guest::new().run(&component(&source), r#"{"week":4}"#).expect_err("it does not come back");
    assert!(format!("{error:?}").contains(r#"restart {"week":5}"#), "{error:?}");
}

#[test]
fn calendar_cache_conditions_and_chosen_tools() {
    let body = r#"workflow w(at: time, least: int, op: string) -> json {
        let day = at.date("Europe/Berlin")
        let next = at.add_months(1, "Europe/Berlin")
        let n = call stock.count() cache { key: "n ${least}", for: 1h }
        let p = wait paid() as e where e.cents >= least && e.id != "house"
        return { day, next, n, id: p.id }
    }"#;
    let paid = r#"{"id":"7","cents":5,"at":"2026-01-31T00:00:00Z"}"#;
    let probe = run(body, Guest::new(), r#"{"at":"2026-01-31T00:00:00Z","least":3,"op":"count"}"#);
    let keys: Vec<String> = probe
        .trace
        .iter()
        .filter_map(|l| l.strip_prefix("calendar ").and_then(|l| l.split(' ').next()).map(str::to_owned))
        .collect();
    let mut guest = Guest::new().answer("n", "4").event("p", 0, paid);
    guest =
        guest.answer("day.calendar", r#""2026-01-31""#).answer("next.calendar", r#""2026-02-28T00:00:00Z""#);
    let ended = run(body, guest, r#"{"at":"2026-01-31T00:00:00Z","least":3,"op":"count"}"#);
    assert_eq!(
        ended.result,
        Ok(json!({"day": "2026-01-31", "next": "2026-02-28T00:00:00Z", "n": 4, "id": "7"})),
        "{keys:?}"
    );
    assert!(
        line(&ended.trace, "calendar day").ends_with(" date 1769817600000 Europe/Berlin []"),
        "{:?}",
        ended.trace
    );
    assert!(line(&ended.trace, "calendar next").ends_with(" add_months 1769817600000 Europe/Berlin [1]"));
    assert!(line(&ended.trace, "call n ").ends_with("cache=(n 3 3600000)"), "{:?}", ended.trace);
    let receive = line(&ended.trace, "receive p");
    assert!(receive.contains(r#"["&&",[">=",{"field":"cents"},{"value":3}]"#), "{receive}");
}

#[test]
fn secrets_are_templates_with_pointers_to_them() {
    let source = r#"use "std:http"
        secret API_KEY
        workflow w() -> json {
            let got = call http.get(url: "https://api.example.com/v1", headers: { authorization: "Bearer ${API_KEY}" })
            return got.status
        }"#;
    let guest = Guest::new().answer("got", r#"{"status":200,"headers":{},"body":null}"#);
    let ended = guest.run(&component(source), "{}").expect("it does not trap");
    assert_eq!(ended.result, Ok(json!(200)));
    let call = line(&ended.trace, "call got ");
    assert!(call.contains(r#""authorization":["Bearer ",{"secret":"API_KEY"}]"#), "{call}");
    assert!(call.contains("secrets=[/headers/authorization]"), "{call}");
}
