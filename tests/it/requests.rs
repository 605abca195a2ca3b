//! Requests that a workflow sends itself (`wasi:http`), in the body of a step: the example `fetch` of `sdk/rust`.

use std::time::{Duration, Instant};

use cairn_tests::{Answer, Cmd, Services};
use serde_json::{Value, json};

use crate::{cairn, guests::built, orders};

fn fetch(cairn: &cairn_tests::Cairn, examples: &std::path::Path, input: &Value) -> Cmd {
    cairn.cmd("run").arg(examples.join("fetch.wasm")).args(["--id", "g1"]).input(input)
}

fn services() -> Services {
    let services = Services::new();
    services.on("notes.add", |asked| Answer::Good(json!({ "got": asked.arguments })));
    services
}

fn allow(services: &Services) -> String {
    format!("http={}", services.origin())
}

#[test]
fn promise_1_a_request_in_the_body_of_a_step_is_sent_once() {
    let Some(examples) = built() else { return };
    let services = services();
    let cairn = cairn();
    let input = json!({ "url": format!("{}/notes/add", services.origin()), "text": "\"hello\"" });
    let ran = fetch(&cairn, examples, &input).args(["--allow", &allow(&services)]).run().ended(0);
    assert_eq!(orders::result(&ran), json!({ "status": 200, "text": "{\"got\":\"hello\"}" }));
    let calls = services.calls();
    assert_eq!(calls.len(), 1, "the replay behind the sleep sent nothing");
    assert_eq!(calls[0].key.as_deref(), Some("local/g1/fetch"));
}

#[test]
fn what_is_not_granted_is_denied_and_the_log_says_how_to_allow_it() {
    let Some(examples) = built() else { return };
    let services = services();
    let cairn = cairn();
    let input = json!({ "url": format!("{}/notes/add", services.origin()) });
    let ran = fetch(&cairn, examples, &input).run().ended(1);
    assert!(ran.text().contains("HttpRequestDenied"), "{}", ran.text());
    let log = cairn.cmd("logs g1").run().ended(0).text();
    let wanted = format!("the step `fetch` may not reach {}/notes/add", services.origin());
    assert!(log.contains(&wanted) && log.contains("--allow http="), "{log}");
    assert_eq!(services.calls().len(), 0);
}

#[test]
fn a_name_that_leads_inside_is_refused_although_it_is_granted() {
    let Some(examples) = built() else { return };
    let cairn = cairn();
    // A name for this machine itself, in every hosts file.
    let Ok(name) = std::fs::read_to_string("/etc/hostname") else { return };
    let name = name.trim();
    let input = json!({ "url": format!("http://{name}:9/") });
    let ran =
        fetch(&cairn, examples, &input).args(["--allow", &format!("http=http://{name}:9")]).run().ended(1);
    let log = cairn.cmd("logs g1").run().ended(0).text();
    assert!(
        log.contains("which is no public address") || log.contains("was not found"),
        "{}\n{log}",
        ran.text()
    );
}

#[test]
fn nobody_listens_is_told() {
    let Some(examples) = built() else { return };
    let cairn = cairn();
    let input = json!({ "url": "http://127.0.0.1:1/" });
    let ran = fetch(&cairn, examples, &input).args(["--allow", "http=http://127.0.0.1:1"]).run().ended(1);
    assert!(ran.text().contains("ConnectionRefused"), "{}", ran.text());
    assert!(cairn.cmd("logs g1").run().ended(0).text().contains("nothing listens there"));
}

#[test]
fn outside_of_a_step_a_request_is_refused_with_what_to_do() {
    let Some(examples) = built() else { return };
    let services = services();
    let input = json!({ "url": format!("{}/notes/add", services.origin()), "carelessly": true });
    let ran = fetch(&cairn(), examples, &input).args(["--allow", &allow(&services)]).run().ended(1);
    assert!(
        ran.text().contains("outside of a step") && ran.text().contains("Wrap it in a step"),
        "{}",
        ran.text()
    );
    assert_eq!(services.calls().len(), 0);
}

#[test]
fn a_body_that_waits_too_long_for_a_server_is_stopped_and_tried_again() {
    let Some(examples) = built() else { return };
    let services = services();
    services.latency(Duration::from_secs(20));
    let input = json!({ "url": format!("{}/notes/add", services.origin()), "patience_ms": 300 });
    let begun = Instant::now();
    let ran = fetch(&cairn(), examples, &input).args(["--allow", &allow(&services)]).run().ended(1);
    assert!(ran.text().contains("took longer than it may"), "{}", ran.text());
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert_eq!(services.calls().len(), 3, "three attempts");
}

#[test]
fn a_run_that_is_cancelled_does_not_wait_for_the_server() {
    let Some(examples) = built() else { return };
    let services = services();
    services.latency(Duration::from_secs(30));
    let cairn = cairn();
    let input = json!({ "url": format!("{}/notes/add", services.origin()), "patience_ms": 60_000 });
    let mut running = fetch(&cairn, examples, &input).args(["--allow", &allow(&services)]).spawn();
    running.until(|| !services.calls().is_empty());
    let begun = Instant::now();
    cairn.cmd("cancel g1 --why enough").run().ended(0);
    let ran = running.finish();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(ran.text().contains("cancelled"), "{}", ran.text());
}
