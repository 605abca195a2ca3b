//! Blocks: each test says which of the promises of ARCHITECTURE.md it is about.

use cairn_journal::MemoryJournal;
use cairn_replay::Entry;
use serde_json::json;

use super::{
    guest::Script,
    world::{Does, HandClock, Toolbox, World, kind},
};
use crate::{
    Error, Limits,
    ops::{OutcomeView, Reply, Request, Resume, State},
};

/// A block that does one step, with its undo.
fn step(script: &mut Script, tool: &'static str) -> u32 {
    script.body(|script| {
        let a = script.call("a", tool);
        script.check(a);
        script.undo("a.undo", "t.undo");
    })
}

fn keys(world: &World) -> Vec<String> {
    let mut keys: Vec<String> =
        world.tools.calls().iter().map(|call| call.trim_start_matches("acme/o1/").to_owned()).collect();
    keys.sort();
    keys
}

fn limited(limits: Limits) -> World {
    World::limited(MemoryJournal::new(), Toolbox::default(), HandClock::default(), u64::MAX, limits)
}

#[tokio::test]
async fn blocks_run_side_by_side_under_keys_of_their_own() {
    let mut script = Script::new();
    let (one, two) = (step(&mut script, "t.one"), step(&mut script, "t.two"));
    let one = script.block("par/one", one);
    let two = script.block("par/two", two);
    script.check(one);
    script.check(two);
    let world = World::new();
    world.tools.plan("t.two", [Does::Gives(json!(2))]);
    world.start("o1", &script.finish()).await.unwrap();
    assert_eq!(world.outcome("o1").await, OutcomeView::Result(json!(2)));
    assert_eq!(keys(&world), ["par/one/a", "par/two/a"]);
}

/// All that blocks can do at once: steps, sleeps, events, undos that pass to the beginner, an undo that is a block.
fn all_of_it() -> Vec<u8> {
    let mut script = Script::new();
    let one = script.body(|script| {
        let a = script.call("a", "t.a");
        script.check(a);
        script.undo("a.undo", "t.undo_a");
        let sleep = script.sleep("sleep", 5_000);
        script.check(sleep);
        let b = script.call("b", "t.b");
        script.check(b);
        script.undo("b.undo", "t.undo_b");
    });
    let two = script.body(|script| {
        script.now("now");
        let event = script.receive("event", "go", None);
        script.check(event);
        let c = script.call("c", "t.c");
        script.check(c);
        script.undo("c.undo", "t.undo_c");
    });
    let undoes = script.body(|script| {
        let d = script.call("first", "t.undo_first");
        script.check(d);
        let d = script.call("then", "t.undo_then");
        script.check(d);
    });
    let around = script.body(|script| {
        script.undo_block("undo", undoes);
        let two = script.block("inner", two);
        script.check(two);
    });
    let one = script.block("one", one);
    let two = script.block("two", around);
    script.check(one);
    script.check(two);
    let last = script.call("last", "t.last");
    script.check_or_unwind(last, "unwind");
    script.finish()
}

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

/// Promises 1, 2, 5 in blocks: a crash behind each commit changes neither the result nor what was done, but that a step may run
/// twice, under the same key.
#[tokio::test]
async fn a_crash_behind_each_commit_changes_nothing_in_blocks() {
    let component = all_of_it();
    let run = async |commits| {
        let world = World::on(MemoryJournal::new(), Toolbox::default(), HandClock::default(), commits);
        world.tools.plan("t.last", [Does::Fails("broken")]);
        world.send("o1", "go", json!({}), "m1").await.unwrap();
        world.start("o1", &component).await.unwrap();
        let done = drive(&world).await;
        (world, done)
    };
    let (whole, _) = run(u64::MAX).await;
    let wanted = keys(&whole);
    let undos = ["one/b.undo", "one/a.undo", "two/inner/c.undo", "two/undo/first", "two/undo/then"];
    assert!(undos.iter().all(|key| wanted.iter().any(|one| one == key)), "{wanted:?}");
    let calls = whole.tools.calls();
    let at = |key: &str| calls.iter().position(|call| call.ends_with(key)).unwrap();
    let order = ["two/inner/c.undo", "two/undo/first", "two/undo/then", "one/b.undo", "one/a.undo"].map(at);
    assert!(order.is_sorted(), "newest first, in the order of asking: {calls:?}");
    for poorer in [false, true] {
        let mut crashed = 0;
        for commits in 3..90 {
            let (world, done) = run(commits).await;
            let world = if poorer { world.reborn_poorer().await } else { world.reborn().await };
            assert!(drive(&world).await);
            assert_eq!(kind(&world.outcome("o1").await), "broken", "after {commits}");
            let mut once = keys(&world);
            let twice = once.len() - wanted.len();
            once.dedup();
            assert_eq!(once, wanted, "after {commits}");
            assert!(twice <= 2, "after {commits}: {twice} steps ran twice");
            assert!(world.show("o1").await.inbox.is_empty());
            crashed += u32::from(!done);
            if done {
                break;
            }
        }
        assert!(crashed > 10, "only {crashed} crashes");
    }
}

/// Promise 9 in blocks: those that sleep are not loaded, and only those wake whose moment has come.
#[tokio::test]
async fn waiting_blocks_hold_nothing() {
    const BLOCKS: u64 = 60;
    let mut script = Script::new();
    let mut ops = Vec::new();
    for n in 0..BLOCKS {
        let body = script.body(|script| {
            script.log("awake");
            let sleep = script.sleep("sleep", 10_000 * (1 + n));
            script.check(sleep);
        });
        ops.push(script.block(&format!("par/b{n}"), body));
    }
    for op in ops {
        script.check(op);
    }
    let world = limited(Limits { blocks: 2, ..Limits::default() });
    world.start("o1", &script.finish()).await.unwrap();
    let State::Waiting { until, .. } = world.rest("o1").await else { panic!("it does not wait") };
    assert_eq!(until, Some(1_000 + 10_000));
    world.host.idle().await;
    let before = world.entries("o1").len();
    assert_eq!(before as u64, 1 + BLOCKS * 3, "begun, logged once and asleep");
    let guests = world.host.guests();
    world.clock.turn(10_000);
    while world.entries("o1").len() == before || !matches!(world.rest("o1").await, State::Waiting { .. }) {
        tokio::task::yield_now().await;
    }
    let news: Vec<_> = world.entries("o1").split_off(before);
    let ended =
        |key: &str| news.iter().any(|entry| matches!(entry, Entry::Ended { key: of, .. } if of.0 == key));
    assert!(ended("par/b0/sleep") && ended("par/b0"), "{news:?}");
    assert_eq!(news.len(), 2, "{news:?}");
    assert_eq!(world.host.guests() - guests, 2, "the block, and who waits for it");
    world.clock.turn(10_000 * BLOCKS);
    world.resume(Some("o1")).await;
    assert_eq!(world.outcome("o1").await, OutcomeView::Result(json!(null)));
}

/// Promise 9 for many: what is loaded grows with what happens, not with how many there are.
#[tokio::test]
async fn a_thousand_blocks_are_loaded_once_for_each_thing_that_happens() {
    const BLOCKS: u64 = 1_000;
    let mut script = Script::new();
    let body = script.body(|script| {
        let sleep = script.sleep("sleep", 10_000);
        script.check(sleep);
    });
    let ops: Vec<_> = (0..BLOCKS).map(|n| script.block(&format!("par/b{n}"), body)).collect();
    for op in ops {
        script.check(op);
    }
    let world = limited(Limits { blocks: 20, ..Limits::default() });
    world.start("o1", &script.finish()).await.unwrap();
    assert!(matches!(world.rest("o1").await, State::Waiting { .. }));
    assert_eq!(world.host.guests(), BLOCKS + 1);
    world.clock.turn(10_000);
    world.resume(Some("o1")).await;
    assert_eq!(world.outcome("o1").await, OutcomeView::Result(json!(null)));
    assert_eq!(world.host.guests(), 2 * (BLOCKS + 1));
}

/// One turn for all blocks: a block that waits for blocks within it gives its own back.
#[tokio::test]
async fn blocks_in_blocks_do_not_wait_for_each_others_turns() {
    let mut script = Script::new();
    let inner = step(&mut script, "t.a");
    let outer = script.body(|script| {
        let one = script.block("one", inner);
        let two = script.block("two", inner);
        script.check(one);
        script.check(two);
    });
    let one = script.block("x", outer);
    let two = script.block("y", outer);
    script.check(one);
    script.check(two);
    let world = limited(Limits { blocks: 1, ..Limits::default() });
    world.start("o1", &script.finish()).await.unwrap();
    assert_eq!(world.outcome("o1").await, OutcomeView::Result(json!("done")));
    assert_eq!(keys(&world), ["x/one/a", "x/two/a", "y/one/a", "y/two/a"]);
}

#[tokio::test]
async fn a_block_that_is_given_up_undoes_what_it_did_and_the_others_go_on() {
    let mut script = Script::new();
    let waits = script.body(|script| {
        let a = script.call("a", "t.a");
        script.check(a);
        script.undo("a.undo", "t.undo");
        let event = script.receive("event", "never", None);
        script.check(event);
    });
    let other = script.body(|script| {
        let sleep = script.sleep("sleep", 5_000);
        script.check(sleep);
        let b = script.call("b", "t.b");
        script.check(b);
    });
    let waits = script.block("waits", waits);
    let other = script.block("other", other);
    let first = script.call("first", "t.first");
    script.check(first);
    let pause = script.sleep("pause", 1_000);
    script.check(pause);
    script.cancel(waits);
    script.outcome(waits);
    script.check(other);
    let world = World::new();
    world.start("o1", &script.finish()).await.unwrap();
    assert!(drive(&world).await);
    assert_eq!(world.outcome("o1").await, OutcomeView::Result(json!("done")));
    assert_eq!(keys(&world), ["first", "other/b", "waits/a", "waits/a.undo"]);
    let entries = world.entries("o1");
    let ended = entries.iter().find_map(|entry| match entry {
        Entry::Ended { key, outcome: Err(failure), .. } if key.0 == "waits" => Some(failure.kind.as_str()),
        _ => None,
    });
    assert_eq!(ended, Some("cancelled"));
    assert!(entries.iter().any(|entry| matches!(entry, Entry::ScopeCancelled { .. })));
}

/// A trap in a block is a failure of the block, and its undos are run; the others' are run by who began them.
#[tokio::test]
async fn a_block_that_traps_fails_and_is_undone() {
    let mut script = Script::new();
    let good = step(&mut script, "t.good");
    let bad = script.body(|script| {
        let a = script.call("a", "t.bad");
        script.check(a);
        script.undo("a.undo", "t.undo_bad");
        script.raw("(unreachable)");
    });
    let good = script.block("good", good);
    let bad = script.block("bad", bad);
    script.check(good);
    script.check_or_unwind(bad, "unwind");
    let component = script.finish();
    for commits in 2..40 {
        let world = World::on(MemoryJournal::new(), Toolbox::default(), HandClock::default(), commits);
        world.start("o1", &component).await.unwrap();
        let done = drive(&world).await;
        let world = world.reborn().await;
        assert!(drive(&world).await);
        assert_eq!(kind(&world.outcome("o1").await), "trapped", "after {commits}");
        let mut keys = keys(&world);
        keys.dedup();
        assert_eq!(keys, ["bad/a", "bad/a.undo", "good/a", "good/a.undo"], "after {commits}");
        if done {
            return;
        }
    }
    panic!("it does not come to an end");
}

#[tokio::test]
async fn a_run_that_is_cancelled_cancels_its_blocks_and_they_undo() {
    let mut script = Script::new();
    let hangs = script.body(|script| {
        let a = script.call("a", "t.a");
        script.check(a);
        script.undo("a.undo", "t.undo");
        let b = script.call("b", "t.hangs");
        script.check(b);
    });
    let one = script.block("one", hangs);
    let two = script.block("two", hangs);
    script.check(one);
    script.check(two);
    let world = World::new();
    world.tools.plan("t.hangs", [Does::Hangs]);
    world.start("o1", &script.finish()).await.unwrap();
    world.called(4).await;
    world.cancel("o1").await;
    assert_eq!(kind(&world.outcome("o1").await), "cancelled");
    assert_eq!(keys(&world), ["one/a", "one/a.undo", "one/b", "two/a", "two/a.undo", "two/b"]);
}

/// Promises 6 and 7 in blocks: code that is changed within a block is refused by the proof, and stops the instance if it is run.
#[tokio::test]
async fn changed_code_in_a_block_is_found_out() {
    let code = |tool: &'static str, more: bool| {
        let mut script = Script::new();
        let done = step(&mut script, tool);
        let open = script.body(|script| {
            let a = script.call("a", "t.a");
            script.check(a);
            let event = script.receive("event", "go", None);
            script.check(event);
            if more {
                let b = script.call("b", "t.b");
                script.check(b);
            }
        });
        let done = script.block("done", done);
        let open = script.block("open", open);
        script.check(done);
        script.check(open);
        script.finish()
    };
    let world = World::new();
    world.start("o1", &code("t.one", false)).await.unwrap();
    world.rest("o1").await;
    let resume = async |component: Vec<u8>| {
        let digest = world.host.deploy(&component).await.unwrap().digest;
        let resume = Resume { tenant: "acme".into(), id: Some("o1".into()), code: Some(digest) };
        world.handle(Request::Resume(resume)).await
    };
    let before = world.entries("o1").len();
    let Err(Error::Diverged(message)) = resume(code("t.other", true)).await else { panic!("it was moved") };
    assert!(message.contains("key `done/a`"), "a block that is over is proven as well: {message}");
    assert_eq!(world.entries("o1").len(), before);
    let Ok(Reply::Resume(_)) = resume(code("t.one", true)).await else { panic!("it was not moved") };
    world.send("o1", "go", json!({}), "m").await.unwrap();
    assert_eq!(world.outcome("o1").await, OutcomeView::Result(json!("done")));
    assert_eq!(keys(&world), ["done/a", "open/a", "open/b"]);
}

/// A key that another block's keys begin with is refused, also on a replay.
#[tokio::test]
async fn keys_of_one_scope_mean_nothing_in_another() {
    let mut script = Script::new();
    let one = step(&mut script, "t.a");
    let one = script.block("one", one);
    script.check(one);
    let a = script.call("one/a", "t.a");
    script.check(a);
    let world = World::new();
    world.start("o1", &script.finish()).await.unwrap();
    assert_eq!(kind(&world.outcome("o1").await), "trapped");
    assert_eq!(keys(&world), ["one/a", "one/a.undo"]);
}
