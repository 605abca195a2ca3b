//! What runs share with each other and with people: children, locks, questions, events, keys, restarts.

use std::collections::BTreeMap;

use cairn_journal::{Journal, MemoryJournal};
use cairn_replay::Entry;
use serde_json::{Value, json};

use super::{
    guest::Script,
    world::{Does, HandClock, TENANT, Toolbox, World, kind},
};
use crate::{
    Error,
    ops::{Answer, Emit, OutcomeView, Reply, Request, Start, Started, State},
    tool::Grant,
};

pub(super) fn named(workflow: &str) -> Value {
    json!({ "format": 1, "workflow": workflow, "events": [{ "name": "go", "data": {} }] })
}

/// Starts `main`, which may start the others.
pub(super) async fn start(
    world: &World,
    id: Option<&str>,
    main: &[u8],
    others: &[&[u8]],
    input: Value,
) -> Result<Started, Error> {
    let digest = world.host.deploy(main).await?.digest;
    let mut peers = BTreeMap::new();
    for bytes in others {
        let deployed = world.host.deploy(bytes).await?;
        peers.insert(deployed.component.workflow().to_owned(), deployed.digest);
    }
    let (tenant, id) = (TENANT.to_owned(), id.map(str::to_owned));
    let start = Start { tenant, id, digest, input, grant: Grant::default(), peers };
    match world.handle(Request::Start(start)).await? {
        Reply::Start(started) => Ok(started),
        other => panic!("{other:?}"),
    }
}

pub(super) fn result(value: Value) -> OutcomeView {
    OutcomeView::Result(value)
}

/// Until it is over, whatever it waits for in between.
pub(super) async fn over(world: &World, id: &str) -> OutcomeView {
    for _ in 0..400 {
        if let Some(outcome) = world.show(id).await.outcome {
            return outcome;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("{id} does not come to an end: {:?}", world.rest(id).await);
}

/// Until it waits as the words say.
pub(super) async fn waits(world: &World, id: &str, wanted: &str) {
    let mut last = None;
    for _ in 0..400 {
        // It may not be there yet.
        if let Ok(State::Waiting { on, events, .. }) =
            world.host.at_rest(TENANT, id).await.map(|view| view.state)
        {
            let found = [on, events].concat();
            if found.iter().any(|one| one == wanted) {
                return;
            }
            last = Some(found);
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("{id} does not wait for {wanted}, but for {last:?}");
}

pub(super) fn parent(verb: &str) -> Vec<u8> {
    let mut script = Script::new().meta(&named("parent"));
    let child = script.other(verb, "part", "child", "{\"n\":1}");
    script.check(child);
    script.finish()
}

pub(super) fn child() -> Vec<u8> {
    let mut script = Script::new().meta(&named("child"));
    let go = script.receive("go", "go", None);
    script.check_or_unwind(go, "unwind");
    let step = script.call("step", "t.step");
    script.check(step);
    script.finish()
}

#[tokio::test]
async fn a_child_has_an_id_of_its_own_and_its_result_is_the_parents() {
    let world = World::new();
    world.tools.plan("t.step", [Does::Gives(json!("made"))]);
    start(&world, Some("p"), &parent("child"), &[&child()], json!({})).await.unwrap();
    waits(&world, "p", "child p~part").await;
    waits(&world, "p~part", "go").await;
    assert_eq!(world.show("p~part").await.parent, Some(("p".to_owned(), "part".to_owned())));
    assert_eq!(world.show("p~part").await.input, json!({ "n": 1 }));
    world.send("p~part", "go", json!({}), "m").await.unwrap();
    assert_eq!(over(&world, "p").await, result(json!("made")));
    assert_eq!(world.tools.calls(), ["acme/p~part/step"]);
}

#[tokio::test]
async fn a_childs_failure_is_the_operations_and_what_cannot_be_started_says_why() {
    let world = World::new();
    world.tools.plan("t.step", [Does::Fails("broken")]);
    world.send("p~part", "go", json!({}), "m").await.unwrap();
    start(&world, Some("p"), &parent("child"), &[&child()], json!({})).await.unwrap();
    assert_eq!(kind(&over(&world, "p").await), "broken");
    start(&world, Some("q"), &parent("child"), &[], json!({})).await.unwrap();
    assert_eq!(kind(&over(&world, "q").await), "missing");
    let mut greedy = Script::new().meta(&json!({
        "format": 1, "workflow": "child", "needs": { "exec": ["git"] },
        "input": { "type": "object", "properties": { "n": { "type": "integer" } } }
    }));
    let step = greedy.call("a", "t.a");
    greedy.check(step);
    start(&world, Some("r"), &parent("child"), &[&greedy.finish()], json!({})).await.unwrap();
    assert_eq!(kind(&over(&world, "r").await), "denied");
    let picky = Script::new().meta(&json!({
        "format": 1, "workflow": "child", "input": { "type": "object", "properties": { "n": { "type": "string" } } }
    }));
    start(&world, Some("s"), &parent("child"), &[&picky.finish()], json!({})).await.unwrap();
    assert_eq!(kind(&over(&world, "s").await), "bad_data");
}

#[tokio::test]
async fn a_spawned_run_goes_its_own_way() {
    let world = World::new();
    start(&world, Some("p"), &parent("spawn"), &[&child()], json!({})).await.unwrap();
    assert_eq!(over(&world, "p").await, result(json!("p~part")));
    waits(&world, "p~part", "go").await;
}

#[tokio::test]
async fn cancelling_the_parent_cancels_the_child_and_waits_for_it() {
    let world = World::new();
    start(&world, Some("p"), &parent("child"), &[&child()], json!({})).await.unwrap();
    waits(&world, "p~part", "go").await;
    world.cancel("p").await;
    assert_eq!(kind(&over(&world, "p").await), "cancelled");
    assert_eq!(kind(&over(&world, "p~part").await), "cancelled");
    let ended =
        world.entries("p").into_iter().position(|entry| matches!(entry, Entry::Ended { .. })).unwrap();
    assert!(ended > 2, "the child's end came after the wish to stop");
}

#[tokio::test]
async fn a_run_that_starts_its_like_without_an_end_is_found_out() {
    let mut script = Script::new().meta(&named("parent"));
    let again = script.other("child", "a", "parent", "{}");
    script.check(again);
    let world = World::new();
    start(&world, Some("p"), &script.finish(), &[], json!({})).await.unwrap();
    assert_eq!(kind(&over(&world, "p").await), "limit");
}

/// Promises 1, 2: whatever the journal loses behind a commit, the child is begun once and its result is the same.
#[tokio::test]
async fn children_survive_a_crash_behind_each_commit() {
    let mut crashed = 0;
    for commits in 2..40 {
        let world = World::on(MemoryJournal::new(), Toolbox::default(), HandClock::default(), commits);
        world.tools.plan("t.step", [Does::Gives(json!(7))]);
        world.send("p~part", "go", json!({}), "m").await.unwrap();
        if start(&world, Some("p"), &parent("child"), &[&child()], json!({})).await.is_err() {
            continue;
        }
        for _ in 0..100 {
            if world.dead() || world.show("p").await.outcome.is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        let died = world.dead();
        crashed += u32::from(died);
        let world = if died { world.reborn().await } else { world };
        world.resume(None).await;
        assert_eq!(over(&world, "p").await, result(json!(7)), "after {commits}");
        assert!(world.tools.calls().iter().all(|call| call == "acme/p~part/step"), "after {commits}");
        if !died {
            break;
        }
    }
    assert!(crashed > 5, "only {crashed} crashes");
}

fn locker() -> Vec<u8> {
    let mut script = Script::new();
    let place = script.lock("gate", "deploy", 1);
    script.check(place);
    let go = script.receive("go", "go", None);
    script.check(go);
    script.tell("unlock", "gate");
    let end = script.receive("end", "end", None);
    script.check(end);
    script.finish()
}

fn queue(world: &World, lock: &str) -> Vec<(String, bool)> {
    let line = world.journal.queue(TENANT, lock).unwrap();
    line.into_iter().map(|one| (one.id.instance, one.holds)).collect()
}

#[tokio::test]
async fn a_lock_is_given_to_one_after_the_other_in_the_order_of_asking() {
    let world = World::new();
    for id in ["c", "a", "b"] {
        world.start(id, &locker()).await.unwrap();
        waits(&world, id, if id == "c" { "go" } else { "lock deploy" }).await;
        world.clock.turn(10);
    }
    let line =
        |holder: bool| [("c", holder), ("a", false), ("b", false)].map(|(id, held)| (id.to_owned(), held));
    assert_eq!(queue(&world, "deploy"), line(true));
    // The line survives the process, and so does who is first.
    let world = world.reborn().await;
    world.resume(None).await;
    assert_eq!(queue(&world, "deploy"), line(true));
    world.send("c", "go", json!({}), "m").await.unwrap();
    waits(&world, "c", "end").await;
    waits(&world, "a", "go").await;
    waits(&world, "b", "lock deploy").await;
    // One that ends without giving its place back gives it back by that.
    world.cancel("a").await;
    assert_eq!(kind(&over(&world, "a").await), "cancelled");
    waits(&world, "b", "go").await;
    assert_eq!(queue(&world, "deploy"), [("b".to_owned(), true)]);
    world.cancel("b").await;
    over(&world, "b").await;
    assert_eq!(queue(&world, "deploy"), []);
}

#[tokio::test]
async fn who_gives_the_wait_for_a_lock_up_leaves_the_line() {
    let world = World::new();
    world.start("a", &locker()).await.unwrap();
    waits(&world, "a", "go").await;
    let mut script = Script::new();
    let place = script.lock("gate", "deploy", 1);
    let timer = script.sleep("timer", 5_000);
    script.check(timer);
    script.cancel(place);
    script.check(place);
    world.start("b", &script.finish()).await.unwrap();
    world.rest("b").await;
    world.clock.turn(6_000);
    assert_eq!(kind(&over(&world, "b").await), "cancelled");
    assert_eq!(queue(&world, "deploy"), [("a".to_owned(), true)]);
}

/// Many who want one of two places: never more than two have one, and all get theirs.
#[tokio::test]
async fn never_more_hold_a_lock_than_it_has_places() {
    let mut script = Script::new();
    let place = script.lock("gate", "pool", 2);
    script.check(place);
    let step = script.call("step", "t.step");
    script.check(step);
    script.tell("unlock", "gate");
    let code = script.finish();
    let world = World::new();
    let ids: Vec<String> = (0..30).map(|n| format!("r{n}")).collect();
    for id in &ids {
        world.start(id, &code).await.unwrap();
        assert!(queue(&world, "pool").iter().filter(|(_, holds)| *holds).count() <= 2);
    }
    for id in &ids {
        assert_eq!(over(&world, id).await, result(json!("done")), "{id}");
    }
    assert_eq!(queue(&world, "pool"), []);
}

async fn answer(world: &World, key: &str, choice: &str) -> Result<(), Error> {
    let answer = Answer {
        tenant: TENANT.to_owned(),
        id: "o1".to_owned(),
        key: Some(key.to_owned()),
        choice: choice.to_owned(),
        by: "ada".to_owned(),
        note: Some("fine".to_owned()),
    };
    world.handle(Request::Answer(answer)).await.map(drop)
}

#[tokio::test]
async fn a_person_answers_one_of_the_choices_once_and_is_reminded_until_then() {
    let mut script = Script::new();
    let task = json!({ "title": "Pay?", "choices": ["yes", "no"], "remind": 60_000, "show": { "total": 7 } });
    let asked = script.ask("sign_off", "ada", &task.to_string());
    script.check(asked);
    let world = World::new();
    world.start("o1", &script.finish()).await.unwrap();
    waits(&world, "o1", "answer sign_off from ada").await;
    let shown = world.show("o1").await;
    let question = shown.questions.first().unwrap();
    assert_eq!((question.title.as_str(), question.choices.len()), ("Pay?", 2));
    // Two moments pass while nobody looks, and a third while somebody does.
    world.clock.turn(125_000);
    waits(&world, "o1", "answer sign_off from ada").await;
    world.clock.turn(60_000);
    let world = world.reborn().await;
    world.resume(None).await;
    waits(&world, "o1", "answer sign_off from ada").await;
    let reminded = |world: &World| {
        world
            .entries("o1")
            .iter()
            .filter(|entry| matches!(entry, Entry::Logged { scope: Some(_), .. }))
            .count()
    };
    for _ in 0..200 {
        if reminded(&world) == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(reminded(&world), 3);
    let refused = |error: Error| error.to_string();
    assert!(
        answer(&world, "sign_of", "yes").await.map_err(refused).unwrap_err().contains("asks nothing under")
    );
    assert!(answer(&world, "sign_off", "maybe").await.map_err(refused).unwrap_err().contains("is no choice"));
    answer(&world, "sign_off", "yes").await.unwrap();
    let OutcomeView::Result(value) = over(&world, "o1").await else { panic!("no answer") };
    let at = value.get("at").cloned().unwrap();
    assert_eq!(value, json!({ "choice": "yes", "by": "ada", "note": "fine", "at": at }));
    assert!(at.as_str().unwrap().ends_with('Z'), "{at}");
    assert!(answer(&world, "sign_off", "no").await.is_err(), "it is over");
}

#[tokio::test]
async fn the_first_answer_counts() {
    let mut script = Script::new();
    let asked = script.ask("sign_off", "ada", "{\"title\":\"Pay?\"}");
    let go = script.receive("go", "go", None);
    script.check(go);
    script.check(asked);
    let world = World::new();
    world.start("o1", &script.finish()).await.unwrap();
    waits(&world, "o1", "go").await;
    answer(&world, "sign_off", "as you like").await.unwrap();
    let second = answer(&world, "sign_off", "no").await.unwrap_err().to_string();
    assert!(second.contains("has been answered before"), "{second}");
    assert!(world.show("o1").await.questions.is_empty());
    world.send("o1", "go", json!({}), "m").await.unwrap();
    let OutcomeView::Result(value) = over(&world, "o1").await else { panic!("no answer") };
    assert_eq!(value.get("choice"), Some(&json!("as you like")));
}

#[tokio::test]
async fn an_event_reaches_all_who_know_it_once_also_after_crashes() {
    let takes = |event: &str| {
        let mut script = Script::new()
            .meta(&json!({ "format": 1, "workflow": "w", "events": [{ "name": event, "data": {} }] }));
        let one = script.receive("one", event, None);
        script.check(one);
        let two = script.receive("two", event, None);
        script.check(two);
        script.finish()
    };
    let mut script = Script::new();
    let all = script.send("all", "news", "{\"n\":1}", None);
    script.check(all);
    let one = script.send("one", "news", "{\"n\":2}", Some("x"));
    script.check(one);
    let (sender, news, other) = (script.finish(), takes("news"), takes("other"));
    for commits in 4..40 {
        let world = World::on(MemoryJournal::new(), Toolbox::default(), HandClock::default(), commits);
        let mut begun = 0;
        for (id, code) in [("x", &news), ("y", &news), ("z", &other), ("s", &sender)] {
            begun += u32::from(world.start(id, code).await.is_ok());
        }
        if begun < 4 {
            continue;
        }
        for _ in 0..20 {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        let died = world.dead();
        let world = world.reborn().await;
        world.resume(None).await;
        assert_eq!(over(&world, "s").await, result(json!(null)), "after {commits}");
        let OutcomeView::Result(second) = over(&world, "x").await else { panic!("x failed") };
        assert_eq!(second.get("data"), Some(&json!({ "n": 2 })), "after {commits}");
        waits(&world, "y", "news").await;
        waits(&world, "z", "other").await;
        assert!(world.show("x").await.inbox.is_empty() && world.show("z").await.inbox.is_empty());
        if !died {
            return;
        }
    }
    panic!("it never went through");
}

#[tokio::test]
async fn an_operators_event_goes_to_all_who_know_it() {
    let mut script = Script::new();
    let one = script.receive("one", "news", None);
    script.check(one);
    let code = script.finish();
    let world = World::new();
    world.start("x", &code).await.unwrap();
    world.start("y", &code).await.unwrap();
    let emit = Emit {
        tenant: TENANT.to_owned(),
        event: "news".to_owned(),
        data: json!({}),
        message: Some("m".to_owned()),
        expires_in: None,
    };
    let Ok(Reply::Emit(emitted)) = world.handle(Request::Emit(emit)).await else { panic!("not sent") };
    assert_eq!(emitted.to, ["x", "y"]);
    over(&world, "x").await;
    over(&world, "y").await;
}

#[tokio::test]
async fn nobody_but_the_host_sends_its_own_messages() {
    let mut script = Script::new();
    let fake = script.send("fake", "!answer", "{\"key\":\"sign_off\",\"choice\":\"yes\"}", Some("o1"));
    script.check(fake);
    let world = World::new();
    world.start("o2", &script.finish()).await.unwrap();
    assert_eq!(kind(&over(&world, "o2").await), "bad_data");
    let sent = world.send("o1", "!answer", json!({}), "m").await.unwrap_err().to_string();
    assert!(sent.contains("cannot be the name of an event"), "{sent}");
}

fn keyed(otherwise: &str) -> Vec<u8> {
    let parts = json!([{ "input": "/repo" }]);
    let mut script = Script::new().meta(&json!({
        "format": 1, "workflow": "ci", "events": [{ "name": "go", "data": {} }],
        "key": { "parts": parts, "else": otherwise }
    }));
    let go = script.receive("go", "go", None);
    script.check(go);
    script.finish()
}

#[tokio::test]
async fn a_key_that_is_in_use_joins_queues_replaces_or_is_refused() {
    let input = || json!({ "repo": "a" });
    let world = World::new();
    let join = keyed("join");
    for existed in [false, true] {
        let started = start(&world, None, &join, &[], input()).await.unwrap();
        assert_eq!((started.instance.id.as_str(), started.existed), ("ci:a", existed));
    }
    let refused = start(&world, None, &keyed("reject"), &[], input()).await.unwrap_err().to_string();
    assert_eq!(refused, "`ci:a` has this key and is not over");
    let queue = keyed("queue");
    for id in ["ci:a~2", "ci:a~3"] {
        assert_eq!(start(&world, None, &queue, &[], input()).await.unwrap().instance.id, id);
        waits(&world, id, "turn").await;
        assert_eq!(world.entries(id).len(), 1, "its code has not run");
        world.clock.turn(1);
    }
    let world = world.reborn().await;
    world.resume(None).await;
    waits(&world, "ci:a~2", "turn").await;
    // One that is cancelled before its turn never runs.
    world.cancel("ci:a~2").await;
    assert_eq!(kind(&over(&world, "ci:a~2").await), "cancelled");
    world.send("ci:a", "go", json!({}), "m").await.unwrap();
    over(&world, "ci:a").await;
    waits(&world, "ci:a~3", "go").await;
    let started = start(&world, None, &keyed("replace"), &[], input()).await.unwrap();
    assert_eq!(started.instance.id, "ci:a~4");
    assert_eq!(kind(&over(&world, "ci:a~3").await), "cancelled");
    waits(&world, "ci:a~4", "go").await;
    let other = start(&world, None, &join, &[], json!({ "repo": "b" })).await.unwrap();
    assert_eq!(other.instance.id, "ci:b");
}

#[tokio::test]
async fn a_child_with_a_key_is_the_one_that_runs() {
    let world = World::new();
    let mut script = Script::new();
    let part = script.other("child", "part", "ci", "{\"repo\":\"a\"}");
    script.check(part);
    let parent = script.finish();
    let code = keyed("join");
    for id in ["p", "q"] {
        start(&world, Some(id), &parent, &[&code], json!({})).await.unwrap();
        waits(&world, id, "child ci:a").await;
    }
    let world = world.reborn().await;
    world.resume(None).await;
    world.send("ci:a", "go", json!({ "n": 1 }), "m").await.unwrap();
    assert_eq!(over(&world, "p").await, over(&world, "q").await);
}

/// Waits for `go`.
fn waiting(workflow: &str) -> Vec<u8> {
    let mut script = Script::new().meta(&named(workflow));
    let go = script.receive("go", "go", None);
    script.check(go);
    script.finish()
}

#[tokio::test]
async fn the_same_start_again_goes_on_and_another_one_is_refused_by_what_is_other() {
    let world = World::new();
    let (code, input) = (waiting("w"), || json!({ "n": 1 }));
    assert!(!start(&world, Some("a"), &code, &[], input()).await.unwrap().existed);
    assert!(start(&world, Some("a"), &code, &[], input()).await.unwrap().existed);
    let refused = |code: Vec<u8>, input: Value| {
        let world = &world;
        async move { start(world, Some("a"), &code, &[], input).await.unwrap_err().to_string() }
    };
    assert_eq!(refused(waiting("v"), input()).await, "`a` is a run of another workflow, `w`");
    assert_eq!(refused(code.clone(), json!({})).await, "`a` was started with another input");
    let mut longer = Script::new().meta(&named("w"));
    longer.sleep("s", 1);
    let other = refused(longer.finish(), input()).await;
    assert!(other.starts_with("`a` runs other code of `w`: sha256:"), "{other}");
    let (tenant, id) = (TENANT.to_owned(), Some("a".to_owned()));
    let digest = world.host.deploy(&code).await.unwrap().digest;
    let grant = Grant { allow: vec!["exec=git".parse().unwrap()], ..Grant::default() };
    let granted = Start { tenant, id, digest, input: input(), grant, peers: BTreeMap::new() };
    let refused = world.handle(Request::Start(granted)).await.unwrap_err().to_string();
    assert_eq!(refused, "`a` was started with other grants: without `--allow exec=git`");
    world.send("a", "go", json!({}), "m").await.unwrap();
    assert!(matches!(over(&world, "a").await, OutcomeView::Result(_)), "none of that did it any harm");
}

/// Restarts once, with what the first run has not.
fn restarts() -> Vec<u8> {
    let mut script = Script::new();
    script.tell("expose", "{\"at\":1}");
    let step = script.call("step", "t.step");
    script.check(step);
    script.undo("step.undo", "t.undo");
    // `{"n":0}`
    script.if_input(5, b'0');
    let place = script.lock("gate", "deploy", 1);
    script.check(place);
    script.tell("restart", "{\"n\":1}");
    script.end_if();
    let go = script.receive("go", "go", None);
    script.check(go);
    script.finish()
}

#[tokio::test]
async fn the_next_run_has_the_same_id_an_empty_journal_and_the_messages_that_nobody_took() {
    for commits in 3..40 {
        let world = World::on(MemoryJournal::new(), Toolbox::default(), HandClock::default(), commits);
        world.send("o1", "go", json!({}), "m").await.unwrap();
        let Ok(_) = world.start_with("o1", &restarts(), json!({ "n": 0 })).await else { continue };
        for _ in 0..100 {
            if world.dead() || world.show("o1").await.outcome.is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        let died = world.dead();
        let world = world.reborn().await;
        world.resume(None).await;
        let OutcomeView::Result(value) = over(&world, "o1").await else {
            panic!("it failed, after {commits}")
        };
        assert_eq!(value.get("id"), Some(&json!("m")), "after {commits}");
        let shown = world.show("o1").await;
        assert_eq!((shown.run, shown.input, shown.status), (1, json!({ "n": 1 }), Some(json!({ "at": 1 }))));
        let again = world.start_with("o1", &restarts(), json!({ "n": 0 })).await;
        assert!(again.is_ok(), "the same start again: {again:?}");
        let mut calls = world.tools.calls();
        calls.dedup();
        assert_eq!(
            calls,
            ["acme/o1/step", "acme/o1/!1/step"],
            "no undo, and each run has its own, after {commits}"
        );
        assert_eq!(queue(&world, "deploy"), [], "places are given back");
        let exposed =
            world.entries("o1").iter().filter(|entry| matches!(entry, Entry::Exposed { .. })).count();
        assert_eq!(exposed, 1, "after {commits}");
        if !died {
            return;
        }
    }
    panic!("it never went through");
}
