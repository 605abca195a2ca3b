//! Each test says which of the promises of ARCHITECTURE.md it is about.

use cairn_journal::Status;
use cairn_replay::{Command, Entry};
use serde_json::json;

use super::{
    guest::{Patience, Script},
    world::{Does, HandClock, Toolbox, World, kind},
};
use crate::{
    Error, Limits,
    ops::{OutcomeView, Reply, Request, Resume, State},
};
use cairn_journal::MemoryJournal;

fn two_steps() -> Vec<u8> {
    let mut script = Script::new();
    let one = script.call("a", "t.one");
    script.check(one);
    let two = script.call("b", "t.two");
    script.check(two);
    script.finish()
}

#[tokio::test]
async fn steps_run_in_order_and_the_result_is_kept() {
    let world = World::new();
    world.tools.plan("t.two", [Does::Gives(json!({ "n": 2 }))]);
    world.start("o1", &two_steps()).await.unwrap();
    assert_eq!(world.outcome("o1").await, OutcomeView::Result(json!({ "n": 2 })));
    assert_eq!(world.tools.calls(), ["acme/o1/a", "acme/o1/b"]);
}

/// Everything at once: steps, undos, a sleep, events, the clock, a race, a log.
fn all_of_it() -> Vec<u8> {
    let mut script = Script::new();
    script.log("begins");
    script.now("at");
    let a = script.call("a", "t.a");
    script.check(a);
    script.undo("a.undo", "t.undo_a");
    let sleep = script.sleep("sleep", 5_000);
    script.check(sleep);
    let b = script.call_with(
        "b",
        "t.b",
        "{}",
        Patience { retry: Some((3, 60_000)), timeout: None, ..Patience::default() },
    );
    let c = script.call("c", "t.c");
    script.check_or_unwind(b, "unwind");
    script.check_or_unwind(c, "unwind");
    let event = script.receive("go", "go", Some(("n", "1")));
    script.check(event);
    let d = script.call("d", "t.d");
    script.check_or_unwind(d, "unwind");
    script.finish()
}

fn plans(tools: &Toolbox) {
    tools.plan("t.b", [Does::Fails("network"), Does::Gives(json!(1))]);
    tools.plan("t.d", [Does::Fails("broken")]);
}

/// Drives a run of [`all_of_it`] as far as it goes: to its end, or to the end of the journal.
async fn drive(world: &World) -> bool {
    for _ in 0..200 {
        world.resume(Some("o1")).await;
        match world.rest("o1").await {
            State::Finished | State::Failed { .. } => return true,
            _ if world.dead() => return false,
            State::Waiting { .. } => world.clock.turn(10_000),
            State::Ready | State::Paused => panic!("it stopped"),
            State::Diverged { message } => panic!("{message}"),
        }
    }
    panic!("it does not come to an end");
}

/// Promises 1, 2, 5: a crash behind each commit changes neither the result nor what was done, but that one step may run
/// twice, under the same key.
#[tokio::test]
async fn a_crash_behind_each_commit_changes_nothing() {
    let whole = World::new();
    plans(&whole.tools);
    whole.send("o1", "go", json!({ "n": 2 }), "m1").await.unwrap();
    whole.send("o1", "go", json!({ "n": 1 }), "m2").await.unwrap();
    whole.start("o1", &all_of_it()).await.unwrap();
    assert!(drive(&whole).await);
    assert_eq!(kind(&whole.outcome("o1").await), "broken");
    let calls = whole.tools.calls();
    assert_eq!(calls.last().unwrap(), "acme/o1/a.undo");
    assert_eq!(whole.show("o1").await.inbox.len(), 1);

    for poorer in [false, true] {
        let mut crashed = 0;
        for commits in 3..80 {
            let world = World::on(MemoryJournal::new(), Toolbox::default(), HandClock::default(), commits);
            plans(&world.tools);
            world.send("o1", "go", json!({ "n": 2 }), "m1").await.unwrap();
            world.send("o1", "go", json!({ "n": 1 }), "m2").await.unwrap();
            world.start("o1", &all_of_it()).await.unwrap();
            let done = drive(&world).await;
            let world = if poorer { world.reborn_poorer().await } else { world.reborn().await };
            assert!(drive(&world).await);
            assert_eq!(world.outcome("o1").await, whole.outcome("o1").await, "after {commits}");
            assert_eq!(world.show("o1").await.inbox.len(), 1, "after {commits}");
            only_the_last_twice(&calls, &world.tools.calls(), commits);
            crashed += u32::from(!done);
            if done {
                break;
            }
        }
        assert!(crashed > 10, "only {crashed} crashes");
    }
}

/// Attempts under way at the crash may be made again; nothing else, and nothing is left out.
fn only_the_last_twice(whole: &[String], crashed: &[String], commits: u64) {
    let count = |calls: &[String], key: &String| calls.iter().filter(|call| *call == key).count();
    for key in whole {
        let (once, now) = (count(whole, key), count(crashed, key));
        assert!(
            now >= once && now <= once + 1,
            "{key} {now} times instead of {once}, after {commits}: {crashed:?}"
        );
    }
    // `b` and `c` are under way together.
    assert!(crashed.len() <= whole.len() + 2, "after {commits}: {crashed:?}");
    assert!(crashed.iter().all(|key| whole.contains(key)));
}

/// Promise 3: nothing leaves while its reasons are not on disk.
#[tokio::test]
async fn nothing_leaves_before_it_is_recorded() {
    // The start is kept; the first request is not.
    let world = World::on(MemoryJournal::new(), Toolbox::default(), HandClock::default(), 1);
    world.start("o1", &two_steps()).await.unwrap();
    assert_eq!(world.rest("o1").await, State::Ready);
    assert_eq!(world.tools.calls(), Vec::<String>::new());
}

/// Promise 5: early, deduplicated, by fields, oldest first.
#[tokio::test]
async fn an_event_is_taken_once() {
    let mut script = Script::new();
    let first = script.receive("one", "paid", Some(("order", "7")));
    script.check(first);
    let second = script.receive("two", "paid", None);
    script.check(second);
    let component = script.finish();
    let world = World::new();
    assert!(!world.send("o1", "paid", json!({ "order": 8 }), "m1").await.unwrap());
    world.start("o1", &component).await.unwrap();
    let waiting = State::Waiting { until: None, events: vec!["paid".to_owned()], on: Vec::new() };
    assert_eq!(world.rest("o1").await, waiting);
    assert!(!world.send("o1", "paid", json!({ "order": 7.0 }), "m2").await.unwrap());
    let OutcomeView::Result(last) = world.outcome("o1").await else { panic!("failed") };
    assert_eq!(last, json!({ "subscription": 0, "event": "paid", "id": "m1", "data": { "order": 8 } }));
    assert!(world.show("o1").await.inbox.is_empty());
    assert!(matches!(world.send("o1", "paid", json!({}), "m3").await, Err(Error::Mistake(_))));
}

#[tokio::test]
async fn a_duplicate_changes_nothing() {
    let world = World::new();
    assert!(!world.send("o1", "paid", json!({}), "m1").await.unwrap());
    assert!(world.send("o1", "paid", json!({}), "m1").await.unwrap());
}

/// Promise 9: it waits on disk, with no activation; and the timer is never early.
#[tokio::test]
async fn a_sleep_holds_nothing() {
    let mut script = Script::new();
    let sleep = script.sleep("sleep", 30 * 86_400_000);
    script.check(sleep);
    let world = World::new();
    world.start("o1", &script.finish()).await.unwrap();
    let State::Waiting { until: Some(until), .. } = world.rest("o1").await else {
        panic!("it does not wait")
    };
    world.host.idle().await;
    world.clock.turn(until - 1 - 1_000 - 1_000);
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    assert!(matches!(world.rest("o1").await, State::Waiting { .. }));
    world.clock.turn(2_000);
    while world.rest("o1").await != State::Finished {
        tokio::task::yield_now().await;
    }
}

/// A driven instance only: one that nobody resumed keeps its timer on disk.
#[tokio::test]
async fn only_driven_instances_are_woken() {
    let mut script = Script::new();
    let sleep = script.sleep("sleep", 5_000);
    script.check(sleep);
    let world = World::new();
    world.start("o1", &script.finish()).await.unwrap();
    world.rest("o1").await;
    let world = world.reborn().await;
    world.clock.turn(10_000);
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    assert!(matches!(world.rest("o1").await, State::Waiting { .. }));
    assert_eq!(world.resume(None).await, ["o1"]);
    assert_eq!(world.rest("o1").await, State::Finished);
}

/// Of what came in a pause, the earliest counts.
#[tokio::test]
async fn after_a_pause_the_earliest_wins() {
    for (message_first, wanted) in [(true, "1"), (false, "0")] {
        let mut script = Script::new();
        let sleep = script.sleep("sleep", 5_000);
        let event = script.receive("event", "go", None);
        script.return_first(sleep, event);
        let world = World::new();
        world.start("o1", &script.finish()).await.unwrap();
        world.rest("o1").await;
        let world = world.reborn().await;
        world.clock.turn(if message_first { 1_000 } else { 6_000 });
        world.send("o1", "go", json!({}), "m").await.unwrap();
        world.clock.turn(10_000);
        world.resume(None).await;
        assert_eq!(world.outcome("o1").await, OutcomeView::Result(wanted.parse().unwrap()));
        let left = world.show("o1").await.inbox.len();
        assert_eq!(left, usize::from(!message_first));
    }
}

#[tokio::test]
async fn a_long_delay_unloads_and_a_short_one_does_not() {
    let script = |delay| {
        let mut script = Script::new();
        let patience = Patience { retry: Some((2, delay)), timeout: None, ..Patience::default() };
        let step = script.call_with("a", "t.a", "{}", patience);
        script.check(step);
        script.finish()
    };
    let world = World::new();
    world.tools.plan("t.a", [Does::Fails("timeout"), Does::Gives(json!(1))]);
    world.start("long", &script(10_000)).await.unwrap();
    assert!(matches!(world.rest("long").await, State::Waiting { until: Some(_), .. }));
    world.clock.turn(10_000);
    world.called(2).await;
    assert_eq!(world.outcome("long").await, OutcomeView::Result(json!(1)));

    world.tools.plan("t.a", [Does::Fails("timeout"), Does::Gives(json!(2))]);
    world.start("short", &script(1_000)).await.unwrap();
    world.called(3).await;
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    assert_eq!(world.head("short").status, Status::Ready);
    world.clock.turn(1_000);
    assert_eq!(world.outcome("short").await, OutcomeView::Result(json!(2)));
}

#[tokio::test]
async fn attempts_have_an_end() {
    let mut script = Script::new();
    let patience = Patience { retry: Some((3, 0)), timeout: None, ..Patience::default() };
    let step = script.call_with("a", "t.a", "{}", patience);
    script.check(step);
    let world = World::new();
    world.tools.plan("t.a", [Does::Fails("http_5xx")]);
    world.start("o1", &script.finish()).await.unwrap();
    assert_eq!(kind(&world.outcome("o1").await), "http_5xx");
    assert_eq!(world.tools.calls().len(), 3);
    let tried = world.entries("o1").iter().filter(|entry| matches!(entry, Entry::Tried { .. })).count();
    assert_eq!(tried, 2);
}

#[tokio::test]
async fn a_tool_that_hangs_is_given_up() {
    let mut script = Script::new();
    let patience = Patience { timeout: Some(500), ..Patience::default() };
    let step = script.call_with("a", "t.a", "{}", patience);
    script.check(step);
    let world = World::new();
    world.tools.plan("t.a", [Does::Hangs]);
    world.start("o1", &script.finish()).await.unwrap();
    world.called(1).await;
    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    world.clock.turn(500 + 2_000);
    assert_eq!(kind(&world.outcome("o1").await), "timeout");
}

/// Cancelled while a step is out: the step ends, the undos run, the run ends.
#[tokio::test]
async fn a_cancelled_run_undoes_what_it_did() {
    let mut script = Script::new();
    let a = script.call("a", "t.a");
    script.check(a);
    script.undo("a.undo", "t.undo_a");
    let b = script.call("b", "t.b");
    script.check_or_unwind(b, "unwind");
    let component = script.finish();
    let world = World::new();
    world.tools.plan("t.b", [Does::Hangs]);
    world.start("o1", &component).await.unwrap();
    world.called(2).await;
    assert!(!world.cancel("o1").await);
    assert_eq!(kind(&world.outcome("o1").await), "cancelled");
    assert_eq!(world.tools.calls(), ["acme/o1/a", "acme/o1/b", "acme/o1/a.undo"]);
}

#[tokio::test]
async fn a_waiting_run_that_nobody_drives_is_cancelled_too() {
    let mut script = Script::new();
    script.undo("undo", "t.undo");
    let event = script.receive("event", "go", None);
    script.check(event);
    let world = World::new();
    world.start("o1", &script.finish()).await.unwrap();
    world.rest("o1").await;
    let world = world.reborn().await;
    assert!(!world.cancel("o1").await);
    // The code returned the failure and left its undo to the host.
    assert_eq!(kind(&world.outcome("o1").await), "cancelled");
    assert_eq!(world.tools.calls(), ["acme/o1/undo"]);
}

/// Undos outlive the code that asked for them, also through a crash behind each commit.
#[tokio::test]
async fn undos_of_code_that_traps_are_run() {
    let mut script = Script::new();
    let a = script.call("a", "t.a");
    script.check(a);
    script.undo("a.undo", "t.undo_a");
    script.undo("b.undo", "t.undo_b");
    script.raw("unreachable");
    let component = script.finish();
    for commits in 1..30 {
        let world = World::on(MemoryJournal::new(), Toolbox::default(), HandClock::default(), commits);
        world.start("o1", &component).await.unwrap();
        let crashed = world.rest("o1").await == State::Ready;
        let world = world.reborn().await;
        world.resume(None).await;
        let outcome = world.outcome("o1").await;
        assert_eq!(kind(&outcome), "trapped", "after {commits}");
        let undos: Vec<_> = world.tools.calls().into_iter().filter(|key| key.ends_with("undo")).collect();
        let mut once = undos.clone();
        once.dedup();
        assert_eq!(once, ["acme/o1/b.undo", "acme/o1/a.undo"], "after {commits}");
        assert!(undos.len() <= 3, "after {commits}: {undos:?}");
        if !crashed {
            return;
        }
    }
    panic!("it does not come to an end");
}

#[tokio::test]
async fn a_failing_undo_does_not_keep_the_others_from_running() {
    let mut script = Script::new();
    script.undo("a.undo", "t.undo_a");
    script.undo("b.undo", "t.undo_b");
    let unwinding = script.unwind("unwind");
    script.check(unwinding);
    let world = World::new();
    world.tools.plan("t.undo_b", [Does::Fails("network")]);
    world.start("o1", &script.finish()).await.unwrap();
    let OutcomeView::Failure(failure) = world.outcome("o1").await else { panic!("it went well") };
    assert_eq!(failure.kind, "undo_failed");
    assert_eq!(failure.detail, json!([{ "key": "b.undo", "kind": "network", "message": "it said network" }]));
    assert_eq!(world.tools.calls(), ["acme/o1/b.undo", "acme/o1/a.undo"]);
}

/// Promise 10: each limit is an outcome, and the host goes on.
#[tokio::test]
async fn limits_are_outcomes() {
    let limits = Limits {
        compute: std::time::Duration::from_millis(100),
        memory_bytes: 4 << 20,
        entries: 100,
        ..Limits::default()
    };
    let world =
        World::limited(MemoryJournal::new(), Toolbox::default(), HandClock::default(), u64::MAX, limits);
    let bad = [
        ("spins", "(loop (br 0))"),
        ("recurses", "(drop (call $deep))"),
        (
            "writes",
            "(loop (call $log (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 4096) (i32.const 2)) (br 0))",
        ),
        ("grows", "(loop (drop (memory.grow (i32.const 16))) (br 0))"),
    ];
    for (id, code) in bad {
        let mut script = Script::new();
        script.text("{}");
        script.raw(code);
        world.start(id, &script.finish()).await.unwrap();
        assert_eq!(kind(&world.outcome(id).await), "limit", "{id}");
    }
    world.start("o1", &two_steps()).await.unwrap();
    assert!(matches!(world.outcome("o1").await, OutcomeView::Result(_)));
}

#[tokio::test]
async fn large_values_are_refused() {
    let limits = Limits { value_bytes: 100, ..Limits::default() };
    let world =
        World::limited(MemoryJournal::new(), Toolbox::default(), HandClock::default(), u64::MAX, limits);
    world.tools.plan("t.one", [Does::Gives(json!("x".repeat(200)))]);
    world.start("answer", &two_steps()).await.unwrap();
    assert_eq!(kind(&world.outcome("answer").await), "limit");
    let mut script = Script::new();
    let arguments = json!({ "x": "x".repeat(200) }).to_string();
    let step = script.call_with("a", "t.a", &arguments, Patience::default());
    script.check(step);
    world.start("arguments", &script.finish()).await.unwrap();
    assert_eq!(kind(&world.outcome("arguments").await), "limit");
    assert_eq!(world.tools.calls(), ["acme/answer/a"]);
}

#[tokio::test]
async fn the_host_s_own_keys_are_not_for_guests() {
    let mut script = Script::new();
    let step = script.call("!undo", "t.a");
    script.check(step);
    let world = World::new();
    world.start("o1", &script.finish()).await.unwrap();
    assert_eq!(kind(&world.outcome("o1").await), "trapped");
    assert_eq!(world.tools.calls(), Vec::<String>::new());
}

fn waits_between(first: &str, behind: &str) -> Vec<u8> {
    let mut script =
        Script::new().map(&json!([{ "key": first, "line": 3, "column": 5, "what": "call t.one" }]));
    let one = script.call(first, "t.one");
    script.check(one);
    let event = script.receive("event", "go", None);
    script.check(event);
    let two = script.call(behind, "t.two");
    script.check(two);
    script.finish()
}

async fn resume_with(world: &World, component: &[u8]) -> Result<(), Error> {
    let code = world.host.deploy(component).await.unwrap().digest;
    let resume = Resume { tenant: "acme".to_owned(), id: Some("o1".to_owned()), code: Some(code) };
    let Reply::Resume(_) = world.handle(Request::Resume(resume)).await? else { panic!("not a resume") };
    Ok(())
}

/// Promises 6 and 7: other code is proven first; where it does not agree nothing is written or run.
#[tokio::test]
async fn other_code_is_proven_by_replay() {
    let world = World::new();
    world.start("o1", &waits_between("a", "b")).await.unwrap();
    world.rest("o1").await;
    let before = world.entries("o1");

    let Err(Error::Diverged(message)) = resume_with(&world, &waits_between("x", "b")).await else {
        panic!("it agreed")
    };
    assert!(message.contains("recorded: a call of `t.one` under `a`"), "{message}");
    assert!(message.contains("source: source:3:5 (call t.one)"), "{message}");
    assert_eq!(world.entries("o1"), before);

    resume_with(&world, &waits_between("a", "c")).await.unwrap();
    world.send("o1", "go", json!({}), "m").await.unwrap();
    assert!(matches!(world.outcome("o1").await, OutcomeView::Result(_)));
    assert_eq!(world.tools.calls(), ["acme/o1/a", "acme/o1/c"]);
    assert!(world.entries("o1").iter().any(|entry| matches!(entry, Entry::Moved { .. })));
}

/// Promise 7, in a run: here the journal was written by other code.
#[tokio::test]
async fn divergence_does_no_harm_and_can_be_cancelled() {
    let world = World::new();
    let mut script = Script::new();
    script.undo("undo", "t.undo");
    let event = script.receive("event", "go", None);
    script.check(event);
    world.start("o1", &script.finish()).await.unwrap();
    world.rest("o1").await;
    // Its code is exchanged behind its back.
    let other = world.host.deploy(&two_steps()).await.unwrap().digest;
    exchange(&world, &other);
    let world = world.reborn().await;
    let before = world.entries("o1");
    world.resume(Some("o1")).await;
    world.send("o1", "go", json!({}), "m").await.unwrap();
    assert!(matches!(world.rest("o1").await, State::Diverged { .. }));
    assert_eq!(world.entries("o1"), before);
    assert_eq!(world.tools.calls(), Vec::<String>::new());

    world.cancel("o1").await;
    assert_eq!(kind(&world.outcome("o1").await), "cancelled");
    assert_eq!(world.tools.calls(), ["acme/o1/undo"]);
}

fn exchange(world: &World, digest: &str) {
    use cairn_journal::{Commit, HeadChange, Journal, Sync, TimerChange};
    let head = world.head("o1");
    let moved = Entry::Moved { at: head.changed, digest: digest.to_owned(), by: "mallory".to_owned() };
    let commit = Commit {
        id: head.id,
        expect: head.next,
        entries: vec![moved],
        timer: TimerChange::Keep,
        restart: false,
        consumed: Vec::new(),
        locks: Vec::new(),
        kept: Vec::new(),
        head: HeadChange::default(),
        at: head.changed,
    };
    drop(world.journal.commit(commit, Sync::Durable));
}

/// A replay asks the journal and nobody else.
#[tokio::test]
async fn a_wake_up_replays_without_effects() {
    let world = World::new();
    world.start("o1", &waits_between("a", "b")).await.unwrap();
    world.rest("o1").await;
    for turn in 0..3 {
        world.send("o1", "other", json!({}), &format!("m{turn}")).await.unwrap();
        world.rest("o1").await;
    }
    assert_eq!(world.tools.calls(), ["acme/o1/a"]);
    let asked = world
        .entries("o1")
        .iter()
        .filter(|e| matches!(e, Entry::Asked { command: Command::Call { .. }, .. }))
        .count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn what_the_code_gives_up_is_cancelled() {
    let mut script = Script::new();
    let step = script.call("a", "t.a");
    script.cancel(step);
    script.check(step);
    let world = World::new();
    world.tools.plan("t.a", [Does::Hangs]);
    world.start("o1", &script.finish()).await.unwrap();
    assert_eq!(kind(&world.outcome("o1").await), "cancelled");
}

/// One that wakes at once is never shown at rest on its way.
#[tokio::test(flavor = "multi_thread")]
async fn at_rest_is_no_moment_between() {
    let mut script = Script::new();
    for number in 0..50 {
        let sleep = script.sleep(&format!("sleep[{number}]"), 0);
        script.check(sleep);
        let sleep = script.sleep(&format!("nap[{number}]"), 1);
        script.check(sleep);
    }
    let component = script.finish();
    let world = World::new();
    let turning = world.clock.clone();
    let turner = tokio::spawn(async move {
        loop {
            turning.turn(1);
            tokio::task::yield_now().await;
        }
    });
    world.start("o1", &component).await.unwrap();
    loop {
        match world.rest("o1").await {
            State::Finished => break,
            State::Waiting { .. } => {}
            state => panic!("{state:?}"),
        }
    }
    turner.abort();
}
