//! What starts by itself: once for each moment and each event, whatever crashes and however the clock is set.

use std::{collections::BTreeMap, time::Duration};

use cairn_journal::{Journal, MemoryJournal};
use serde_json::{Value, json};

use super::{
    guest::Script,
    others::{over, result, waits},
    world::{Does, HandClock, TENANT, Toolbox, World},
};
use crate::{
    Error,
    ops::{
        Became, Emit, Reply, Request, Schedule, ScheduleAct, ScheduleDone, ScheduleView, Schedules, StartedBy,
    },
    tool::Grant,
};

fn at(text: &str) -> u64 {
    u64::try_from(text.parse::<jiff::Timestamp>().unwrap().as_millisecond()).unwrap()
}

/// A workflow that begins so; it takes a step.
fn workflow(triggers: &Value, key: Value) -> Vec<u8> {
    let mut meta = json!({ "format": 1, "workflow": "nightly", "triggers": triggers });
    if !key.is_null() {
        meta["key"] = key;
    }
    let mut script = Script::new().meta(&meta);
    let step = script.call("step", "t.step");
    script.check(step);
    script.finish()
}

fn timed(cron: &str, zone: &str, missed: &str) -> Value {
    json!([{ "on": "schedule", "cron": cron, "zone": zone, "missed": missed, "start": [
        { "name": "day", "date": zone }, { "name": "at", "time": null }, { "name": "what", "value": ["x", 1] }
    ] }])
}

fn hourly(missed: &str) -> Vec<u8> {
    workflow(&timed("0 * * * *", "UTC", missed), Value::Null)
}

/// A world at this moment.
fn world_at(text: &str) -> World {
    let clock = HandClock::default();
    clock.set(at(text) - 1_000);
    World::on(MemoryJournal::new(), Toolbox::default(), clock, u64::MAX)
}

async fn act(world: &World, act: ScheduleAct) -> Result<ScheduleDone, Error> {
    let (by, why) = ("ada".to_owned(), "because".to_owned());
    match world.handle(Request::Schedule(Schedule { tenant: TENANT.to_owned(), act, by, why })).await? {
        Reply::Schedule(done) => Ok(done),
        other => panic!("{other:?}"),
    }
}

async fn register(world: &World, component: &[u8]) -> Result<ScheduleDone, Error> {
    let digest = world.host.deploy(component).await?.digest;
    act(world, ScheduleAct::Register { digest, grant: Grant::default(), peers: BTreeMap::new() }).await
}

async fn listed(world: &World) -> Vec<ScheduleView> {
    match world.handle(Request::Schedules(Schedules { tenant: TENANT.to_owned() })).await.unwrap() {
        Reply::Schedules(listed) => listed.schedules,
        other => panic!("{other:?}"),
    }
}

/// The next moment, and what became of the last.
async fn time(world: &World) -> (Option<u64>, Option<Became>) {
    match listed(world).await.first().and_then(|view| view.started_by.first().cloned()) {
        Some(StartedBy::Schedule { next, last, .. }) => (next, last.map(|last| last.became)),
        other => panic!("{other:?}"),
    }
}

fn ids(world: &World) -> Vec<String> {
    let page = world.journal.list(TENANT, None, 10_000).unwrap();
    page.items.into_iter().map(|head| head.id.instance).collect()
}

/// All runs are these, and stay so.
async fn are(world: &World, wanted: &[&str]) {
    for _ in 0..400 {
        if ids(world).len() >= wanted.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(ids(world), wanted);
}

#[tokio::test]
async fn a_run_is_started_at_each_moment_with_what_the_head_says() {
    let world = world_at("2026-03-27T12:00:00Z");
    let done = register(&world, &workflow(&timed("30 2 * * *", "Europe/Berlin", "once"), Value::Null))
        .await
        .unwrap();
    assert_eq!((done.did.as_str(), done.driven), ("starts by itself from now on", false));
    world.clock.set(at("2026-03-28T01:30:00Z"));
    are(&world, &[]).await;
    world.clock.set(at("2026-03-27T12:00:00Z"));
    assert!(world.resume(None).await.is_empty());
    assert_eq!(time(&world).await, (Some(at("2026-03-28T01:30:00Z")), None));
    world.clock.set(at("2026-03-28T01:29:59Z"));
    are(&world, &[]).await;
    world.clock.set(at("2026-03-28T01:30:00Z"));
    are(&world, &["nightly-20260328T0130Z"]).await;
    assert_eq!(over(&world, "nightly-20260328T0130Z").await, result(json!("done")));
    let input = world.show("nightly-20260328T0130Z").await.input;
    assert_eq!(input, json!({ "day": "2026-03-28", "at": "2026-03-28T01:30:00Z", "what": ["x", 1] }));
    let started = Some(Became::Started("nightly-20260328T0130Z".to_owned()));
    // That night half past two is on no clock: it is an hour later.
    assert_eq!(time(&world).await, (Some(at("2026-03-29T01:30:00Z")), started));
    world.clock.set(at("2026-03-29T01:30:00Z"));
    are(&world, &["nightly-20260328T0130Z", "nightly-20260329T0130Z"]).await;
    assert_eq!(world.show("nightly-20260329T0130Z").await.input["day"], json!("2026-03-29"));
}

#[tokio::test]
async fn each_moment_is_started_once_wherever_the_power_goes() {
    // Were a moment started twice, the key would make a second run of it.
    let key = json!({ "parts": [{ "input": "/day" }], "else": "queue" });
    let component = workflow(&timed("0 0 * * *", "UTC", "all"), key);
    for commits in 1..40 {
        let clock = HandClock::default();
        clock.set(at("2026-01-01T12:00:00Z"));
        let world = World::on(MemoryJournal::new(), Toolbox::default(), clock, commits);
        if register(&world, &component).await.is_err() {
            continue;
        }
        world.resume(None).await;
        for day in 2..5 {
            world.clock.set(at(&format!("2026-01-0{day}T00:00:00Z")));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let died = world.dead();
        let world = world.reborn_poorer().await;
        world.resume(None).await;
        are(&world, &["nightly:2026-01-02", "nightly:2026-01-03", "nightly:2026-01-04"]).await;
        for id in ids(&world) {
            assert_eq!(over(&world, &id).await, result(json!("done")), "after {commits}");
        }
        assert_eq!(time(&world).await.0, Some(at("2026-01-05T00:00:00Z")), "after {commits}");
        if !died {
            return;
        }
    }
    panic!("it never went through");
}

#[tokio::test]
async fn what_was_missed_is_started_as_the_policy_says() {
    for (missed, wanted) in [
        ("once", &["nightly-20260101T1500Z"][..]),
        ("all", &["nightly-20260101T1300Z", "nightly-20260101T1400Z", "nightly-20260101T1500Z"]),
        ("skip", &[]),
    ] {
        let world = world_at("2026-01-01T12:00:00Z");
        register(&world, &hourly(missed)).await.unwrap();
        world.clock.set(at("2026-01-01T15:10:00Z"));
        let world = world.reborn().await;
        assert_eq!(world.resume(None).await, wanted, "{missed}");
        assert_eq!(time(&world).await.0, Some(at("2026-01-01T16:00:00Z")), "{missed}");
        assert_eq!(time(&world).await.1 == Some(Became::Missed), missed == "skip");
        // A moment late is not missed.
        world.clock.set(at("2026-01-01T16:00:59Z"));
        are(&world, &[wanted, &["nightly-20260101T1600Z"]].concat()).await;
    }
}

#[tokio::test]
async fn of_very_many_that_were_missed_the_newest_thousand_are_started() {
    let world = world_at("2026-01-01T00:00:00Z");
    register(&world, &workflow(&timed("* * * * *", "UTC", "all"), Value::Null)).await.unwrap();
    world.clock.set(at("2026-01-01T20:00:00Z"));
    let started = world.resume(None).await;
    let ends = (started.first().map(String::as_str), started.last().map(String::as_str));
    assert_eq!(
        (started.len(), ends),
        (1_000, (Some("nightly-20260101T0321Z"), Some("nightly-20260101T2000Z")))
    );
}

#[tokio::test]
async fn a_clock_that_is_set_back_brings_nothing_again() {
    let world = world_at("2026-01-01T12:30:00Z");
    register(&world, &hourly("all")).await.unwrap();
    world.resume(None).await;
    world.clock.set(at("2026-01-01T13:00:00Z"));
    are(&world, &["nightly-20260101T1300Z"]).await;
    world.clock.set(at("2026-01-01T11:00:00Z"));
    assert_eq!(time(&world).await.0, Some(at("2026-01-01T14:00:00Z")));
    for minutes in (0..180).step_by(10) {
        world.clock.set(at("2026-01-01T11:00:00Z") + minutes * 60_000);
    }
    are(&world, &["nightly-20260101T1300Z"]).await;
    // Nor in another life.
    let world = world.reborn().await;
    world.resume(None).await;
    world.clock.set(at("2026-01-01T13:59:59Z"));
    are(&world, &["nightly-20260101T1300Z"]).await;
    world.clock.set(at("2026-01-01T14:00:00Z"));
    are(&world, &["nightly-20260101T1300Z", "nightly-20260101T1400Z"]).await;
}

#[tokio::test]
async fn a_clock_that_is_set_forward_misses_moments_and_what_it_did_can_be_mended() {
    let world = world_at("2026-01-01T12:30:00Z");
    register(&world, &hourly("once")).await.unwrap();
    world.resume(None).await;
    world.clock.set(at("2036-01-01T12:30:00Z"));
    are(&world, &["nightly-20360101T1200Z"]).await;
    world.clock.set(at("2026-01-01T12:31:00Z"));
    assert_eq!(time(&world).await.0, Some(at("2036-01-01T13:00:00Z")));
    let done = act(&world, ScheduleAct::Continue { name: "nightly".to_owned() }).await.unwrap();
    assert_eq!(done.did, "goes on from now");
    world.clock.set(at("2026-01-01T13:00:00Z"));
    are(&world, &["nightly-20260101T1300Z", "nightly-20360101T1200Z"]).await;
}

#[tokio::test]
async fn it_is_paused_continued_and_removed_and_who_did_so_is_on_record() {
    let world = world_at("2026-01-01T12:30:00Z");
    register(&world, &hourly("all")).await.unwrap();
    world.resume(None).await;
    let name = || "nightly".to_owned();
    act(&world, ScheduleAct::Pause { name: name() }).await.unwrap();
    assert_eq!(time(&world).await.0, None);
    world.clock.set(at("2026-01-01T14:00:00Z"));
    are(&world, &[]).await;
    let world = world.reborn().await;
    assert!(world.resume(None).await.is_empty());
    world.clock.set(at("2026-01-01T14:30:00Z"));
    act(&world, ScheduleAct::Continue { name: name() }).await.unwrap();
    world.clock.set(at("2026-01-01T15:00:00Z"));
    are(&world, &["nightly-20260101T1500Z"]).await;
    let view = listed(&world).await.remove(0);
    let acts: Vec<_> =
        view.acts.iter().map(|act| (act.by.as_str(), act.why.as_str(), act.did.as_str())).collect();
    assert_eq!(
        acts,
        [
            ("ada", "because", "starts by itself from now on"),
            ("ada", "because", "is paused: it starts nothing until it goes on"),
            ("ada", "because", "goes on from now")
        ]
    );
    let mistyped = act(&world, ScheduleAct::Remove { name: "nihgtly".to_owned() }).await.unwrap_err();
    let Error::Mistake(mistake) = mistyped else { panic!("{mistyped:?}") };
    assert_eq!(mistake.help.as_deref(), Some("did you mean `nightly`?"));
    act(&world, ScheduleAct::Remove { name: name() }).await.unwrap();
    assert!(listed(&world).await.is_empty());
    world.clock.set(at("2026-01-01T16:00:00Z"));
    are(&world, &["nightly-20260101T1500Z"]).await;
}

#[tokio::test]
async fn new_code_takes_the_place_of_the_old_and_no_moment_is_lost_or_comes_again() {
    let world = world_at("2026-01-01T12:30:00Z");
    let first = register(&world, &hourly("all")).await.unwrap();
    world.clock.set(at("2026-01-01T14:10:00Z"));
    // Nobody was there at 13:00 and 14:00; the second time is new.
    let mut times = timed("0 * * * *", "UTC", "all");
    let more = timed("15 * * * *", "UTC", "all");
    times.as_array_mut().unwrap().insert(0, more[0].clone());
    let second = register(&world, &workflow(&times, Value::Null)).await.unwrap();
    assert!(second.did.ends_with(&first.schedule.digest), "{}", second.did);
    world.resume(None).await;
    are(&world, &["nightly-20260101T1300Z", "nightly-20260101T1400Z"]).await;
    assert_eq!(world.show("nightly-20260101T1300Z").await.instance.digest, second.schedule.digest);
    world.clock.set(at("2026-01-01T14:15:00Z"));
    are(&world, &["nightly-20260101T1300Z", "nightly-20260101T1400Z", "nightly.2-20260101T1415Z"]).await;
}

#[tokio::test]
async fn the_key_of_the_workflow_says_what_is_done_while_one_goes_on() {
    for (otherwise, runs) in [("join", 1), ("reject", 1), ("queue", 2), ("replace", 2)] {
        let world = world_at("2026-01-01T12:30:00Z");
        world.tools.plan("t.step", [Does::Hangs]);
        let key = json!({ "parts": [{ "text": "one" }], "else": otherwise });
        register(&world, &workflow(&timed("0 * * * *", "UTC", "once"), key)).await.unwrap();
        world.resume(None).await;
        world.clock.set(at("2026-01-01T13:00:00Z"));
        world.called(1).await;
        world.clock.set(at("2026-01-01T14:00:00Z"));
        for _ in 0..400 {
            if time(&world).await.0 == Some(at("2026-01-01T15:00:00Z")) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(ids(&world).len(), runs, "{otherwise}");
        let became = time(&world).await.1.unwrap();
        match otherwise {
            "join" => assert_eq!(became, Became::Joined("nightly:one".to_owned())),
            "reject" => {
                assert_eq!(became, Became::Refused("`nightly:one` has this key and is not over".to_owned()));
            }
            _ => assert_eq!(became, Became::Started("nightly:one~2".to_owned())),
        }
    }
}

#[tokio::test]
async fn what_cannot_be_started_is_refused_when_it_is_registered() {
    let world = world_at("2026-01-01T12:30:00Z");
    for (component, said) in [
        (workflow(&json!([]), Value::Null), "nothing starts `nightly` by itself"),
        (workflow(&timed("0 0 30 2 *", "UTC", "once"), Value::Null), "it never comes"),
        (workflow(&timed("0 0 1 1 *", "Mars/Olympus", "once"), Value::Null), "no time zone `Mars/Olympus`"),
    ] {
        let refused = register(&world, &component).await.unwrap_err().to_string();
        assert!(refused.contains(said), "{refused}");
    }
    let schema = json!({ "type": "object", "properties": { "day": { "type": "integer" } } });
    let meta = json!({ "format": 1, "workflow": "w", "input": schema, "triggers": timed("0 0 * * *", "UTC", "once") });
    let refused = register(&world, &Script::new().meta(&meta).finish()).await.unwrap_err().to_string();
    assert!(refused.contains("does not fit") && refused.contains("day"), "{refused}");
    let meta = json!({ "format": 1, "workflow": "w", "needs": { "exec": ["git"] }, "triggers": timed("0 0 * * *", "UTC", "once") });
    let refused = register(&world, &Script::new().meta(&meta).finish()).await.unwrap_err().to_string();
    assert!(refused.contains("not granted"), "{refused}");
    assert!(listed(&world).await.is_empty());
}

async fn emit(world: &World, data: Value, message: &str) -> Vec<String> {
    let (tenant, event) = (TENANT.to_owned(), "placed".to_owned());
    let emit = Emit { tenant, event, data, message: Some(message.to_owned()), expires_in: None };
    match world.handle(Request::Emit(emit)).await.unwrap() {
        Reply::Emit(emitted) => emitted.to,
        other => panic!("{other:?}"),
    }
}

fn on_event() -> Value {
    json!([{ "on": "event", "event": "placed", "condition": [">", { "field": "cents" }, { "value": 100 }],
        "start": [{ "name": "order", "data": "/id" }, { "name": "none", "data": "/not/there" }] }])
}

#[tokio::test]
async fn promise_5_an_event_starts_a_run_once_also_when_it_comes_again_after_a_crash() {
    let meta = json!({ "format": 1, "workflow": "w", "triggers": on_event(), "events": [{ "name": "placed", "data": {} }] });
    let mut script = Script::new().meta(&meta);
    let next = script.receive("next", "placed", None);
    script.check(next);
    let component = script.finish();
    let world = World::new();
    register(&world, &component).await.unwrap();
    assert!(
        emit(&world, json!({ "id": "a", "cents": 100 }), "m1").await.is_empty(),
        "the condition does not hold"
    );
    let begun = emit(&world, json!({ "id": "b", "cents": 101 }), "m2").await;
    assert_eq!(begun.len(), 1);
    assert_eq!(emit(&world, json!({ "id": "b", "cents": 101 }), "m2").await, begun);
    let world = world.reborn().await;
    assert_eq!(emit(&world, json!({ "id": "b", "cents": 101 }), "m2").await, begun);
    assert_eq!(ids(&world), begun);
    assert_eq!(world.show(&begun[0]).await.input, json!({ "order": "b", "none": null }));
    // It has that event as its input; the next one is one that it waits for, and starts another run.
    world.resume(None).await;
    waits(&world, &begun[0], "placed").await;
    let mut to = emit(&world, json!({ "id": "c", "cents": 102 }), "m3").await;
    assert_eq!((to.len(), to.contains(&begun[0])), (2, true));
    over(&world, &begun[0]).await;
    to.retain(|id| *id != begun[0]);
    waits(&world, &to[0], "placed").await;
}

#[tokio::test]
async fn an_event_that_comes_again_after_very_many_others_is_found_by_its_run() {
    let world = World::new();
    register(&world, &workflow(&on_event(), Value::Null)).await.unwrap();
    let data = json!({ "id": "b", "cents": 101 });
    let first = emit(&world, data.clone(), "first").await;
    for n in 0..110 {
        assert_eq!(emit(&world, data.clone(), &n.to_string()).await.len(), 1);
    }
    assert_eq!(emit(&world, data, "first").await, first);
    assert_eq!(ids(&world).len(), 111);
}

#[tokio::test]
async fn an_event_that_comes_again_does_not_queue_a_second_run_behind_a_key() {
    let key = json!({ "parts": [{ "input": "/order" }], "else": "queue" });
    let world = World::new();
    register(&world, &workflow(&on_event(), key)).await.unwrap();
    let data = json!({ "id": "b", "cents": 101 });
    assert_eq!(emit(&world, data.clone(), "m").await, ["nightly:b"]);
    let world = world.reborn().await;
    assert_eq!(emit(&world, data.clone(), "m").await, ["nightly:b"]);
    assert_eq!(emit(&world, data, "other").await, ["nightly:b~2"]);
    assert_eq!(ids(&world), ["nightly:b", "nightly:b~2"]);
}
