use std::path::Path;

use serde_json::json;

use super::*;

const START: u64 = 1_767_225_600_000;

fn story(named: bool) -> Story {
    let mut hints = Hints::new(Path::new(".cairn"), Path::new(".cairn"));
    let data = json!({ "type": "object", "properties": { "tracking": { "type": "string" } } });
    hints.events(&[cairn_host::EventMeta { name: "picked_up".into(), data }]);
    Story::new(Paint::plain(), hints, named)
}

fn tell(story: &mut Story, at: u64, progress: Progress) -> String {
    let update = Update { tenant: "local".into(), id: "o1".into(), progress };
    story.lines(&update, &Clock::at(START + at), START + at).iter().map(|line| format!("{line}\n")).collect()
}

fn step(key: &str, what: &str, attempt: u32) -> Progress {
    Progress::Step { key: key.into(), what: what.into(), attempt }
}

fn ended(key: &str, what: &str, attempt: u32, took: u64, outcome: OutcomeView) -> Progress {
    Progress::Ended { key: key.into(), what: what.into(), attempt, took, outcome }
}

fn failure() -> FailureView {
    FailureView { kind: "network".into(), message: "no connection".into(), detail: json!({}) }
}

/// The instance is at rest and waits for the event.
fn rest(story: &mut Story, at: u64, until: u64) -> String {
    let view = InstanceView {
        id: "o1".into(),
        workflow: "w".into(),
        digest: "sha256:0".into(),
        state: State::Waiting { until: Some(until), events: vec!["picked_up".into()], on: vec![] },
        started: START,
        changed: START + at,
        entries: 9,
    };
    let fields = json!({ "order": "o1" }).as_object().cloned().unwrap();
    let events = vec![("picked_up".to_owned(), fields)];
    let open = [Open { key: "wait".into(), what: "wait picked_up".into(), events, pauses: false }];
    story.rests(&view, &open, &Clock::at(START + at)).iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_run_is_told_as_it_goes() {
    let mut story = story(false);
    let mut told = tell(&mut story, 0, Progress::Loaded { replayed: 0 });
    told += &tell(&mut story, 0, step("item[sku-1]/hold", "inventory.reserve", 1));
    told += &tell(
        &mut story,
        12,
        ended("item[sku-1]/hold", "call inventory.reserve", 1, 12, OutcomeView::Result(json!(1))),
    );
    told += &tell(&mut story, 20, step("charge", "payments.charge", 1));
    let again = START + 1_050;
    told += &tell(
        &mut story,
        50,
        Progress::Tried { key: "charge".into(), attempt: 1, failure: failure(), again },
    );
    told += &tell(
        &mut story,
        51,
        Progress::Waiting { until: Some(again), events: vec![], on: vec![], keys: vec!["charge".into()] },
    );
    told += &tell(&mut story, 1_050, Progress::Loaded { replayed: 3 });
    told += &tell(&mut story, 1_051, step("charge", "payments.charge", 2));
    told += &tell(
        &mut story,
        1_234,
        ended("charge", "call payments.charge", 2, 1_214, OutcomeView::Result(json!(1))),
    );
    told += &rest(&mut story, 1_240, START + 121_240);
    told += &rest(&mut story, 9_000, START + 121_240);
    told +=
        &tell(&mut story, 9_001, ended("wait", "wait picked_up", 0, 7_761, OutcomeView::Failure(failure())));
    let came = json!({ "event": "picked_up", "data": {} });
    told +=
        &tell(&mut story, 9_002, ended("again", "wait picked_up or lost", 0, 1, OutcomeView::Result(came)));
    let gone =
        FailureView { kind: "cancelled".into(), message: "the code gave it up".into(), detail: json!(null) };
    told += &tell(&mut story, 9_003, ended("again.after", "sleep 3d", 0, 1, OutcomeView::Failure(gone)));
    assert_eq!(
        told,
        r#"  ✓ item[sku-1]/hold  inventory.reserve        12 ms
  ! charge            payments.charge       attempt 1: network: no connection; again in 1 s
  ✓ charge            payments.charge          1.2 s  (2 attempts)
  … waits for picked_up until 00:02:01 (in 2 min)
      cairn send o1 picked_up '{"tracking": "…", "order": "o1"}'
  ✗ wait              wait picked_up           7.8 s  network: no connection
  ✓ again             picked_up                 1 ms
"#
    );
}

#[test]
fn what_is_under_way_is_seen_until_it_ends() {
    let mut story = story(true);
    assert_eq!(story.status(START), None);
    tell(&mut story, 0, step("a", "call t.a", 1));
    tell(&mut story, 5, step("b", "call t.b", 2));
    assert_eq!(story.status(START + 2_000).unwrap(), "  → a  t.a, 2 s and 1 more");
    assert_eq!(story.overdue(START + 2_000), Vec::<String>::new());
    assert_eq!(
        story.overdue(START + 3_000),
        ["o1  → a                 t.a                   under way for 3 s"]
    );
    assert_eq!(story.overdue(START + 3_001), Vec::<String>::new());
    tell(&mut story, 4_000, ended("a", "call t.a", 1, 4_000, OutcomeView::Result(json!(null))));
    assert_eq!(story.status(START + 4_005).unwrap(), "  → b  t.b, attempt 2, 4 s");
}

#[test]
fn a_resumed_instance_says_once_how_much_is_behind_it() {
    let mut story = story(true);
    assert_eq!(
        tell(&mut story, 0, Progress::Loaded { replayed: 4 }),
        "o1  ↻ goes on behind 4 recorded operations\n"
    );
    assert_eq!(tell(&mut story, 1, Progress::Loaded { replayed: 5 }), "");
    let line = LogLine { at: START, level: "info".into(), message: "two\nlines".into(), fields: json!({}) };
    assert_eq!(tell(&mut story, 2, Progress::Logged(line)), "o1  · two\no1  · lines\n");
    let refused = Progress::Refused { why: "its key is in use".into() };
    assert_eq!(tell(&mut story, 3, refused), "o1  not started: its key is in use\n");
}
