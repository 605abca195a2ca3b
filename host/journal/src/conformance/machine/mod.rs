//! Random acts on a store, and on a simple model of one: they give the same answers, and after each of them all that can be asked is the same.
//! What fails is made as short as it can be.
//!
//! Whether it finds anything is tried on a twin with one promise broken (`super::tests`), and was tried on the store on disk: each of these lines taken
//! out of `fjall/stage.rs` is found within 16 sequences, and told in one or two acts: that `accept` removes what is `stale`; that `mail_of` looks at
//! what is staged; that `purge` remembers whom it has `purged`.

mod acts;
mod world;

use std::{collections::BTreeSet, marker::PhantomData, time::Duration};

use acts::{Act, Ask, ids, names};
use cairn_replay::{Instant, Seq};
use proptest::{
    prelude::*,
    test_runner::{TestError, TestRunner},
};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use world::{Said, Told, World};

use super::{Subject, sure, wait};
use crate::{Head, InstanceId, Journal, Message, Queued, Receipt, Status};

/// Makes a store to be tried.
pub(crate) trait Make: 'static {
    type Subject: Subject;

    fn make() -> Self::Subject;
}

struct Model;

impl ReferenceStateMachine for Model {
    type State = World;
    type Transition = Act;

    fn init_state() -> BoxedStrategy<World> {
        Just(World::default()).boxed()
    }

    fn transitions(world: &World) -> BoxedStrategy<Act> {
        acts::of(world)
    }

    fn apply(world: World, act: &Act) -> World {
        world.then(act)
    }
}

struct On<M>(PhantomData<M>);

struct Tried<S: Subject> {
    subject: S,
    store: S::Store,
}

impl<M: Make> StateMachineTest for On<M> {
    type SystemUnderTest = Tried<M::Subject>;
    type Reference = Model;

    fn init_test(_: &World) -> Self::SystemUnderTest {
        let mut subject = M::make();
        let store = sure(subject.open());
        Tried { subject, store }
    }

    fn apply(tried: Self::SystemUnderTest, world: &World, act: Act) -> Self::SystemUnderTest {
        let Tried { mut subject, store } = tried;
        let told = format!("{act:?}");
        let (store, said) = match act {
            Act::Reopen => {
                drop(store);
                (sure(subject.open()), Said::Nothing)
            }
            Act::Crash => {
                subject.crash(store);
                (sure(subject.open()), Said::Nothing)
            }
            act => {
                let said = does(&store, act);
                (store, said)
            }
        };
        assert_eq!(Some(&said), world.said.as_ref(), "the answer to {told}");
        Tried { subject, store }
    }

    fn check_invariants(tried: &Self::SystemUnderTest, world: &World) {
        let store = &tried.store;
        for id in ids() {
            of_instance(store, world, &id);
        }
        for tenant in ["a", "a\0b"] {
            of_tenant(store, world, tenant);
        }
        timers(store, world);
        let ready = world.runs.values().map(|(head, _)| head).filter(|head| head.status == Status::Ready);
        assert_eq!(sorted(sure(store.ready())), ready.cloned().collect::<Vec<_>>(), "those that are ready");
        for number in 0..4 {
            let digest = crate::model::digest(&[number]);
            let there = sure(store.blob(&digest)).is_some();
            assert_eq!(there, world.blobs.contains(&digest), "blob {number}");
        }
    }
}

fn does(store: &impl Journal, act: Act) -> Said {
    match act {
        Act::Together(asks) => {
            let answers: Vec<_> = asks.into_iter().map(|ask| asked(store, ask)).collect();
            Said::Told(answers.into_iter().map(|answer| sure(wait(answer))).collect())
        }
        Act::Blob(bytes) => Said::Blob(sure(store.put_blob(&bytes))),
        Act::SweepBlobs => sure(store.sweep_blobs(&BTreeSet::new(), Duration::ZERO)).into(),
        Act::SweepValues => sure(store.sweep_values()).into(),
        Act::Reopen | Act::Crash => Said::Nothing,
    }
}

fn asked(store: &impl Journal, ask: Ask) -> Receipt<Told> {
    match ask {
        Ask::Commit(commit, sync) => then(store.commit(commit, sync), Told::Done),
        Ask::Purge(purge) => then(store.purge(purge), Told::Done),
        Ask::Put(message) => then(store.put(message), Told::Put),
        Ask::Keep(keep) => then(store.keep(keep), |()| Told::Kept),
        Ask::Discard(discard) => then(store.discard(discard), |()| Told::Kept),
    }
}

fn then<T: Send + 'static>(receipt: Receipt<T>, told: fn(T) -> Told) -> Receipt<Told> {
    Box::pin(async move { receipt.await.map(told) })
}

fn of_instance(store: &impl Journal, world: &World, id: &InstanceId) {
    let run = world.runs.get(id);
    assert_eq!(sure(store.head(id)).as_ref(), run.map(|(head, _)| head), "the head of {id:?}");
    let entries = run.map(|(_, entries)| entries.as_slice()).unwrap_or_default();
    for from in [0, entries.len() / 2, entries.len()] {
        let found = sure(store.load(id, Seq(from as u64)));
        assert_eq!(found, entries.get(from..).unwrap_or_default(), "entries of {id:?} from {from}");
    }
    let inbox: &[Message] = world.inbox.get(id).map(Vec::as_slice).unwrap_or_default();
    assert_eq!(sure(store.inbox(id)), inbox, "the inbox of {id:?}");
    let waiting: Vec<_> = inbox.iter().map(|message| (message.id.clone(), message.expires)).collect();
    assert_eq!(sure(store.waiting(id)), waiting, "the messages that wait for {id:?}");
    for name in names() {
        let message = crate::MessageId(name);
        let known = world.seen.contains(&(id.clone(), message.clone()));
        assert_eq!(sure(store.knows(id, &message)), known, "whether {id:?} knows {message:?}");
    }
}

fn of_tenant(store: &impl Journal, world: &World, tenant: &str) {
    let line = world.lines.get(tenant).into_iter().flatten();
    let line: Vec<_> = line
        .map(|((asked, instance, key), holds)| Queued {
            id: InstanceId { tenant: tenant.into(), instance: instance.clone() },
            key: key.clone(),
            asked: *asked,
            holds: *holds,
        })
        .collect();
    assert_eq!(sure(store.queue(tenant, "deploy")), line, "the line of a lock of {tenant:?}");
    for name in names() {
        let kept = world.kept.get(&(tenant.to_owned(), name.clone())).cloned();
        assert_eq!(sure(store.kept(tenant, &name)), kept, "what is kept as {name}");
        let under = world.kept.iter().filter(|((of, one), _)| of == tenant && one.starts_with(&name));
        let under: Vec<_> = under.map(|((_, name), (_, json))| (name.clone(), json.clone())).collect();
        assert_eq!(sure(store.kept_under(tenant, &name)), under, "what is kept under {name}");
    }
    let addressed = world.inbox.iter().filter(|(to, inbox)| to.tenant == tenant && !inbox.is_empty());
    let addressed: Vec<_> = addressed.map(|(to, _)| to.clone()).collect();
    for (place, to) in addressed.iter().enumerate() {
        let page =
            sure(store.addressed(tenant, place.checked_sub(1).and_then(|place| addressed.get(place)), 1));
        let next = (place + 1 < addressed.len()).then(|| to.clone());
        assert_eq!((page.items.as_slice(), page.next), ([to.clone()].as_slice(), next), "whose mail waits");
    }
    assert_eq!(sure(store.addressed(tenant, None, 9)).items, addressed, "whose mail waits");
    let heads = world.runs.values().map(|(head, _)| head).filter(|head| head.id.tenant == tenant);
    for id in ids().iter().filter(|id| id.tenant == tenant) {
        let behind = heads.clone().filter(|head| head.id > *id);
        assert_eq!(
            sure(store.list(tenant, Some(id), 9)).items,
            behind.cloned().collect::<Vec<_>>(),
            "heads behind {id:?}"
        );
    }
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = sure(store.list(tenant, after.as_ref(), 2));
        listed.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(listed, heads.cloned().collect::<Vec<_>>(), "all heads of {tenant:?}, two a page");
}

fn timers(store: &impl Journal, world: &World) {
    let timers: BTreeSet<_> = world.timers.iter().map(|(id, due)| (*due, id.clone())).collect();
    assert_eq!(sure(store.next_timer()), timers.first().map(|(due, _)| *due), "the next timer");
    for (until, most) in [(0, 9), (7, 2), (13, 9), (99, 9)] {
        let due = timers.iter().take_while(|(due, _)| due.0 <= until).take(most);
        let due: Vec<_> = due.cloned().collect();
        assert_eq!(sure(store.due(Instant(until), most)), due, "at most {most} timers due until {until}");
    }
}

/// What is ready has no promised order.
fn sorted(mut heads: Vec<Head>) -> Vec<Head> {
    heads.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    heads
}

/// So many sequences of acts; gives the shortest one that was found to go wrong, and how.
pub(crate) fn tried<M: Make>(cases: u32) -> Result<(), (usize, String)> {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    };
    let mut runner = TestRunner::new(config.clone());
    let ran = runner.run(&Model::sequential_strategy(1..40), |(world, acts, seen)| {
        On::<M>::test_sequential(config.clone(), world, acts, seen);
        Ok(())
    });
    match ran {
        Ok(()) => Ok(()),
        Err(TestError::Fail(why, (_, acts, _))) => Err((acts.len(), format!("{why}\n{acts:#?}"))),
        Err(other) => Err((0, other.to_string())),
    }
}
