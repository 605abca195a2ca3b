//! What starts by itself, on the real program. That each moment comes once, whatever crashes and however the clock is set, is tried in the host's own
//! tests and in `clock`.

use cairn_tests::{Cairn, golden, workspace, written};
use serde_json::json;

use crate::cairn;

fn yearly(cairn: &Cairn) {
    let file = workspace().join("tests/program/yearly.cairn");
    cairn.cmd("schedule").arg(file).args(["--by", "ada", "--why", "a new year"]).run().ended(0);
}

#[test]
fn it_is_registered_listed_paused_continued_and_removed_with_who_and_why() {
    let cairn = cairn();
    yearly(&cairn);
    let listed = cairn.cmd("schedules").run().ended(0);
    let line = |word: &str| {
        listed.stdout.lines().find(|line| line.contains(word)).unwrap_or_else(|| panic!("{}", listed.text()))
    };
    assert!(
        line("0 0 1 1 *").contains("in UTC") && line("0 0 1 1 *").contains("-01-01"),
        "{}",
        listed.text()
    );
    assert!(line("the event poke").contains("when it comes"), "{}", listed.text());
    assert!(listed.stderr.contains("cairn resume --keep"), "{}", listed.text());
    cairn.cmd("schedule --pause yearly --by bob --why holidays").run().ended(0);
    assert!(cairn.cmd("schedules").run().ended(0).stdout.contains("paused by bob: holidays"));
    let sent = cairn.cmd("emit poke").arg(r#"{"n": 2}"#).run().ended(0);
    assert!(sent.stderr.contains("nobody") || sent.stderr.contains("no run"), "{}", sent.text());
    cairn.cmd("schedule --continue yearly --by bob").run().ended(0);
    let all = cairn.cmd("schedules --json").run().ended(0).json();
    let acts = all["schedules"][0]["acts"].as_array().expect("acts").clone();
    let by: Vec<_> = acts.iter().map(|act| (act["by"].clone(), act["why"].clone())).collect();
    assert_eq!(
        by,
        [(json!("ada"), json!("a new year")), (json!("bob"), json!("holidays")), (json!("bob"), json!(""))]
    );
    cairn.cmd("schedule --remove yearly").run().ended(0);
    let none = cairn.cmd("schedules").run().ended(0);
    assert!(
        none.stdout.is_empty() && none.stderr.contains("no workflow starts by itself here"),
        "{}",
        none.text()
    );
}

#[test]
fn promise_5_an_event_that_is_emitted_starts_one_run_also_when_it_is_sent_twice() {
    let cairn = cairn();
    yearly(&cairn);
    for _ in 0..2 {
        let sent = cairn.cmd("emit poke --json --message-id m1").arg(r#"{"n": 7}"#).run().ended(0).json();
        assert_eq!(sent["to"].as_array().map(Vec::len), Some(1), "{sent}");
    }
    cairn.cmd("emit poke --message-id m2").arg(r#"{"n": 1}"#).run().ended(0);
    cairn.cmd("resume").run().ended(0);
    let listed = cairn.cmd("list --json").run().ended(0).json();
    let runs = listed["instances"].as_array().expect("a list");
    assert_eq!(runs.len(), 1, "{listed}");
    let shown = cairn.show(runs[0]["id"].as_str().expect("an id"));
    assert_eq!(
        (&shown["outcome"]["result"], &shown["input"]["n"]),
        (&json!("any 7"), &json!(7)),
        "{shown:#}"
    );
}

#[test]
fn what_cannot_be_registered_says_why() {
    let cairn = cairn();
    written(cairn.folder(), "hello.cairn", "workflow hello(name: string) -> string {\n  return name\n}\n");
    let hello = cairn.cmd("schedule hello.cairn").run().ended(2);
    yearly(&cairn);
    let mistyped = cairn.cmd("schedule --pause yaerly").run().ended(2);
    let both = cairn.cmd("schedule hello.cairn --remove yearly").run().ended(2);
    let nothing = cairn.cmd("schedule").run().ended(2);
    let texts: Vec<String> = [hello, mistyped, both, nothing].iter().map(|ran| ran.text()).collect();
    golden("schedule/refused", &texts.join("\n"));
}
