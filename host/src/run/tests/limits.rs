//! Promise 10: a limit that is hit is a recorded outcome, and it takes nobody along.

use std::time::Duration;

use cairn_journal::{Commit, HeadChange, Journal, MemoryJournal, Sync, TimerChange};
use cairn_replay::{Entry, Instant, Seq};
use serde_json::{Value, json};

use super::{
    guest::{Patience, Script},
    world::{Does, HandClock, Toolbox, World, kind},
};
use crate::{
    Limits,
    ops::{OutcomeView, State},
};

/// Code, the limits that it hits, and a word of the cure.
struct Hits {
    name: &'static str,
    code: Vec<u8>,
    limits: Limits,
    cure: &'static str,
}

fn hits(name: &'static str, cure: &'static str, limits: Limits, does: impl Fn(&mut Script)) -> Hits {
    let mut script = Script::new().meta(&json!({ "format": 1, "workflow": "w" }));
    let a = script.call("a", "t.a");
    script.check(a);
    script.undo("a.undo", "t.undo");
    does(&mut script);
    Hits { name, code: script.finish(), limits, cure }
}

fn many_steps(script: &mut Script) {
    for n in 0..20 {
        let step = script.call(&format!("s{n}"), "t.a");
        script.check(step);
    }
}

fn many_sleeps(script: &mut Script) {
    let all: Vec<_> = (0..20).map(|n| script.sleep(&format!("s{n}"), 10)).collect();
    all.into_iter().for_each(|sleep| script.check(sleep));
}

fn children(script: &mut Script) {
    // Those that it starts have another input, and start none.
    script.if_input(1, b'}');
    for n in 0..5 {
        let child = script.other("spawn", &format!("c{n}"), "w", "{\"leaf\":1}");
        script.outcome(child);
    }
    script.end_if();
}

fn raw(code: &'static str) -> impl Fn(&mut Script) {
    move |script| {
        script.text("{}");
        script.raw(code);
    }
}

fn large_arguments(script: &mut Script) {
    let arguments = json!({ "x": "x".repeat(300) }).to_string();
    let step = script.call_with("large", "t.a", &arguments, Patience::default());
    script.check(step);
}

fn large_answer(script: &mut Script) {
    let step = script.call("large", "t.large");
    script.check(step);
}

fn all_limits() -> Vec<Hits> {
    let none = Limits::default;
    vec![
        hits("entries", "restart", Limits { entries: 20, ..none() }, many_steps),
        hits("journal_bytes", "restart", Limits { journal_bytes: 2_000, ..none() }, many_steps),
        hits("value", "reference", Limits { value_bytes: 200, ..none() }, large_arguments),
        hits("answer", "reference", Limits { value_bytes: 200, ..none() }, large_answer),
        hits("operations", "max", Limits { operations: 10, ..none() }, many_sleeps),
        hits("steps", "divide", Limits { steps: 10, ..none() }, many_steps),
        hits("children", "restart", Limits { children: 3, ..none() }, children),
        hits("time", "divide", Limits { time: Some(Duration::from_millis(3)), ..none() }, many_sleeps),
        hits(
            "compute",
            "do less",
            Limits { compute: Duration::from_millis(60), ..none() },
            raw("(loop (br 0))"),
        ),
        hits("cpu", "do less", Limits { cpu: Duration::from_millis(60), ..none() }, raw("(loop (br 0))")),
        hits(
            "memory",
            "keep less",
            Limits { memory_bytes: 4 << 20, ..none() },
            raw("(loop (drop (memory.grow (i32.const 16))) (br 0))"),
        ),
        hits("stack", "too deeply", none(), raw("(drop (call $deep))")),
    ]
}

fn world(journal: MemoryJournal, tools: Toolbox, clock: HandClock, commits: u64, limits: &Limits) -> World {
    tools.plan("t.large", [Does::Gives(json!("x".repeat(300)))]);
    World::limited(journal, tools, clock, commits, limits.clone())
}

fn failure<'o>(name: &str, outcome: &'o OutcomeView) -> (&'o str, &'o str) {
    let OutcomeView::Failure(failure) = outcome else { panic!("{name}: it went on: {outcome:?}") };
    (&failure.kind, &failure.message)
}

/// Until it is over; none if the journal died before.
async fn over(world: &World) -> Option<OutcomeView> {
    for _ in 0..500 {
        world.resume(Some("o1")).await;
        match world.rest("o1").await {
            State::Finished | State::Failed { .. } => return Some(world.outcome("o1").await),
            _ if world.dead() => return None,
            _ => world.clock.turn(1),
        }
    }
    panic!("it does not come to an end");
}

/// Whatever limit is hit, and wherever the host is killed then: the outcome is `limit`, its message says what to do, what was done is
/// undone, and a host with other limits obeys what is recorded.
#[tokio::test]
async fn every_limit_is_an_outcome_that_is_recorded_and_obeyed() {
    for Hits { name, code, limits, cure } in all_limits() {
        let mut crashed = 0;
        for commits in 2.. {
            let (journal, tools, clock) = (MemoryJournal::new(), Toolbox::default(), HandClock::default());
            let first = world(journal.clone(), tools.clone(), clock.clone(), commits, &limits);
            if first.start("o1", &code).await.is_err() {
                continue;
            }
            let outcome = over(&first).await;
            first.host.clone().close().await;
            if let Some(outcome) = &outcome {
                let (kind, message) = failure(name, outcome);
                assert_eq!(kind, "limit", "{name}: {message}");
                assert!(message.contains(cure), "{name}: {message}");
            }
            let decided = first.entries("o1").iter().any(|entry| match entry {
                Entry::Finished { .. } => true,
                Entry::Asked { key, .. } => key.0 == "!undo",
                _ => false,
            });
            let second = world(journal, tools.clone(), clock, u64::MAX, &Limits::default());
            // What was not decided yet may go on without an end.
            if decided || !["compute", "cpu", "memory"].contains(&name) {
                let again = over(&second).await.unwrap();
                if decided {
                    assert_eq!(kind(&again), "limit", "{name}, after {commits}");
                    assert!(
                        tools.calls().iter().any(|call| call.ends_with("a.undo")),
                        "{name}, after {commits}"
                    );
                }
                let kept = outcome.is_none_or(|outcome| outcome == again);
                assert!(kept, "{name}, after {commits}: {again:?}");
            } else {
                second.cancel("o1").await;
                assert_eq!(kind(&second.outcome("o1").await), "cancelled", "{name}, after {commits}");
            }
            crashed += 1;
            if !first.dead() {
                break;
            }
        }
        assert!(crashed > 2, "{name}");
    }
}

/// A journal in which all stands of it but its end.
fn without_end(of: &World) -> MemoryJournal {
    let mut entries = of.entries("o1");
    assert!(matches!(entries.pop(), Some(Entry::Finished { .. })));
    let journal = MemoryJournal::new();
    let bytes = of.journal.blob(&of.head("o1").digest).unwrap().unwrap();
    journal.put_blob(&bytes).unwrap();
    let commit = Commit {
        id: of.head("o1").id,
        expect: Seq(0),
        restart: false,
        entries,
        timer: TimerChange::Keep,
        consumed: Vec::new(),
        locks: Vec::new(),
        kept: Vec::new(),
        head: HeadChange::default(),
        at: Instant(0),
    };
    drop(journal.commit(commit, Sync::Durable));
    journal
}

/// Nothing is to be undone, and a call is open: that it was the limit that ended it stands in front of the end.
#[tokio::test]
async fn a_limit_is_what_a_run_ended_with_also_where_only_its_end_is_lost() {
    let mut script = Script::new().meta(&json!({ "format": 1, "workflow": "w" }));
    let step = script.call_with("a", "t.hangs", "{}", Patience::default());
    script.check(step);
    let limits = Limits { time: Some(Duration::from_millis(3)), ..Limits::default() };
    let (tools, clock) = (Toolbox::default(), HandClock::default());
    tools.plan("t.hangs", [Does::Hangs]);
    let first = world(MemoryJournal::new(), tools.clone(), clock.clone(), u64::MAX, &limits);
    first.start("o1", &script.finish()).await.unwrap();
    while first.entries("o1").len() < 2 {
        tokio::task::yield_now().await;
    }
    clock.turn(10);
    let outcome = over(&first).await.unwrap();
    assert_eq!(kind(&outcome), "limit");
    let journal = without_end(&first);
    let second = world(journal, tools, clock, u64::MAX, &Limits::default());
    assert_eq!(over(&second).await, Some(outcome));
}

/// What is recorded was allowed, also where the journal is just full by then: behind the last request, lines of the log.
#[tokio::test]
async fn a_limit_of_entries_comes_to_the_same_where_only_the_end_is_lost() {
    let mut script = Script::new().meta(&json!({ "format": 1, "workflow": "w" }));
    let a = script.call("a", "t.a");
    script.check(a);
    script.log("one");
    script.log("two");
    let code = script.finish();
    let mut finished = 0;
    for entries in 2..=10 {
        let limits = Limits { entries, ..Limits::default() };
        let (tools, clock) = (Toolbox::default(), HandClock::default());
        let first = world(MemoryJournal::new(), tools.clone(), clock.clone(), u64::MAX, &limits);
        first.start("o1", &code).await.unwrap();
        let outcome = over(&first).await.unwrap();
        finished += u32::from(matches!(outcome, OutcomeView::Result(_)));
        let second = world(without_end(&first), tools, clock, u64::MAX, &limits);
        assert_eq!(over(&second).await, Some(outcome), "with {entries} entries");
    }
    assert!((1..9).contains(&finished), "{finished} of them had room");
}

/// Half of the journal is used: that is told once.
#[tokio::test]
async fn half_of_a_journal_is_told_of_once_also_behind_a_crash() {
    let Hits { code, .. } = hits("entries", "", Limits::default(), many_steps);
    let limits = Limits { entries: 50, ..Limits::default() };
    let (journal, tools, clock) = (MemoryJournal::new(), Toolbox::default(), HandClock::default());
    let first = world(journal.clone(), tools.clone(), clock.clone(), 18, &limits);
    first.start("o1", &code).await.unwrap();
    assert_eq!(over(&first).await, None);
    first.host.close().await;
    let second = world(journal, tools, clock, u64::MAX, &limits);
    assert_eq!(over(&second).await, Some(OutcomeView::Result(json!("done"))));
    let warned = |entry: &&Entry| matches!(entry, Entry::Logged { message, .. } if message.contains("half"));
    assert_eq!(second.entries("o1").iter().filter(warned).count(), 1);
}

#[tokio::test]
async fn promise_10_more_components_than_are_kept_ready_run_as_few_do() {
    let limits = Limits { components: 2, ..Limits::default() };
    let tools = Toolbox::default();
    let world = world(MemoryJournal::new(), tools, HandClock::default(), u64::MAX, &limits);
    let code = |n: usize| {
        let events = json!([{ "name": "go", "data": {} }]);
        let meta = json!({ "format": 1, "workflow": format!("w{n}"), "events": events });
        let mut script = Script::new().meta(&meta);
        let event = script.receive("e", "go", None);
        script.check(event);
        script.finish()
    };
    for n in 0..6 {
        world.start(&format!("o{n}"), &code(n)).await.unwrap();
    }
    for n in (0..6).rev() {
        world.send(&format!("o{n}"), "go", json!({ "n": n }), "m").await.unwrap();
    }
    for n in 0..6 {
        let outcome = world.outcome(&format!("o{n}")).await;
        assert!(matches!(&outcome, OutcomeView::Result(got) if got["data"]["n"] == n), "{outcome:?}");
    }
    assert!(world.host.components() <= 2, "{} are ready", world.host.components());
}

#[tokio::test]
async fn a_full_inbox_refuses_the_sender_and_takes_again_what_it_has() {
    let mut script = Script::new();
    for n in 0..3 {
        let event = script.receive(&format!("e{n}"), "go", None);
        script.check(event);
    }
    let limits = Limits { inbox: 2, value_bytes: 100, ..Limits::default() };
    let tools = Toolbox::default();
    let world = world(MemoryJournal::new(), tools, HandClock::default(), u64::MAX, &limits);
    for message in ["m1", "m2"] {
        assert!(!world.send("o1", "go", json!({}), message).await.unwrap());
    }
    let refused = world.send("o1", "go", json!({}), "m3").await.unwrap_err().to_string();
    assert!(refused.contains("full") && refused.contains("no more than 2"), "{refused}");
    assert!(world.send("o1", "go", json!({}), "m2").await.unwrap(), "it had come before");
    let refused =
        world.send("o1", "go", json!({ "x": "x".repeat(200) }), "m4").await.unwrap_err().to_string();
    assert!(refused.contains("no more than 100"), "{refused}");
    world.start("o1", &script.finish()).await.unwrap();
    world.rest("o1").await;
    world.send("o1", "go", json!({}), "m3").await.unwrap();
    assert!(matches!(world.outcome("o1").await, OutcomeView::Result(Value::Object(_))));
    assert_eq!(world.journal.inbox(&world.head("o1").id).unwrap(), []);
}
