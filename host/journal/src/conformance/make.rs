//! Things to put into a store.

use cairn_replay::{Began, Entry, Instant, Json, Key, Level, Seq};

use super::{sure, wait};
use crate::{
    Commit, HeadChange, InstanceId, Journal, LockChange, Message, MessageId, Place, Refusal, Status, Sync,
    TimerChange, Waiting,
};

pub(crate) fn id(name: &str) -> InstanceId {
    InstanceId { tenant: "acme".into(), instance: name.into() }
}

pub(crate) fn began(id: &InstanceId) -> Entry {
    Entry::Began(Began {
        at: Instant(1_000),
        tenant: id.tenant.clone(),
        workflow: "order".into(),
        instance: id.instance.clone(),
        digest: format!("sha256:{}", "0".repeat(64)),
        input: Json("{}".into()),
        grant: Json("{}".into()),
        peers: std::collections::BTreeMap::new(),
        parent: None,
        run: 0,
    })
}

pub(crate) fn line(text: &str) -> Entry {
    Entry::Logged {
        scope: None,
        at: Instant(1_001),
        level: Level::Info,
        message: text.into(),
        fields: Json("{}".into()),
    }
}

pub(crate) fn ended(key: &str) -> Entry {
    Entry::Ended { key: Key(key.into()), at: Instant(1_002), outcome: Ok(Json("1".into())) }
}

/// A commit of entries, and nothing else.
pub(crate) fn append(id: &InstanceId, expect: u64, entries: Vec<Entry>) -> Commit {
    Commit {
        id: id.clone(),
        expect: Seq(expect),
        restart: false,
        entries,
        timer: TimerChange::Keep,
        consumed: Vec::new(),
        locks: Vec::new(),
        kept: Vec::new(),
        head: HeadChange::default(),
        at: Instant(2_000 + expect),
    }
}

pub(crate) fn begin(id: &InstanceId) -> Commit {
    append(id, 0, vec![began(id)])
}

/// A commit without entries that sets a timer.
pub(crate) fn timer(id: &InstanceId, expect: u64, timer: TimerChange) -> Commit {
    Commit { timer, ..append(id, expect, Vec::new()) }
}

pub(crate) fn waiting(commit: Commit, event: &str) -> Commit {
    let status = Status::Waiting(Waiting { events: vec![event.into()], ..Waiting::default() });
    Commit { head: HeadChange { status: Some(status), digest: None }, ..commit }
}

/// A change of where an instance stands in the line of the lock `deploy`.
pub(crate) fn stand(key: &str, asked: u64, to: Place) -> LockChange {
    LockChange { name: "deploy".into(), key: Key(key.into()), asked: Instant(asked), to }
}

pub(crate) fn message(to: &InstanceId, id: &str) -> Message {
    Message {
        id: MessageId(id.into()),
        to: to.clone(),
        event: "paid".into(),
        data: Json(format!("{{\"id\":\"{id}\"}}").into()),
        at: Instant(3_000),
        expires: None,
    }
}

/// Commits, durably, and gives what became of it.
pub(crate) fn commit(store: &impl Journal, commit: Commit) -> Result<(), Refusal> {
    sure(wait(store.commit(commit, Sync::Durable)))
}

/// Commits, durably, what cannot be refused.
pub(crate) fn done(store: &impl Journal, what: Commit) {
    sure(commit(store, what));
}

/// A new instance with so many entries: the beginning, and lines `1`, `2` …
pub(crate) fn instance(store: &impl Journal, name: &str, entries: u64) -> InstanceId {
    let id = id(name);
    done(store, begin(&id));
    for number in 1..entries {
        done(store, append(&id, number, vec![line(&number.to_string())]));
    }
    id
}

pub(crate) fn ids(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.id.0.as_str()).collect()
}
