//! What is done to a store.

use std::collections::BTreeMap;

use cairn_replay::{Entry, Instant, Json, Key};
use proptest::{collection::vec, option, prelude::*};

use super::world::World;
use crate::{
    Commit, Discard, HeadChange, InstanceId, Keep, LockChange, Message, MessageId, Place, Purge, Status,
    Sync, TimerChange, Waiting, conformance::make, format::LARGE,
};

#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Handed over one after the other; none is waited for before the last.
    Together(Vec<Ask>),
    Blob(Vec<u8>),
    SweepBlobs,
    SweepValues,
    Reopen,
    Crash,
}

#[derive(Clone, Debug)]
pub(super) enum Ask {
    Commit(Commit, Sync),
    Put(Message),
    Keep(Keep),
    Purge(Purge),
    Discard(Discard),
}

/// Few instances, with names that begin alike.
pub(super) fn ids() -> Vec<InstanceId> {
    let id = |tenant: &str, instance: &str| InstanceId { tenant: tenant.into(), instance: instance.into() };
    [("a", ""), ("a", "order-1"), ("a", "order-11"), ("a\0b", "\0"), ("a\0b", "order-1")]
        .map(|(tenant, instance)| id(tenant, instance))
        .into()
}

pub(super) fn names() -> Vec<String> {
    ["m", "m0", "m1", "m10"].map(String::from).into()
}

pub(super) fn of(world: &World) -> BoxedStrategy<Act> {
    let sync = prop_oneof![Just(Sync::Durable), Just(Sync::Ordered)];
    let ask = prop_oneof![
        6 => (commit(world), sync).prop_map(|(commit, sync)| Ask::Commit(commit, sync)),
        2 => message().prop_map(Ask::Put),
        1 => keep().prop_map(Ask::Keep),
        2 => purge(world).prop_map(Ask::Purge),
        1 => discard().prop_map(Ask::Discard),
    ];
    prop_oneof![
        20 => vec(ask, 1..6).prop_map(|asks| Act::Together(in_turn(asks))),
        1 => (0..4_u8).prop_map(|number| Act::Blob(vec![number])),
        1 => Just(Act::SweepBlobs),
        2 => Just(Act::SweepValues),
        1 => Just(Act::Reopen),
        1 => Just(Act::Crash),
    ]
    .boxed()
}

fn id() -> impl Strategy<Value = InstanceId> {
    prop::sample::select(ids())
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(names())
}

/// Small ones, ones that name a blob, and two large ones that many share.
fn json() -> impl Strategy<Value = Json> {
    prop_oneof![
        4 => (0..9_u8).prop_map(|number| Json(number.to_string().into())),
        1 => (0..4_u8).prop_map(|number| Json(format!("\"{}\"", crate::model::digest(&[number]).0).into())),
        2 => (0..2_usize).prop_map(|more| Json("7".repeat(LARGE + 1 + more).into())),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    (id(), name(), json(), option::weighted(0.2, 0..9_u64)).prop_map(|(to, name, data, expires)| Message {
        data,
        expires: expires.map(Instant),
        ..make::message(&to, &name)
    })
}

fn discard() -> impl Strategy<Value = Discard> {
    (id(), vec(name(), 0..3))
        .prop_map(|(to, names)| Discard { to, messages: names.into_iter().map(MessageId).collect() })
}

fn keep() -> impl Strategy<Value = Keep> {
    (id(), name(), option::of(json()), 0..20_u64).prop_map(|(id, name, json, at)| Keep {
        tenant: id.tenant,
        name,
        json,
        at: Instant(at),
    })
}

fn purge(world: &World) -> impl Strategy<Value = Purge> + use<> {
    let heads: BTreeMap<_, _> = world.runs.iter().map(|(id, (head, _))| (id.clone(), head.next)).collect();
    (id(), name(), 0..5_u64).prop_map(move |(id, name, wrong)| {
        let next = heads.get(&id).copied().unwrap_or_default();
        Purge { expect: if wrong == 4 { cairn_replay::Seq(3) } else { next }, id, kept: vec![name] }
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    prop_oneof![
        Just(make::line("x")),
        (name(), json()).prop_map(|(key, json)| Entry::Ended {
            key: Key(key),
            at: Instant(1_002),
            outcome: Ok(json)
        }),
    ]
}

fn status() -> impl Strategy<Value = Status> {
    let waiting = Waiting { events: vec!["paid".into()], ..Waiting::default() };
    let over = || Just(Status::Failed("timeout".into()));
    prop_oneof![
        Just(Status::Ready),
        Just(Status::Waiting(waiting)),
        Just(Status::Finished),
        over(),
        Just(Status::Paused)
    ]
}

fn timer() -> impl Strategy<Value = TimerChange> {
    let set = (0..20_u64).prop_map(|due| TimerChange::Set(Instant(due)));
    prop_oneof![2 => Just(TimerChange::Keep), 1 => set, 1 => Just(TimerChange::Clear)]
}

fn lock() -> impl Strategy<Value = LockChange> {
    let to =
        prop_oneof![Just(Place::Waits), Just(Place::Gone), (1..3_u32).prop_map(|of| Place::Holds { of })];
    (any::<bool>(), 0..3_u64, to)
        .prop_map(|(one, asked, to)| make::stand(if one { "k" } else { "l" }, asked, to))
}

/// Mostly one that fits, sometimes one that does not.
fn commit(world: &World) -> impl Strategy<Value = Commit> + use<> {
    let runs: BTreeMap<_, _> = world.runs.iter().map(|(id, (head, _))| (id.clone(), head.next.0)).collect();
    let inbox: BTreeMap<_, Vec<MessageId>> = world
        .inbox
        .iter()
        .map(|(id, inbox)| (id.clone(), inbox.iter().map(|message| message.id.clone()).collect()))
        .collect();
    let about = (id(), vec(entry(), 0..3), timer(), option::of(status()), vec(lock(), 0..3));
    let beside = (
        option::weighted(0.3, 0..3_usize),
        option::weighted(0.1, name()),
        option::weighted(0.2, (name(), json())),
    );
    let odd = (0..8_u8, 0..8_u8, 0..6_u64);
    (about, beside, odd).prop_map(move |(about, (taken, guessed, kept), (restarts, headless, wrong))| {
        let (id, mut entries, timer, status, locks) = about;
        let next = runs.get(&id).copied().unwrap_or(0);
        let restart = next > 0 && restarts == 1;
        if (next == 0 || restart) && headless != 1 {
            entries.insert(0, make::began(&id));
        }
        let of = inbox.get(&id);
        let taken = taken.and_then(|at| of?.get(at).cloned());
        let expect = if wrong == 5 { next + 1 } else { next };
        Commit {
            timer,
            restart,
            locks,
            consumed: taken.into_iter().chain(guessed.map(MessageId)).collect(),
            kept: kept.into_iter().collect(),
            head: HeadChange { status, digest: None },
            ..make::append(&id, expect, entries)
        }
    })
}

/// Several of one instance follow each other.
fn in_turn(mut asks: Vec<Ask>) -> Vec<Ask> {
    let mut next: BTreeMap<InstanceId, u64> = BTreeMap::new();
    for ask in &mut asks {
        match ask {
            Ask::Purge(purge) => {
                purge.expect.0 = next.insert(purge.id.clone(), 0).unwrap_or(purge.expect.0);
            }
            Ask::Commit(commit, _) => {
                let begins = matches!(commit.entries.first(), Some(Entry::Began(_)));
                if let Some(next) = next.get(&commit.id) {
                    commit.expect.0 = *next;
                    commit.restart = begins && *next > 0;
                    if *next == 0 && !begins {
                        commit.entries.insert(0, make::began(&commit.id));
                    }
                }
                let before = if commit.restart { 0 } else { commit.expect.0 };
                next.insert(commit.id.clone(), before + commit.entries.len() as u64);
            }
            Ask::Put(_) | Ask::Keep(_) | Ask::Discard(_) => {}
        }
    }
    asks
}
