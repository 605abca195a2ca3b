//! Cancelling is prompt: what runs is stopped, all of it; then what was done is undone, newest first, whatever becomes of single undos.

use std::time::{Duration, Instant};

use cairn_journal::MemoryJournal;
use serde_json::{Value, json};

use super::{
    guest::Script,
    world::{Does, HandClock, Toolbox, World, kind},
};
use crate::{
    Limits,
    ops::{OutcomeView, State},
};

/// Far more than it takes, and far less than what would go on by itself.
const PROMPT: Duration = Duration::from_secs(9);

/// A step with its undo, and then a loop without an end.
fn computes(script: &mut Script) {
    let a = script.call("a", "t.a");
    script.check(a);
    script.undo("a.undo", "t.undo");
    script.raw("(loop (br 0))");
}

fn limited(limits: Limits) -> World {
    World::limited(MemoryJournal::new(), Toolbox::default(), HandClock::default(), u64::MAX, limits)
}

/// Cancels it and gives how it ended, which has to be soon.
async fn cancelled(world: &World, id: &str) -> OutcomeView {
    let begun = Instant::now();
    world.cancel(id).await;
    let outcome = world.outcome(id).await;
    println!("{id} is over {:?} after it was cancelled", begun.elapsed());
    assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
    assert_eq!(kind(&outcome), "cancelled");
    outcome
}

#[tokio::test]
async fn code_that_computes_for_ever_is_stopped_and_its_undos_are_run() {
    let mut script = Script::new();
    computes(&mut script);
    let world = World::new();
    world.start("o1", &script.finish()).await.unwrap();
    world.called(1).await;
    tokio::time::sleep(Duration::from_millis(30)).await;
    cancelled(&world, "o1").await;
    assert_eq!(world.tools.calls(), ["acme/o1/a", "acme/o1/a.undo"]);
}

/// Also where it asks for things all the time, which fail at once.
#[tokio::test]
async fn code_that_does_not_want_to_end_is_stopped() {
    let mut script = Script::new();
    script.text("{}");
    script.raw(
        "(loop (call $log (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 4096) (i32.const 2)) (br 0))",
    );
    let world = limited(Limits { entries: u64::MAX, journal_bytes: u64::MAX, ..Limits::default() });
    world.start("o1", &script.finish()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    cancelled(&world, "o1").await;
}

#[tokio::test]
async fn a_thousand_branches_are_stopped_before_the_first_undo() {
    const BLOCKS: usize = 1_000;
    let mut script = Script::new();
    let sleeps = script.body(|script| {
        let sleep = script.sleep("sleep", 10_000);
        script.check(sleep);
    });
    let hangs = script.body(|script| {
        let a = script.call("a", "t.a");
        script.check(a);
        script.undo("a.undo", "t.undo");
        let b = script.call("b", "t.hangs");
        script.check(b);
    });
    let endless = script.body(computes);
    let first = script.call("first", "t.a");
    script.check(first);
    script.undo("first.undo", "t.undo");
    let body = |n: usize| if n.is_multiple_of(10) { hangs } else { sleeps };
    let mut ops: Vec<_> = (1..BLOCKS).map(|n| script.block(&format!("par/b{n}"), body(n))).collect();
    ops.push(script.block("par/endless", endless));
    for op in ops {
        script.check_or_unwind(op, "unwind");
    }
    let world = World::new();
    world.tools.plan("t.hangs", [Does::Hangs]);
    let begun = Instant::now();
    world.start("o1", &script.finish()).await.unwrap();
    let before = 1 + 2 * (BLOCKS / 10 - 1) + 1;
    world.called(before).await;
    println!("all of it is under way after {:?}", begun.elapsed());
    let begun = Instant::now();
    let undone = async {
        world.called(before + 1).await;
        begun.elapsed()
    };
    let (outcome, first) = tokio::join!(cancelled(&world, "o1"), undone);
    println!("the first undo is called {first:?} after it was cancelled");
    assert_eq!(world.tools.undone_beside(), 0, "what was under way is stopped first");
    let undos = world.tools.calls().split_off(before);
    assert_eq!(undos.len(), BLOCKS / 10 + 1, "nothing but undos is called, and each once");
    assert_eq!(undos.last().map(String::as_str), Some("acme/o1/first.undo"), "the oldest comes last");
    let OutcomeView::Failure(failure) = outcome else { panic!("it went on") };
    assert_eq!(failure.detail, Value::Null);
}

/// Who is to stop waits for nobody's turn, neither of instances nor of blocks.
#[tokio::test]
async fn what_waits_for_a_turn_is_cancelled_without_one() {
    let mut hangs = Script::new();
    let a = hangs.call("a", "t.hangs");
    hangs.check(a);
    let world = limited(Limits { loaded: 1, ..Limits::default() });
    world.tools.plan("t.hangs", [Does::Hangs]);
    let code = hangs.finish();
    world.start("first", &code).await.unwrap();
    world.called(1).await;
    world.start("second", &code).await.unwrap();
    cancelled(&world, "second").await;
    assert_eq!(world.tools.calls(), ["acme/first/a"]);

    let mut sleeps = Script::new();
    let body = sleeps.body(|script| {
        let a = script.call("a", "t.a");
        script.check(a);
        script.undo("a.undo", "t.undo");
        let sleep = script.sleep("sleep", 10_000);
        script.check(sleep);
    });
    let block = sleeps.block("b", body);
    sleeps.check(block);
    let mut endless = Script::new();
    let body = endless.body(computes);
    let block = endless.block("b", body);
    endless.check(block);
    let world = limited(Limits { blocks: 1, ..Limits::default() });
    world.start("sleeps", &sleeps.finish()).await.unwrap();
    assert!(matches!(world.rest("sleeps").await, State::Waiting { .. }));
    world.start("endless", &endless.finish()).await.unwrap();
    world.called(2).await;
    cancelled(&world, "sleeps").await;
    cancelled(&world, "endless").await;
    let undone = ["acme/sleeps/b/a.undo", "acme/endless/b/a.undo"];
    assert_eq!(world.tools.calls().split_off(2), undone);
}

/// Three undos: a call, a block, a call; `t.stuck` never answers.
fn three_undos(second: &str) -> Vec<u8> {
    let mut script = Script::new();
    let stuck = script.body(|script| {
        let undo = script.call("stuck", "t.stuck");
        script.check(undo);
    });
    script.undo("one.undo", "t.undo");
    match second {
        "block" => script.undo_block("two.undo", stuck),
        tool => script.undo("two.undo", tool),
    }
    script.undo("three.undo", "t.undo");
    let hangs = script.call("hangs", "t.hangs");
    script.check(hangs);
    script.finish()
}

/// An undo that never ends holds up the others for as long as one may take, and no longer, also where the host dies meanwhile.
#[tokio::test]
async fn an_undo_that_never_ends_is_left_and_told_and_the_next_one_has_its_turn() {
    for second in ["t.stuck", "block"] {
        for dies in [false, true] {
            let limits = || Limits { undo: Duration::from_secs(40), ..Limits::default() };
            let mut world = limited(limits());
            world.tools.plan("t.hangs", [Does::Hangs]);
            world.tools.plan("t.stuck", [Does::Hangs]);
            world.start("o1", &three_undos(second)).await.unwrap();
            world.called(1).await;
            world.cancel("o1").await;
            world.called(3).await;
            world.clock.turn(30_000);
            tokio::time::sleep(Duration::from_millis(20)).await;
            assert_eq!(world.tools.calls().len(), 3, "it has its time");
            if dies {
                let World { host, journal, tools, clock, .. } = world;
                host.close().await;
                world = World::limited(journal, tools, clock, u64::MAX, limits());
                world.resume(Some("o1")).await;
                world.called(4).await;
            }
            world.clock.turn(11_000);
            let OutcomeView::Failure(failure) = world.outcome("o1").await else { panic!("it went on") };
            assert_eq!(
                (failure.kind.as_str(), &failure.detail["undo_failed"][0]["key"]),
                ("cancelled", &json!("two.undo"))
            );
            let undone: &Value = &failure.detail["undo_failed"];
            assert_eq!(
                (undone.as_array().map(Vec::len), &undone[0]["kind"]),
                (Some(1), &json!("limit")),
                "{undone}"
            );
            assert!(failure.message.contains("of its undos 1 failed"), "{}", failure.message);
            assert_eq!(world.tools.calls().last().map(String::as_str), Some("acme/o1/one.undo"));
        }
    }
}

/// Undos that the host runs go on past one that fails, and it is told; those that pass are retried by their own policy.
#[tokio::test]
async fn undos_of_code_that_traps_are_listed_where_they_fail() {
    let mut script = Script::new();
    script.undo("one.undo", "t.undo");
    script.undo("two.undo", "t.broken");
    script.undo("three.undo", "t.undo");
    script.raw("(unreachable)");
    let world = World::new();
    world.tools.plan("t.broken", [Does::Fails("denied")]);
    world.start("o1", &script.finish()).await.unwrap();
    let OutcomeView::Failure(failure) = world.outcome("o1").await else { panic!("it went on") };
    assert_eq!(failure.kind, "trapped");
    let failed = json!([{ "key": "two.undo", "kind": "denied", "message": "it said denied" }]);
    assert_eq!(failure.detail, json!({ "undo_failed": failed }));
    assert_eq!(world.tools.calls(), ["acme/o1/three.undo", "acme/o1/two.undo", "acme/o1/one.undo"]);
}
