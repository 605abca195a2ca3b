//! What stands around a step or a run: outcomes that are kept, limits, secrets, the calendar.

use std::collections::BTreeMap;

use cairn_replay::{Entry, Json};
use serde_json::{Value, json};

use super::{
    guest::{Patience, Script},
    others::{over, result},
    world::{Does, TENANT, World, kind},
};
use crate::{
    ops::{OutcomeView, Request, Start, State},
    tool::Grant,
};

#[tokio::test]
async fn an_outcome_that_is_young_enough_will_do() {
    let mut script = Script::new();
    let patience = Patience { cache: Some(("rate", 60_000)), ..Patience::default() };
    let step = script.call_with("step", "t.step", "{}", patience);
    script.check(step);
    let code = script.finish();
    let world = World::new();
    world.tools.plan("t.step", [Does::Fails("broken"), Does::Gives(json!(1)), Does::Gives(json!(2))]);
    for (id, turn, wanted, calls) in [
        ("a", 0, "broken", 1),
        ("b", 0, "1", 2),
        ("c", 59_000, "1", 2),
        ("d", 2_000, "2", 3),
        ("e", 59_000, "2", 3),
    ] {
        world.clock.turn(turn);
        world.start(id, &code).await.unwrap();
        let outcome = over(&world, id).await;
        let found = match &outcome {
            OutcomeView::Result(value) => value.to_string(),
            OutcomeView::Failure(failure) => failure.kind.clone(),
        };
        assert_eq!((found.as_str(), world.tools.calls().len()), (wanted, calls), "{id}");
    }
}

#[tokio::test]
async fn limits_of_the_workflow_end_it_with_its_undos() {
    let code = |limits: Value| {
        let mut script = Script::new().meta(&json!({ "format": 1, "workflow": "w", "limits": limits }));
        let one = script.call("a", "t.a");
        script.check(one);
        script.undo("a.undo", "t.undo");
        let sleep = script.sleep("sleep", 100_000);
        script.check(sleep);
        let two = script.call("b", "t.b");
        script.check(two);
        script.finish()
    };
    let world = World::new();
    world.start("steps", &code(json!({ "steps": 1 }))).await.unwrap();
    world.start("time", &code(json!({ "time": 50_000 }))).await.unwrap();
    world.start("none", &code(json!({ "steps": 2, "time": 200_000 }))).await.unwrap();
    world.called(3).await;
    for id in ["steps", "time", "none"] {
        world.rest(id).await;
    }
    world.clock.turn(49_000);
    assert!(matches!(world.rest("time").await, State::Waiting { .. }));
    world.clock.turn(2_000);
    let OutcomeView::Failure(failure) = over(&world, "time").await else { panic!("it went on") };
    assert_eq!(failure.kind, "limit");
    assert!(failure.message.contains("50s"), "{}", failure.message);
    world.clock.turn(50_000);
    assert_eq!(kind(&over(&world, "steps").await), "limit");
    assert_eq!(over(&world, "none").await, result(json!("done")));
    let mut calls = world.tools.calls();
    calls.sort();
    assert_eq!(
        calls,
        [
            "acme/none/a",
            "acme/none/b",
            "acme/steps/a",
            "acme/steps/a.undo",
            "acme/time/a",
            "acme/time/a.undo"
        ]
    );
}

#[tokio::test]
async fn a_secret_is_in_no_journal_and_one_that_is_not_granted_is_denied() {
    let mut script = Script::new();
    let patience = Patience { secret: Some("/key"), ..Patience::default() };
    let step = script.call_with("step", "t.step", "{\"key\":[\"Bearer \",{\"secret\":\"K\"}]}", patience);
    script.check(step);
    let code = script.finish();
    let world = World::new();
    world.tools.plan("t.step", [Does::Gives(json!({ "echo": "Bearer s3cr3t" }))]);
    world.start("none", &code).await.unwrap();
    assert_eq!(kind(&over(&world, "none").await), "denied");
    let path = std::env::temp_dir().join(format!("cairn-host-secret-{}", std::process::id()));
    std::fs::write(&path, "s3cr3t\n").unwrap();
    let mut grant = Grant::default();
    grant.secret(&format!("K=file:{}", path.display())).unwrap();
    let digest = world.host.deploy(&code).await.unwrap().digest;
    let (tenant, id) = (TENANT.to_owned(), Some("some".to_owned()));
    let start = Start { tenant, id, digest, input: json!({}), grant, peers: BTreeMap::new() };
    world.handle(Request::Start(start)).await.unwrap();
    assert_eq!(over(&world, "some").await, result(json!({ "echo": "Bearer ***" })));
    std::fs::remove_file(path).unwrap();
    assert!(!format!("{:?}", world.entries("some")).contains("s3cr3t"));
}

#[tokio::test]
async fn the_calendar_answers_at_once_and_its_answer_is_recorded() {
    let mut script = Script::new();
    script.calendar("day", "date", 0, "Asia/Tokyo", "[]");
    let world = World::new();
    world.start("o1", &script.finish()).await.unwrap();
    assert_eq!(over(&world, "o1").await, result(json!("1970-01-01")));
    let recorded = world.entries("o1").into_iter().find_map(|entry| match entry {
        Entry::Ended { outcome, .. } => Some(outcome),
        _ => None,
    });
    assert_eq!(recorded, Some(Ok(Json("\"1970-01-01\"".into()))));
}
