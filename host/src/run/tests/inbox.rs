//! Promise 5: what nobody takes is listed, and what expires is nobody's.

use cairn_journal::{InstanceId, Journal, MemoryJournal};
use serde_json::{Value, json};

use super::{
    guest::Script,
    others::{over, result, waits},
    world::{HandClock, TENANT, Toolbox, World},
};
use crate::{
    Limits,
    ops::{Inbox, InboxView, Purge, Reply, Request, State},
};

/// Knows two events and waits for `go`; its result is what it got.
fn waiting() -> Vec<u8> {
    let events = json!([{ "name": "go", "data": {} }, { "name": "stop", "data": {} }]);
    let mut script = Script::new().meta(&json!({ "format": 1, "workflow": "w", "events": events }));
    let go = script.receive("go", "go", None);
    script.check(go);
    script.finish()
}

fn got(message: &str) -> Value {
    json!({ "subscription": 0, "event": "go", "id": message, "data": {} })
}

async fn inboxes(world: &World) -> Vec<InboxView> {
    let inbox = Inbox { tenant: TENANT.to_owned(), id: None, after: None, limit: 1 };
    let mut all: Vec<InboxView> = Vec::new();
    loop {
        let after = all.last().map(|last| last.id.clone());
        let Ok(Reply::Inbox(page)) = world.handle(Request::Inbox(Inbox { after, ..inbox.clone() })).await
        else {
            panic!("no inboxes")
        };
        all.extend(page.inboxes);
        if page.next.is_none() {
            return all;
        }
    }
}

async fn purge(world: &World, id: &str) -> Result<String, String> {
    let purge = Purge { tenant: TENANT.to_owned(), id: id.to_owned() };
    match world.handle(Request::Purge(purge)).await {
        Ok(Reply::Done(done)) => Ok(done.did),
        other => Err(other.unwrap_err().to_string()),
    }
}

#[tokio::test]
async fn promise_5_what_has_expired_is_taken_by_nobody_also_where_nobody_was_running() {
    let world = World::new();
    world.send_for("o1", "go", json!({}), "late", Some(1_000)).await.unwrap();
    world.send_for("o1", "go", json!({}), "in time", Some(60_000)).await.unwrap();
    world.clock.turn(1_000);
    world.start("o1", &waiting()).await.unwrap();
    assert_eq!(over(&world, "o1").await, result(got("in time")));
    assert!(world.send("o1", "go", json!({}), "late").await.unwrap(), "its id is known");

    // It came while the run waited and nobody was there; when somebody is, it is too late.
    world.start("o2", &waiting()).await.unwrap();
    waits(&world, "o2", "go").await;
    let world = world.reborn().await;
    world.send_for("o2", "go", json!({}), "late", Some(1_000)).await.unwrap();
    world.clock.turn(1_000);
    world.resume(None).await;
    waits(&world, "o2", "go").await;
    assert!(world.show("o2").await.inbox.is_empty(), "nor is it shown");
    world.send("o2", "go", json!({}), "next").await.unwrap();
    assert_eq!(over(&world, "o2").await, result(got("next")));
}

#[tokio::test]
async fn promise_5_what_has_expired_takes_no_room_and_is_removed_by_whoever_sends_next() {
    let limits = Limits { inbox: 2, ..Limits::default() };
    let journal = MemoryJournal::new();
    let world = World::limited(journal.clone(), Toolbox::default(), HandClock::default(), u64::MAX, limits);
    let id = InstanceId { tenant: TENANT.into(), instance: "o1".into() };
    for message in ["a", "b"] {
        world.send_for("o1", "stop", json!({}), message, Some(1_000)).await.unwrap();
    }
    let full = world.send("o1", "go", json!({}), "c").await.unwrap_err().to_string();
    assert!(full.contains("the inbox of `o1` is full"), "{full}");
    world.clock.turn(1_000);
    assert_eq!(journal.inbox(&id).unwrap().len(), 2, "nobody has sent yet");
    world.send("o1", "go", json!({}), "c").await.unwrap();
    assert_eq!(journal.inbox(&id).unwrap().len(), 1);
    world.start("o1", &waiting()).await.unwrap();
    assert_eq!(over(&world, "o1").await, result(got("c")));

    // Of a run that waits it is removed as well, and the run hears of what comes.
    world.start("o2", &waiting()).await.unwrap();
    waits(&world, "o2", "go").await;
    world.send_for("o2", "stop", json!({}), "a", Some(1_000)).await.unwrap();
    world.clock.turn(1_000);
    waits(&world, "o2", "go").await;
    world.send("o2", "go", json!({}), "b").await.unwrap();
    assert_eq!(over(&world, "o2").await, result(got("b")));
}

#[tokio::test]
async fn promise_5_events_that_nobody_took_are_listed_also_of_runs_that_nobody_started() {
    let world = World::new();
    world.start("o2", &waiting()).await.unwrap();
    waits(&world, "o2", "go").await;
    world.send("o2", "stop", json!({ "why": 1 }), "a").await.unwrap();
    waits(&world, "o2", "go").await;
    world.send_for("o1", "go", json!({}), "b", Some(1_000)).await.unwrap();
    world.send("o1", "go", json!({}), "c").await.unwrap();
    let all = inboxes(&world).await;
    let told: Vec<_> = all
        .iter()
        .map(|to| {
            let ids: Vec<_> =
                to.messages.iter().map(|one| (one.id.as_str(), one.expires.is_some())).collect();
            (to.id.as_str(), matches!(to.state, Some(State::Waiting { .. })), ids)
        })
        .collect();
    assert_eq!(told, [("o1", false, vec![("b", true), ("c", false)]), ("o2", true, vec![("a", false)])]);
    assert_eq!(all[0].state, None, "nobody has started it");
    world.clock.turn(1_000);
    assert_eq!(inboxes(&world).await[0].messages.len(), 1, "what has expired is not listed");

    assert_eq!(purge(&world, "o1").await, Ok("was not there; what was sent to it is removed".to_owned()));
    assert_eq!(inboxes(&world).await.len(), 1);
    assert!(purge(&world, "o1").await.unwrap_err().contains("o1"), "there is nothing any more");
    assert_eq!(purge(&world, "o2").await, Err("`o2` is not over".to_owned()));
    assert!(!world.send("o1", "go", json!({}), "c").await.unwrap(), "its ids are forgotten");
}
