//! Attempts of which nobody knows what came of them: each policy, in a living process and across its death.

use cairn_journal::Status;
use cairn_replay::{Act, Entry};
use serde_json::{Value, json};

use super::{
    guest::{Patience, Script},
    operate::{does, order, pause, proceed, refusal, skip},
    others::{result, waits},
    world::{Does, World, kind},
};
use crate::ops::{Done, OutcomeView, Request, Retry, State};

const RETRY: u8 = 0;
const FAIL: u8 = 1;
const ASK: u8 = 2;

fn patience(unclear: u8) -> Patience {
    Patience { unclear, retry: Some((3, 10)), ..Patience::default() }
}

/// A step `a` with an undo, then `b`, done with this policy.
fn steps(unclear: u8) -> Vec<u8> {
    let mut script = Script::new();
    let a = script.call("a", "t.a");
    script.check(a);
    script.undo("a.undo", "t.undo");
    let b = script.call_with("b", "t.b", "{}", patience(unclear));
    script.check(b);
    script.finish()
}

async fn resend(world: &World, key: Option<&str>) -> Result<Done, crate::Error> {
    let key = key.map(str::to_owned);
    does(world, Request::Retry(Retry { order: order("o1"), key })).await
}

/// How often the world outside was asked for `b`.
fn sent(world: &World) -> usize {
    world.tools.calls().iter().filter(|key| *key == "acme/o1/b").count()
}

fn words(world: &World) -> Vec<&'static str> {
    let of = |entry: &Entry| match entry {
        Entry::Asked { key, .. } if key.0 == "b" => Some("asked"),
        Entry::Sent { key, .. } if key.0 == "b" => Some("sent"),
        Entry::Tried { key, .. } if key.0 == "b" => Some("tried"),
        Entry::Ended { key, .. } if key.0 == "b" => Some("ended"),
        Entry::Logged { scope: Some(key), .. } if key.0 == "b" => Some("told"),
        Entry::Acted { act: Act::Resend { .. }, .. } => Some("resend"),
        _ => None,
    };
    world.entries("o1").iter().filter_map(of).collect()
}

/// The process dies while the step is out.
async fn cut_off(unclear: u8) -> World {
    let world = World::new();
    world.tools.plan("t.b", [Does::Hangs, Does::Gives(json!("there"))]);
    world.start("o1", &steps(unclear)).await.unwrap();
    world.called(2).await;
    world.reborn_poorer().await
}

#[tokio::test]
async fn what_was_cut_off_is_sent_again_where_nothing_else_is_said_and_nothing_more_is_written() {
    let world = cut_off(RETRY).await;
    world.resume(Some("o1")).await;
    assert_eq!(world.outcome("o1").await, result(json!("there")));
    assert_eq!((sent(&world), words(&world)), (2, vec!["asked", "ended"]));
}

#[tokio::test]
async fn what_was_cut_off_fails_unclear_and_is_never_sent_again() {
    let world = cut_off(FAIL).await;
    world.resume(Some("o1")).await;
    let OutcomeView::Failure(failure) = world.outcome("o1").await else { panic!("it was sent again") };
    assert_eq!(failure.kind, "unclear");
    for said in ["`t.b`", "attempt 1 left at 1970-", "`acme/o1/b`", "before the host stopped"] {
        assert!(failure.message.contains(said), "{}", failure.message);
    }
    assert_eq!(failure.detail["idempotency_key"], json!("acme/o1/b"));
    assert_eq!((sent(&world), words(&world)), (1, vec!["asked", "sent", "ended"]));
    assert_eq!(world.tools.calls().last().unwrap(), "acme/o1/a.undo", "what was done before is undone");
}

#[tokio::test]
async fn what_was_cut_off_waits_for_a_person_who_has_it_sent_again() {
    let world = cut_off(ASK).await;
    world.resume(Some("o1")).await;
    waits(&world, "o1", "unclear b").await;
    assert_eq!((sent(&world), words(&world)), (1, vec!["asked", "sent", "told"]));
    // Nothing of it is loaded, and the wait outlives the process; it is told once.
    let world = world.reborn().await;
    world.resume(None).await;
    assert!(matches!(world.rest("o1").await, State::Waiting { .. }));
    assert_eq!(words(&world), ["asked", "sent", "told"]);
    let done = resend(&world, None).await.unwrap();
    assert_eq!(done.did, "makes `b` again");
    assert_eq!(world.outcome("o1").await, result(json!("there")));
    assert_eq!((sent(&world), words(&world)), (2, vec!["asked", "sent", "told", "resend", "sent", "ended"]));
}

#[tokio::test]
async fn what_was_cut_off_waits_for_a_person_who_says_what_it_gave() {
    let world = cut_off(ASK).await;
    world.resume(Some("o1")).await;
    waits(&world, "o1", "unclear b").await;
    skip(&world, "o1", "b", Some(json!("by hand"))).await.unwrap();
    assert_eq!(world.outcome("o1").await, result(json!("by hand")));
    assert_eq!(sent(&world), 1);
    assert!(refusal(resend(&world, Some("b")).await).contains("no step that waits"));
}

#[tokio::test]
async fn an_attempt_that_was_lost_is_unclear_and_one_that_failed_is_tried_again() {
    for (policy, then) in [(RETRY, "a result"), (FAIL, "unclear")] {
        let world = World::new();
        let lost = [Does::Fails("http_5xx"), Does::Lost, Does::Gives(json!(1))];
        world.tools.plan("t.b", lost);
        world.start("o1", &steps(policy)).await.unwrap();
        while !matches!(world.head("o1").status, Status::Finished | Status::Failed(_)) {
            world.clock.turn(20);
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        assert_eq!(kind(&world.outcome("o1").await), then);
        let expected = if policy == FAIL {
            vec!["asked", "sent", "tried", "sent", "ended"]
        } else {
            vec!["asked", "tried", "tried", "ended"]
        };
        assert_eq!(words(&world), expected);
    }
}

/// Lost in a living process; the instance waits, and all of it again after the second attempt is lost too.
#[tokio::test]
async fn a_person_may_be_asked_again_and_again() {
    let world = World::new();
    world.tools.plan("t.b", [Does::Lost, Does::Lost, Does::Gives(json!(7))]);
    world.start("o1", &steps(ASK)).await.unwrap();
    for times in 1..=2 {
        while words(&world).iter().filter(|word| **word == "told").count() < times {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        waits(&world, "o1", "unclear b").await;
        resend(&world, Some("b")).await.unwrap();
    }
    assert_eq!(world.outcome("o1").await, result(json!(7)));
    assert_eq!(words(&world), ["asked", "sent", "told", "resend", "sent", "told", "resend", "sent", "ended"]);
}

#[tokio::test]
async fn a_run_that_waits_for_a_person_is_cancelled_and_says_what_is_unclear() {
    let world = cut_off(ASK).await;
    world.resume(Some("o1")).await;
    waits(&world, "o1", "unclear b").await;
    world.cancel("o1").await;
    assert_eq!(kind(&world.outcome("o1").await), "cancelled");
    let shown = world.show("o1").await;
    let ended = shown.timeline.iter().find(|line| line.entry == "ended" && line.key.as_deref() == Some("b"));
    let said = ended.unwrap().failure.clone().unwrap().message;
    assert!(
        said.starts_with("cancelled by ada: no need; nobody knows whether `t.b` was carried out"),
        "{said}"
    );
    assert_eq!((sent(&world), world.tools.calls().last().unwrap().as_str()), (1, "acme/o1/a.undo"));
}

#[tokio::test]
async fn a_paused_run_is_decided_and_goes_on_when_it_may() {
    let world = cut_off(ASK).await;
    world.resume(Some("o1")).await;
    waits(&world, "o1", "unclear b").await;
    pause(&world, "o1").await.unwrap();
    resend(&world, None).await.unwrap();
    assert_eq!((world.rest("o1").await, sent(&world)), (State::Paused, 1));
    proceed(&world, "o1").await.unwrap();
    assert_eq!(world.outcome("o1").await, result(json!("there")));
}

/// Of two that are unclear one has to be named; each is decided by itself.
#[tokio::test]
async fn several_unclear_steps_are_decided_one_by_one() {
    let mut script = Script::new();
    let one = script.call_with("one", "t.b", "{}", patience(ASK));
    let two = script.call_with("two", "t.b", "{}", patience(ASK));
    script.check(one);
    script.check(two);
    let world = World::new();
    world.tools.plan("t.b", [Does::Lost, Does::Lost, Does::Gives(json!(1))]);
    world.start("o1", &script.finish()).await.unwrap();
    waits(&world, "o1", "unclear one").await;
    waits(&world, "o1", "unclear two").await;
    let said = refusal(resend(&world, None).await);
    assert!(said.contains("`one`, `two`") && said.contains("--key KEY"), "{said}");
    assert!(refusal(resend(&world, Some("tow")).await).contains("did you mean `two`?"));
    resend(&world, Some("two")).await.unwrap();
    skip(&world, "o1", "one", Some(Value::Null)).await.unwrap();
    assert_eq!(world.outcome("o1").await, result(json!(1)));
}

/// What undoes may be unclear as well: the unwinding waits, and goes on when somebody has decided.
#[tokio::test]
async fn an_undo_that_is_unclear_waits_too() {
    for by_hand in [true, false] {
        let mut script = Script::new();
        let a = script.call("a", "t.a");
        script.check(a);
        script.undo("first.undo", "t.undo");
        script.undo_with("a.undo", "t.b", patience(ASK));
        let b = script.call("b", "t.fails");
        script.check_or_unwind(b, "unwind");
        let world = World::new();
        world.tools.plan("t.fails", [Does::Fails("broken")]);
        world.tools.plan("t.b", [Does::Hangs, Does::Gives(json!(1))]);
        world.start("o1", &script.finish()).await.unwrap();
        world.called(3).await;
        let world = world.reborn_poorer().await;
        world.resume(Some("o1")).await;
        waits(&world, "o1", "unclear a.undo").await;
        match by_hand {
            true => drop(skip(&world, "o1", "a.undo", None).await.unwrap()),
            false => drop(resend(&world, None).await.unwrap()),
        }
        assert_eq!(kind(&world.outcome("o1").await), "broken");
        let calls = world.tools.calls();
        assert_eq!(calls.iter().filter(|key| *key == "acme/o1/a.undo").count(), if by_hand { 1 } else { 2 });
        assert_eq!(calls.last().unwrap(), "acme/o1/first.undo");
    }
}

/// Wherever the process dies: a step that may not be doubled is sent once, or surely had not left.
#[tokio::test]
async fn wherever_the_process_dies_a_careful_step_is_sent_once() {
    let mut doubted = 0;
    for commits in 1..40 {
        let world = World::new();
        drop(world.start("o0", &steps(FAIL)).await);
        let world = world.reborn_for(commits).await;
        let started = world.start("o1", &steps(FAIL)).await;
        world.host.idle().await;
        let dead = world.dead();
        let world = world.reborn().await;
        if started.is_err() {
            continue;
        }
        world.resume(Some("o1")).await;
        let outcome = world.outcome("o1").await;
        let unclear = kind(&outcome) == "unclear";
        doubted += u32::from(unclear);
        assert!(
            sent(&world) <= 1 && (unclear || sent(&world) == 1),
            "{commits}: {outcome:?}, {}",
            sent(&world)
        );
        if !dead {
            assert!(doubted > 0 && !unclear, "{doubted} unclear, then {outcome:?}");
            return;
        }
    }
    panic!("it never got through");
}

/// An undo outlives the block that asked for it: what it waits for costs nothing, and can be decided, all the same.
#[tokio::test]
async fn promise_9_an_undo_that_is_unclear_waits_unloaded_though_its_block_has_ended() {
    let mut script = Script::new();
    let block = script.body(|script| {
        let a = script.call("a", "t.a");
        script.check(a);
        script.undo_with("a.undo", "t.undo", patience(ASK));
    });
    let block = script.block("block", block);
    script.check(block);
    let b = script.call("b", "t.b");
    script.check_or_unwind(b, "unwind");
    let world = World::new();
    world.tools.plan("t.b", [Does::Fails("broken")]);
    world.tools.plan("t.undo", [Does::Lost, Does::Gives(json!(null))]);
    world.start("o1", &script.finish()).await.unwrap();
    waits(&world, "o1", "unclear block/a.undo").await;
    let world = world.reborn().await;
    world.resume(None).await;
    waits(&world, "o1", "unclear block/a.undo").await;
    assert_eq!(resend(&world, None).await.unwrap().did, "makes `block/a.undo` again");
    assert_eq!(kind(&world.outcome("o1").await), "broken");
    assert_eq!(world.tools.calls().iter().filter(|key| key.ends_with("a.undo")).count(), 2);
}
