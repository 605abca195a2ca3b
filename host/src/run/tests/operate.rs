//! What operators do to runs. Each verb is recorded with who did it and why, and holds across a crash.

use cairn_journal::Status;
use cairn_replay::{Act, Entry};
use serde_json::{Value, json};

use super::{
    guest::Script,
    others::{child, named, over, parent, result, start, waits},
    world::{Does, TENANT, World, kind},
};
use crate::{
    Error,
    ops::{Done, Order, OutcomeView, Progress, Purge, Reply, Request, Restart, Retry, Skip, State},
};

pub(super) fn order(id: &str) -> Order {
    let (by, why) = ("ada".to_owned(), "it has to be".to_owned());
    Order { tenant: TENANT.to_owned(), id: id.to_owned(), by, why, drive: true }
}

pub(super) async fn does(world: &World, request: Request) -> Result<Done, Error> {
    match world.handle(request).await? {
        Reply::Done(done) => Ok(done),
        other => panic!("{other:?}"),
    }
}

pub(super) async fn pause(world: &World, id: &str) -> Result<Done, Error> {
    does(world, Request::Pause(order(id))).await
}

pub(super) async fn proceed(world: &World, id: &str) -> Result<Done, Error> {
    does(world, Request::Continue(order(id))).await
}

async fn retry(world: &World, id: &str) -> Result<Done, Error> {
    does(world, Request::Retry(Retry { order: order(id), key: None })).await
}

async fn restart(world: &World, id: &str, from: Option<&str>) -> Result<Done, Error> {
    let from = from.map(str::to_owned);
    does(world, Request::Restart(Restart { order: order(id), from })).await
}

pub(super) async fn skip(world: &World, id: &str, key: &str, given: Option<Value>) -> Result<Done, Error> {
    does(world, Request::Skip(Skip { order: order(id), key: key.to_owned(), result: given })).await
}

async fn purge(world: &World, id: &str) -> Result<Done, Error> {
    let (tenant, id) = (TENANT.to_owned(), id.to_owned());
    does(world, Request::Purge(Purge { tenant, id })).await
}

pub(super) fn refusal(done: Result<Done, Error>) -> String {
    match done {
        Err(Error::Mistake(mistake)) => format!("{} / {}", mistake.message, mistake.help.unwrap_or_default()),
        other => panic!("it was not refused: {other:?}"),
    }
}

fn acts(world: &World, id: &str) -> Vec<Act> {
    let acts = world.entries(id).into_iter().filter_map(|entry| match entry {
        Entry::Acted { by, why, act, .. } => {
            assert_eq!((by.as_str(), why.as_str()), ("ada", "it has to be"));
            Some(act)
        }
        _ => None,
    });
    acts.collect()
}

fn steps(undo: bool) -> Vec<u8> {
    let mut script = Script::new();
    for key in ["a", "b", "c"] {
        let step = script.call(key, &format!("t.{key}"));
        script.check_or_unwind(step, &format!("unwind_{key}"));
        if undo && key == "a" {
            script.undo("a.undo", "t.undo_a");
        }
    }
    script.finish()
}

fn naps() -> Vec<u8> {
    let mut script = Script::new();
    let nap = script.sleep("nap", 60_000);
    script.check(nap);
    let go = script.receive("go", "go", None);
    script.check(go);
    let last = script.call("last", "t.last");
    script.check(last);
    script.finish()
}

#[tokio::test]
async fn a_paused_run_lets_its_attempt_come_back_and_begins_nothing_also_behind_a_crash() {
    let world = World::new();
    world.tools.plan("t.a", [Does::Held]);
    world.start("o1", &steps(false)).await.unwrap();
    world.called(1).await;
    assert!(!pause(&world, "o1").await.unwrap().before);
    assert!(pause(&world, "o1").await.unwrap().before, "a second time changes nothing");
    assert_eq!(world.show("o1").await.instance.state, State::Paused, "it shows at once");
    world.tools.release();
    assert_eq!(world.rest("o1").await, State::Paused);
    let ended = |key: &str| {
        world.entries("o1").iter().any(|entry| matches!(entry, Entry::Ended { key: of, .. } if of.0 == key))
    };
    assert!(ended("a"), "what the attempt gave is recorded");
    let world = world.reborn().await;
    assert_eq!(world.resume(None).await, Vec::<String>::new());
    world.resume(Some("o1")).await;
    assert_eq!(world.rest("o1").await, State::Paused);
    assert_eq!(world.tools.calls(), ["acme/o1/a"], "nothing new has gone out");
    proceed(&world, "o1").await.unwrap();
    assert_eq!(world.outcome("o1").await, result(json!("done")));
    assert_eq!(world.tools.calls(), ["acme/o1/a", "acme/o1/b", "acme/o1/c"]);
    assert_eq!(acts(&world, "o1"), [Act::Pause, Act::Continue]);
    assert!(refusal(proceed(&world, "o1").await).contains("is over"));
}

#[tokio::test]
async fn what_goes_on_while_its_attempt_is_out_does_not_begin_it_again() {
    let world = World::new();
    world.tools.plan("t.a", [Does::Held]);
    world.start("o1", &steps(false)).await.unwrap();
    world.called(1).await;
    pause(&world, "o1").await.unwrap();
    proceed(&world, "o1").await.unwrap();
    world.tools.release();
    assert_eq!(world.outcome("o1").await, result(json!("done")));
    assert_eq!(world.tools.calls(), ["acme/o1/a", "acme/o1/b", "acme/o1/c"]);
}

#[tokio::test]
async fn timers_and_events_wait_for_a_paused_run() {
    let world = World::new();
    world.start("o1", &naps()).await.unwrap();
    world.rest("o1").await;
    pause(&world, "o1").await.unwrap();
    world.clock.turn(120_000);
    world.send("o1", "go", json!({}), "m").await.unwrap();
    world.resume(None).await;
    assert_eq!(world.rest("o1").await, State::Paused);
    assert_eq!(world.entries("o1").len(), 3, "began, asked, paused");
    proceed(&world, "o1").await.unwrap();
    assert_eq!(world.outcome("o1").await, result(json!("done")));
}

/// It is loaded, goes on at once, and waits again before the operator has the answer.
#[tokio::test]
async fn what_comes_while_a_paused_run_is_told_to_go_on_wakes_it() {
    let mut script = Script::new();
    let a = script.call("a", "t.a");
    script.check(a);
    let go = script.receive("go", "go", None);
    script.check(go);
    let world = World::new();
    world.tools.plan("t.a", [Does::Held]);
    world.start("o1", &script.finish()).await.unwrap();
    world.called(1).await;
    pause(&world, "o1").await.unwrap();
    let late = world.late(goes_on, false);
    let comes = async {
        while world.entries("o1").len() < 4 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        world.tools.release();
        while !matches!(world.head("o1").status, Status::Waiting(_)) {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        world.send("o1", "go", json!({}), "m").await.unwrap();
        late.send_replace(true);
    };
    let (went_on, ()) = tokio::join!(proceed(&world, "o1"), comes);
    went_on.unwrap();
    over(&world, "o1").await;
}

fn goes_on(entry: &Entry) -> bool {
    matches!(entry, Entry::Acted { act: Act::Continue, .. })
}

/// If the power went in between, it would stand there as paused, and the step had gone out.
#[tokio::test]
async fn what_was_about_to_leave_when_it_was_paused_leaves_when_it_is_on_disk_that_it_goes_on() {
    let world = World::new();
    let asked = world.late(|entry| matches!(entry, Entry::Asked { .. }), false);
    world.start("o1", &steps(false)).await.unwrap();
    let recorded = async |entries: usize| {
        while world.entries("o1").len() < entries {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    };
    recorded(2).await;
    pause(&world, "o1").await.unwrap();
    let kept = world.late(goes_on, true);
    let answered = async {
        recorded(4).await;
        asked.send_replace(true);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        assert_eq!(world.tools.calls(), Vec::<String>::new());
        kept.send_replace(true);
    };
    let (went_on, ()) = tokio::join!(proceed(&world, "o1"), answered);
    went_on.unwrap();
    assert_eq!(world.outcome("o1").await, result(json!("done")));
    assert_eq!(world.tools.calls(), ["acme/o1/a", "acme/o1/b", "acme/o1/c"]);
}

#[tokio::test]
async fn a_retry_of_a_step_waits_for_a_paused_run() {
    let mut script = Script::new();
    let patience = super::guest::Patience { retry: Some((3, 60_000)), ..Default::default() };
    let step = script.call_with("a", "t.a", "{}", patience);
    script.check(step);
    let world = World::new();
    world.tools.plan("t.a", [Does::Fails("network"), Does::Gives(json!(1))]);
    world.start("o1", &script.finish()).await.unwrap();
    world.called(1).await;
    world.rest("o1").await;
    pause(&world, "o1").await.unwrap();
    world.clock.turn(120_000);
    assert_eq!((world.rest("o1").await, world.tools.calls().len()), (State::Paused, 1));
    proceed(&world, "o1").await.unwrap();
    assert_eq!(world.outcome("o1").await, result(json!(1)));
}

#[tokio::test]
async fn cancelling_a_paused_run_has_it_go_on_to_its_end() {
    let world = World::new();
    world.start("o1", &naps()).await.unwrap();
    world.rest("o1").await;
    pause(&world, "o1").await.unwrap();
    assert!(!world.cancel("o1").await);
    assert_eq!(kind(&world.outcome("o1").await), "cancelled");
}

#[tokio::test]
async fn terminating_cuts_off_what_is_out_and_undoes_nothing() {
    let world = World::new();
    world.tools.plan("t.b", [Does::Hangs]);
    world.start("o1", &steps(true)).await.unwrap();
    world.called(2).await;
    does(&world, Request::Terminate(order("o1"))).await.unwrap();
    assert_eq!(kind(&world.outcome("o1").await), "terminated");
    assert_eq!(world.tools.calls(), ["acme/o1/a", "acme/o1/b"]);
    let end = world.entries("o1");
    assert!(matches!(
        &end[end.len() - 2..],
        [Entry::Acted { act: Act::Terminate, .. }, Entry::Finished { .. }]
    ));
    assert!(does(&world, Request::Terminate(order("o1"))).await.unwrap().before);
}

#[tokio::test]
async fn who_waits_for_a_terminated_run_is_told_and_what_it_waits_for_is_cancelled() {
    let world = World::new();
    start(&world, Some("p"), &parent("child"), &[&child()], json!({})).await.unwrap();
    waits(&world, "p~part", "go").await;
    does(&world, Request::Terminate(order("p~part"))).await.unwrap();
    assert_eq!(kind(&over(&world, "p").await), "terminated");
    start(&world, Some("q"), &parent("child"), &[&child()], json!({})).await.unwrap();
    waits(&world, "q~part", "go").await;
    waits(&world, "q", "child q~part").await;
    does(&world, Request::Terminate(order("q"))).await.unwrap();
    assert_eq!(kind(&over(&world, "q").await), "terminated");
    assert_eq!(kind(&over(&world, "q~part").await), "cancelled");
}

/// The place is given back while the operator waits for the answer, and the run that is being paused does not take it.
#[tokio::test]
async fn one_that_is_being_paused_holds_up_nobody_in_the_line_of_a_lock() {
    let takes = |first: bool| {
        let mut script = Script::new();
        if first {
            script.call("a", "t.a");
        }
        let place = script.lock("lock", "press", 1);
        script.check(place);
        let go = script.receive("go", "go", None);
        script.check(go);
        script.finish()
    };
    let world = World::new();
    world.tools.plan("t.a", [Does::Held]);
    world.start("o1", &takes(false)).await.unwrap();
    waits(&world, "o1", "go").await;
    world.start("o2", &takes(true)).await.unwrap();
    world.called(1).await;
    world.start("o3", &takes(false)).await.unwrap();
    waits(&world, "o3", "lock press").await;
    let late = world.late(|entry| matches!(entry, Entry::Acted { act: Act::Pause, .. }), false);
    let freed = async {
        while world.head("o2").status != Status::Paused {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        does(&world, Request::Terminate(order("o1"))).await.unwrap();
        waits(&world, "o3", "go").await;
        late.send_replace(true);
    };
    let (paused, ()) = tokio::join!(pause(&world, "o2"), freed);
    paused.unwrap();
    world.tools.release();
    world.send("o3", "go", json!({}), "m").await.unwrap();
    over(&world, "o3").await;
    proceed(&world, "o2").await.unwrap();
    waits(&world, "o2", "go").await;
}

#[tokio::test]
async fn a_terminated_run_gives_its_places_back() {
    let mut script = Script::new();
    let place = script.lock("lock", "press", 1);
    script.check(place);
    let go = script.receive("go", "go", None);
    script.check(go);
    let code = script.finish();
    let world = World::new();
    world.start("o1", &code).await.unwrap();
    world.rest("o1").await;
    world.start("o2", &code).await.unwrap();
    world.rest("o2").await;
    let world = world.reborn().await;
    world.resume(Some("o2")).await;
    does(&world, Request::Terminate(Order { drive: false, ..order("o1") })).await.unwrap();
    waits(&world, "o2", "go").await;
}

#[tokio::test]
async fn a_failed_run_goes_on_from_where_it_failed_with_a_new_idempotency_key() {
    let world = World::new();
    world.tools.plan("t.b", [Does::Fails("broken"), Does::Fails("broken"), Does::Gives(json!(2))]);
    world.start("o1", &steps(false)).await.unwrap();
    assert_eq!(kind(&world.outcome("o1").await), "broken");
    for _ in 0..2 {
        retry(&world, "o1").await.unwrap();
        world.rest("o1").await;
    }
    assert_eq!(world.outcome("o1").await, result(json!("done")));
    assert_eq!(
        world.tools.calls(),
        ["acme/o1/a", "acme/o1/b", "acme/o1/!0.1/b", "acme/o1/!0.2/b", "acme/o1/!0.2/c"]
    );
    assert!(matches!(
        acts(&world, "o1")[..],
        [Act::Rewind { dropped: 5, .. }, Act::Rewind { dropped: 5, .. }]
    ));
    assert!(refusal(retry(&world, "o1").await).contains("has not failed"));
}

#[tokio::test]
async fn what_was_undone_does_not_count_as_done() {
    let world = World::new();
    world.tools.plan("t.b", [Does::Fails("broken"), Does::Gives(json!(2))]);
    world.start("o1", &steps(true)).await.unwrap();
    assert_eq!(kind(&world.outcome("o1").await), "broken");
    let before = world.entries("o1");
    let said = refusal(retry(&world, "o1").await);
    assert!(
        said.contains("`a` was undone by `a.undo`") && said.contains("cairn restart o1 --from 'a'"),
        "{said}"
    );
    assert_eq!(world.entries("o1"), before);
    restart(&world, "o1", Some("a")).await.unwrap();
    assert_eq!(world.outcome("o1").await, result(json!("done")));
    let calls = world.tools.calls();
    assert_eq!(calls[..3], ["acme/o1/a", "acme/o1/b", "acme/o1/a.undo"]);
    assert_eq!(calls[3..], ["acme/o1/!0.1/a", "acme/o1/!0.1/b", "acme/o1/!0.1/c"]);
}

/// Promise 1, behind an operator's back: what others had done side by side does not run again.
#[tokio::test]
async fn a_retry_leaves_what_was_done_side_by_side() {
    let mut script = Script::new();
    let body = |script: &mut Script, tools: [&'static str; 2]| {
        script.body(|script| {
            for (key, tool) in ["x", "y"].into_iter().zip(tools) {
                let step = script.call(key, tool);
                script.check(step);
            }
        })
    };
    let (one, two) = (body(&mut script, ["t.x", "t.held"]), body(&mut script, ["t.z", "t.fails"]));
    let (one, two) = (script.block("one", one), script.block("two", two));
    script.check(two);
    script.check(one);
    let world = World::new();
    world.tools.plan("t.held", [Does::Held, Does::Gives(json!("one"))]);
    world.tools.plan("t.fails", [Does::Fails("broken"), Does::Gives(json!("two"))]);
    world.start("o1", &script.finish()).await.unwrap();
    assert_eq!(kind(&world.outcome("o1").await), "broken");
    retry(&world, "o1").await.unwrap();
    assert_eq!(world.outcome("o1").await, result(json!("one")));
    let mut calls = world.tools.calls();
    calls.sort();
    assert_eq!(
        calls,
        [
            "acme/o1/!0.1/two/y",
            "acme/o1/one/x",
            "acme/o1/one/y",
            "acme/o1/one/y",
            "acme/o1/two/x",
            "acme/o1/two/y"
        ],
        "`one/y` was cut off and is tried again under its key"
    );
}

#[tokio::test]
async fn a_run_begins_anew_with_keys_of_its_own_but_not_while_an_attempt_is_out() {
    let world = World::new();
    world.tools.plan("t.a", [Does::Held, Does::Gives(json!(1))]);
    world.start("o1", &steps(false)).await.unwrap();
    world.called(1).await;
    let said = refusal(restart(&world, "o1", None).await);
    assert!(said.contains("an attempt at `a` is out") && said.contains("cairn pause o1"), "{said}");
    world.tools.release();
    world.outcome("o1").await;
    restart(&world, "o1", None).await.unwrap();
    assert_eq!(world.outcome("o1").await, result(json!("done")));
    assert_eq!(world.tools.calls()[3..], ["acme/o1/!1/a", "acme/o1/!1/b", "acme/o1/!1/c"]);
    assert_eq!(world.show("o1").await.run, 1);
    assert_eq!(acts(&world, "o1"), [Act::Restart { dropped: 8 }]);
}

#[tokio::test]
async fn what_is_taken_back_gives_its_events_back() {
    let world = World::new();
    world.start("o1", &naps()).await.unwrap();
    world.rest("o1").await;
    world.clock.turn(60_000);
    world.send("o1", "go", json!({ "n": 1 }), "m").await.unwrap();
    world.outcome("o1").await;
    restart(&world, "o1", Some("go")).await.unwrap();
    assert_eq!(world.outcome("o1").await, result(json!("done")));
    assert_eq!(world.tools.calls(), ["acme/o1/last", "acme/o1/!0.1/last"]);
    let said = refusal(restart(&world, "o1", Some("lost")).await);
    assert!(
        said.contains("has not asked for anything under the key `lost`") && said.contains("last"),
        "{said}"
    );
}

#[tokio::test]
async fn a_run_that_another_one_started_is_not_there_twice() {
    let mut script = Script::new().meta(&named("parent"));
    let one = script.call("one", "t.one");
    script.check(one);
    let part = script.other("child", "part", "child", "{\"n\":1}");
    script.check(part);
    let world = World::new();
    start(&world, Some("p"), &script.finish(), &[&child()], json!({})).await.unwrap();
    waits(&world, "p~part", "go").await;
    waits(&world, "p", "child p~part").await;
    let said = refusal(restart(&world, "p", Some("one")).await);
    assert!(said.contains("`p~part`, which it had started behind that, is not over"), "{said}");
    world.cancel("p~part").await;
    assert_eq!(kind(&over(&world, "p").await), "cancelled");
    restart(&world, "p", Some("part")).await.unwrap();
    waits(&world, "p~0.1!part", "go").await;
    world.send("p~0.1!part", "go", json!({}), "m").await.unwrap();
    assert_eq!(over(&world, "p").await, result(json!("done")));
}

#[tokio::test]
async fn a_run_that_begins_anew_leaves_no_children_behind() {
    let world = World::new();
    start(&world, Some("p"), &parent("child"), &[&child()], json!({})).await.unwrap();
    waits(&world, "p~part", "go").await;
    waits(&world, "p", "child p~part").await;
    restart(&world, "p", None).await.unwrap();
    assert_eq!(kind(&over(&world, "p~part").await), "cancelled");
    waits(&world, "p~1!part", "go").await;
}

#[tokio::test]
async fn what_is_open_is_given_an_outcome_by_hand() {
    let world = World::new();
    world.tools.plan("t.last", [Does::Hangs]);
    world.start("o1", &naps()).await.unwrap();
    world.rest("o1").await;
    let said = refusal(skip(&world, "o1", "go", Some(json!({}))).await);
    assert!(said.contains("has not asked for anything") && said.contains("`nap` (sleep 1m)"), "{said}");
    skip(&world, "o1", "nap", None).await.unwrap();
    waits(&world, "o1", "go").await;
    assert!(refusal(skip(&world, "o1", "nap", None).await).contains("has ended already"));
    assert!(refusal(skip(&world, "o1", "go", None).await).contains("say what came"));
    skip(&world, "o1", "go", Some(json!({ "n": 1 }))).await.unwrap();
    world.called(1).await;
    skip(&world, "o1", "last", Some(json!("by hand"))).await.unwrap();
    assert_eq!(world.outcome("o1").await, result(json!("by hand")));
    let keys = ["nap", "go", "last"].map(|key| Act::Decide { key: cairn_replay::Key(key.into()) });
    assert_eq!(acts(&world, "o1"), keys);
}

#[tokio::test]
async fn what_is_over_can_be_removed_and_its_name_used_anew() {
    let world = World::new();
    world.start("o1", &naps()).await.unwrap();
    world.rest("o1").await;
    assert!(refusal(purge(&world, "o1").await).contains("is not over"));
    does(&world, Request::Terminate(order("o1"))).await.unwrap();
    world.rest("o1").await;
    purge(&world, "o1").await.unwrap();
    assert!(refusal(purge(&world, "o1").await).contains("no instance is called `o1`"));
    world.start("o1", &steps(false)).await.unwrap();
    assert_eq!(world.outcome("o1").await, result(json!("done")));
}

/// Whoever waited for a child is told of its end, and may be gone by then.
#[tokio::test]
async fn a_child_that_ends_after_its_parent_was_removed_stops_nothing() {
    let mut script = Script::new().meta(&named("child"));
    let a = script.call("a", "t.a");
    script.check(a);
    script.undo("a.undo", "t.undo");
    let go = script.receive("go", "go", None);
    script.check_or_unwind(go, "unwind");
    let world = World::new();
    world.resume(None).await;
    world.tools.plan("t.undo", [Does::Held]);
    start(&world, Some("p"), &parent("child"), &[&script.finish()], json!({})).await.unwrap();
    waits(&world, "p~part", "go").await;
    waits(&world, "p", "child p~part").await;
    let mut updates = world.host.watch();
    does(&world, Request::Terminate(order("p"))).await.unwrap();
    world.called(2).await;
    purge(&world, "p").await.unwrap();
    world.tools.release();
    assert_eq!(kind(&over(&world, "p~part").await), "cancelled");
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    while let Ok(update) = updates.try_recv() {
        assert!(!matches!(update.progress, Progress::Stopped { .. }), "{update:?}");
    }
}

/// Each verb's own commit is all or nothing: a crash behind any commit leaves a run that a second try brings to the same end.
#[tokio::test]
async fn a_crash_within_a_verb_leaves_what_was_there_or_what_was_wanted() {
    for commits in 0..40 {
        let world = World::new();
        world.tools.plan("t.b", [Does::Fails("broken"), Does::Gives(json!(2))]);
        world.start("o1", &steps(false)).await.unwrap();
        world.outcome("o1").await;
        let failed = world.entries("o1");
        let world = world.reborn_for(commits).await;
        let retried = does(&world, Request::Retry(Retry { order: order("o1"), key: None })).await;
        world.host.idle().await;
        let dead = world.dead();
        assert_eq!(retried.is_err(), world.entries("o1") == failed, "{retried:?}");
        let world = world.reborn().await;
        if world.head("o1").status == Status::Failed("broken".to_owned()) {
            retry(&world, "o1").await.unwrap();
        }
        world.resume(Some("o1")).await;
        assert_eq!(world.outcome("o1").await, OutcomeView::Result(json!("done")), "{commits}");
        if !dead {
            assert!(commits > 2, "a retry takes several commits");
            return;
        }
    }
    panic!("it never got through");
}
