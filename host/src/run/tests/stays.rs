//! Instances that wait and stay loaded: to whoever looks they wait as any other, and they cost a place until somebody wants it.

use std::time::Duration;

use cairn_journal::{MemoryJournal, Status};
use cairn_replay::{Command, Entry};
use serde_json::json;

use super::{
    guest::{Patience, Script},
    operate::{does, order, pause, proceed},
    others::over,
    world::{Does, HandClock, Toolbox, World, kind},
};
use crate::ops::{OutcomeView, Request, State};

const STAY: Duration = Duration::from_secs(60);

/// With room for so many.
fn staying(room: usize) -> World {
    let (journal, tools, clock) = (MemoryJournal::new(), Toolbox::default(), HandClock::default());
    World::set(journal, tools, clock, u64::MAX, |settings| {
        settings.stay = STAY;
        settings.limits.loaded = room;
    })
}

/// Waits for so many events, and does something behind each.
fn hears(times: usize) -> Vec<u8> {
    let mut script = Script::new();
    for n in 0..times {
        let event = script.receive(&format!("hear{n}"), "go", None);
        script.check(event);
        let step = script.call(&format!("do{n}"), "t.a");
        script.check(step);
    }
    script.finish()
}

async fn go(world: &World, id: &str, n: usize) {
    world.send(id, "go", json!({}), &format!("m{n}")).await.unwrap();
}

fn waits() -> State {
    State::Waiting { until: None, events: vec!["go".to_owned()], on: Vec::new() }
}

#[tokio::test]
async fn what_stays_loaded_waits_on_disk_and_goes_on_where_it_is() {
    let world = staying(8);
    world.start("o1", &hears(4)).await.unwrap();
    for n in 0..4 {
        assert_eq!(world.rest("o1").await, waits());
        assert!(matches!(world.head("o1").status, Status::Waiting(_)));
        assert_eq!(world.host.at_work(), 0);
        go(&world, "o1", n).await;
        world.called(n + 1).await;
    }
    assert!(matches!(world.outcome("o1").await, OutcomeView::Result(_)));
    assert_eq!(world.host.guests(), 1, "it was loaded once");
}

/// What was acknowledged is on disk before it comes to rest, so a cut leaves nothing to be asked for again.
#[tokio::test]
async fn a_power_cut_while_it_stays_loses_nothing() {
    let world = staying(8);
    world.start("o1", &hears(2)).await.unwrap();
    assert_eq!(world.rest("o1").await, waits());
    go(&world, "o1", 0).await;
    world.called(1).await;
    assert_eq!(world.rest("o1").await, waits());
    let before = world.entries("o1");
    let world = world.reborn_poorer().await;
    assert_eq!(world.entries("o1"), before);
    assert_eq!(world.resume(None).await, Vec::<String>::new(), "it waits, and nothing has come");
    go(&world, "o1", 1).await;
    world.called(2).await;
    assert!(matches!(world.outcome("o1").await, OutcomeView::Result(_)));
}

#[tokio::test]
async fn it_is_unloaded_when_it_has_stayed_long_enough() {
    let world = staying(8);
    world.start("o1", &hears(1)).await.unwrap();
    assert_eq!(world.rest("o1").await, waits());
    world.clock.turn(61_000);
    world.gone("o1").await;
    assert_eq!(world.rest("o1").await, waits());
    go(&world, "o1", 0).await;
    world.called(1).await;
    assert!(matches!(world.outcome("o1").await, OutcomeView::Result(_)));
    assert_eq!(world.host.guests(), 2, "it was loaded again");
}

/// However many others want to be loaded: of two places one is always free, and the one that stayed longest gives the other up.
#[tokio::test]
async fn it_makes_room_for_others() {
    let world = staying(2);
    let component = hears(2);
    for id in ["o1", "o2", "o3"] {
        world.start(id, &component).await.unwrap();
        assert_eq!(world.rest(id).await, waits());
    }
    for n in 0..2 {
        for (before, id) in ["o1", "o2", "o3"].into_iter().enumerate() {
            go(&world, id, n).await;
            world.called(3 * n + before + 1).await;
            world.rest(id).await;
        }
    }
    for id in ["o1", "o2", "o3"] {
        assert!(matches!(world.outcome(id).await, OutcomeView::Result(_)));
    }
    assert!(world.host.guests() > 3, "all had a place all the time");
}

/// Its next attempt is near; whoever wants the room has it all the same.
#[tokio::test]
async fn it_makes_room_also_just_before_it_would_go_on() {
    let mut script = Script::new();
    let step =
        script.call_with("a", "t.a", "{}", Patience { retry: Some((3, 3_000)), ..Patience::default() });
    script.check(step);
    let world = staying(2);
    world.tools.plan("t.a", [Does::Fails("network"), Does::Gives(json!(1))]);
    world.start("o1", &script.finish()).await.unwrap();
    world.called(1).await;
    assert!(matches!(world.rest("o1").await, State::Waiting { until: Some(_), .. }));
    world.clock.turn(1_500);
    world.start("o2", &hears(1)).await.unwrap();
    assert_eq!(world.rest("o2").await, waits());
    world.gone("o1").await;
    world.clock.turn(2_000);
    assert_eq!(over(&world, "o1").await, OutcomeView::Result(json!(1)));
}

/// A moment comes, and the deadline of a sleep is on disk as of any that waits.
#[tokio::test]
async fn a_moment_finds_it_where_it_is() {
    let mut script = Script::new();
    let sleep = script.sleep("nap", 10_000);
    script.check(sleep);
    let world = staying(8);
    world.start("o1", &script.finish()).await.unwrap();
    let State::Waiting { until: Some(until), .. } = world.rest("o1").await else {
        panic!("it does not wait")
    };
    assert_eq!(world.journal_timer(), Some(until));
    world.clock.turn(11_000);
    while world.rest("o1").await != State::Finished {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.host.guests(), 1);
}

/// To a block that is unloaded things come as ever, and the run rests again behind them.
#[tokio::test]
async fn its_blocks_are_unloaded_and_come_back() {
    let mut script = Script::new();
    let number = script.body(|block| {
        for n in 0..2 {
            let event = block.receive(&format!("hear{n}"), "go", None);
            block.check(event);
        }
    });
    let block = script.block("b", number);
    script.check(block);
    let world = staying(8);
    world.start("o1", &script.finish()).await.unwrap();
    for n in 0..2 {
        assert_eq!(world.rest("o1").await, waits());
        assert!(matches!(world.head("o1").status, Status::Waiting(_)));
        go(&world, "o1", n).await;
    }
    assert!(matches!(world.outcome("o1").await, OutcomeView::Result(_)));
}

#[tokio::test]
async fn operators_reach_it_as_any_other() {
    let world = staying(8);
    let component = hears(1);
    for id in ["cancelled", "paused", "terminated"] {
        world.start(id, &component).await.unwrap();
        assert_eq!(world.rest(id).await, waits());
    }
    world.cancel("cancelled").await;
    assert_eq!(kind(&world.outcome("cancelled").await), "cancelled");
    does(&world, Request::Terminate(order("terminated"))).await.unwrap();
    assert_eq!(kind(&world.outcome("terminated").await), "terminated");
    pause(&world, "paused").await.unwrap();
    assert_eq!(world.rest("paused").await, State::Paused);
    go(&world, "paused", 0).await;
    assert_eq!(world.rest("paused").await, State::Paused);
    proceed(&world, "paused").await.unwrap();
    world.called(1).await;
    assert!(matches!(world.outcome("paused").await, OutcomeView::Result(_)));
}

/// While it is written that it waits somebody pauses it and has it go on: nobody who runs it has seen that, and its guest is gone.
#[tokio::test]
async fn a_pause_that_is_over_at_once_holds_up_nothing() {
    let world = staying(8);
    let waits_for_event =
        |entry: &Entry| matches!(entry, Entry::Asked { command: Command::Receive { .. }, .. });
    let written = world.late(waits_for_event, false);
    world.start("o1", &hears(1)).await.unwrap();
    while world.entries("o1").len() < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    pause(&world, "o1").await.unwrap();
    proceed(&world, "o1").await.unwrap();
    written.send(true).unwrap();
    go(&world, "o1", 0).await;
    world.called(1).await;
    assert!(matches!(world.outcome("o1").await, OutcomeView::Result(_)));
}

/// It can be given other code as one that is unloaded, and goes on with that.
#[tokio::test]
async fn it_can_be_moved_to_other_code() {
    let world = staying(8);
    world.start("o1", &hears(1)).await.unwrap();
    assert_eq!(world.rest("o1").await, waits());
    let digest = world.host.deploy(&hears(2)).await.unwrap().digest;
    world.moved("o1", &digest).await;
    for n in 0..2 {
        assert_eq!(world.rest("o1").await, waits());
        go(&world, "o1", n).await;
        world.called(n + 1).await;
    }
    assert!(matches!(world.outcome("o1").await, OutcomeView::Result(_)));
}
