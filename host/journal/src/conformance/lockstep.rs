//! Random acts on a store and on the twin in memory: they give the same answers.

use cairn_replay::{Act, Entry, Instant, Json, Key, Note, Seq};

use super::{
    Subject,
    make::{acted, append, began, ended, line, message, stand},
    sure, wait,
};
use crate::{
    Commit, Head, HeadChange, InstanceId, Journal, Keep, LockChange, MemoryJournal, MessageId, Place, Purge,
    Put, Status, Sync, TimerChange, Waiting,
};

/// How often what happened, so that a test can tell that its acts were not all refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Commits that were carried out.
    pub committed: u32,
    /// Commits that were refused.
    pub refused: u32,
    /// Messages that were accepted.
    pub accepted: u32,
    /// Messages that had come before.
    pub duplicates: u32,
    /// Messages that were consumed.
    pub consumed: u32,
    /// Runs that were begun anew.
    pub restarted: u32,
    /// Instances that were removed.
    pub purged: u32,
    /// Times that somebody stood in the line of a lock.
    pub queued: u32,
    /// Timers that were listed.
    pub due: u32,
    /// Times that the store was opened anew.
    pub reopened: u32,
}

/// Does `acts` random acts, the same ones for the same seed.
pub fn lockstep<S: Subject>(subject: &mut S, seed: u64, acts: u32) -> Tally {
    let (twin, mut dice, mut tally) = (MemoryJournal::new(), Dice(seed), Tally::default());
    let mut store = sure(subject.open());
    for _ in 0..acts {
        match dice.below(12) {
            0 => {
                drop(store);
                store = sure(subject.open());
                tally.reopened += 1;
            }
            4 if dice.one_in(2) => keep(&store, &twin, &mut dice),
            4 => purge(&store, &twin, &mut dice, &mut tally),
            1..=3 => messages(&store, &twin, &mut dice, &mut tally),
            _ => batch(&store, &twin, &mut dice, &mut tally),
        }
        compare(&store, &twin, &mut dice, &mut tally);
    }
    tally
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.roll() % bound
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    /// Of few instances, with names that begin alike.
    fn id(&mut self) -> InstanceId {
        let tenant = if self.one_in(3) { "a" } else { "a\0b" };
        let instance = match self.below(4) {
            0 => "",
            1 => "\0",
            2 => "order-1",
            _ => "order-11",
        };
        InstanceId { tenant: tenant.into(), instance: instance.into() }
    }

    fn message(&mut self) -> String {
        format!("m{}", self.below(12))
    }

    fn entry(&mut self) -> Entry {
        match self.below(5) {
            0 => line("x"),
            1 => ended(&self.message()),
            2 => acted(self.act()),
            3 => Entry::Sent { key: Key(self.message()), at: Instant(self.below(1 << 40)), attempt: 1 },
            _ => {
                let note = Note::Random(self.roll());
                Entry::Noted { key: Key(self.message()), at: Instant(self.below(1 << 40)), note }
            }
        }
    }

    fn act(&mut self) -> Act {
        let key = Key(self.message());
        match self.below(7) {
            0 => Act::Pause,
            1 => Act::Continue,
            2 => Act::Terminate,
            3 => Act::Decide { key },
            4 => Act::Restart { dropped: self.below(1 << 20) },
            5 => Act::Resend { key },
            _ => Act::Rewind { dropped: self.below(1 << 20), key },
        }
    }

    fn timer(&mut self) -> TimerChange {
        match self.below(4) {
            0 | 1 => TimerChange::Keep,
            2 => TimerChange::Set(Instant(self.below(20))),
            _ => TimerChange::Clear,
        }
    }

    fn status(&mut self) -> Option<Status> {
        Some(match self.below(7) {
            0 => Status::Ready,
            1 => {
                let on = if self.one_in(2) { vec!["turn".into()] } else { Vec::new() };
                let until = Some(Instant(self.below(20)));
                Status::Waiting(Waiting { until, events: vec!["paid".into()], on })
            }
            2 => Status::Finished,
            3 => Status::Failed("timeout".into()),
            4 => Status::Paused,
            _ => return None,
        })
    }

    fn locks(&mut self) -> Vec<LockChange> {
        let mut one = |_| {
            let to = match self.below(4) {
                0 => Place::Waits,
                1 => Place::Gone,
                _ => Place::Holds { of: 1 + u32::try_from(self.below(2)).unwrap_or(0) },
            };
            stand(if self.one_in(2) { "k" } else { "l" }, self.below(3), to)
        };
        (0..2_u64).map(&mut one).collect()
    }

    fn kept(&mut self) -> Vec<(String, Json)> {
        vec![(self.message(), Json(self.below(9).to_string().into()))]
    }

    /// Mostly one that fits, sometimes one that does not.
    fn commit(&mut self, next: &mut Seq, id: &InstanceId, inbox: &[String]) -> Commit {
        let expect = if self.one_in(6) { self.below(4) } else { next.0 };
        let mut entries: Vec<_> = (0..self.below(3)).map(|_| self.entry()).collect();
        let restart = expect > 0 && self.one_in(8);
        if (expect == 0 || restart) && !self.one_in(8) {
            entries.insert(0, began(id));
        }
        let mut consumed = Vec::new();
        if self.one_in(3) {
            consumed.extend(inbox.get(usize::try_from(self.below(3)).unwrap_or(0)).cloned().map(MessageId));
        }
        if self.one_in(12) {
            consumed.push(MessageId(self.message()));
        }
        Commit {
            timer: self.timer(),
            consumed,
            restart,
            locks: if self.one_in(3) { self.locks() } else { Vec::new() },
            kept: if self.one_in(4) { self.kept() } else { Vec::new() },
            head: HeadChange { status: self.status(), digest: None },
            ..append(id, expect, entries)
        }
    }
}

/// Some commits of one instance after the other, none of them waited for before the last is handed over.
fn batch(store: &impl Journal, twin: &MemoryJournal, dice: &mut Dice, tally: &mut Tally) {
    let mut answers = Vec::new();
    for _ in 0..=dice.below(6) {
        let id = dice.id();
        let mut next = sure(twin.head(&id)).map_or(Seq(0), |head| head.next);
        let inbox: Vec<_> = sure(twin.inbox(&id)).into_iter().map(|message| message.id.0).collect();
        let commit = dice.commit(&mut next, &id, &inbox);
        let sync = if dice.one_in(2) { Sync::Durable } else { Sync::Ordered };
        let taken = u32::try_from(commit.consumed.len()).unwrap_or(0);
        let expected = sure(wait(twin.commit(commit.clone(), sync)));
        match expected {
            Ok(()) => {
                tally.committed += 1;
                tally.consumed += taken;
                tally.restarted += u32::from(commit.restart);
            }
            Err(_) => tally.refused += 1,
        }
        answers.push((store.commit(commit.clone(), sync), expected, commit));
    }
    for (answer, expected, commit) in answers {
        assert_eq!(sure(wait(answer)), expected, "the answer to {commit:?}");
    }
}

fn purge(store: &impl Journal, twin: &MemoryJournal, dice: &mut Dice, tally: &mut Tally) {
    let id = dice.id();
    let next = sure(twin.head(&id)).map_or(Seq(0), |head| head.next);
    let expect = if dice.one_in(6) { Seq(dice.below(4)) } else { next };
    let purge = Purge { id, expect, kept: vec![dice.message()] };
    let expected = sure(wait(twin.purge(purge.clone())));
    tally.purged += u32::from(expected.is_ok());
    assert_eq!(sure(wait(store.purge(purge.clone()))), expected, "the answer to {purge:?}");
}

fn keep(store: &impl Journal, twin: &MemoryJournal, dice: &mut Dice) {
    let json = (!dice.one_in(3)).then(|| Json(dice.below(9).to_string().into()));
    let keep = Keep { tenant: dice.id().tenant, name: dice.message(), json, at: Instant(dice.below(20)) };
    sure(wait(twin.keep(keep.clone())));
    assert_eq!(wait(store.keep(keep.clone())), Ok(()), "the answer to {keep:?}");
}

fn messages(store: &impl Journal, twin: &MemoryJournal, dice: &mut Dice, tally: &mut Tally) {
    let mut answers = Vec::new();
    for _ in 0..=dice.below(3) {
        let message = message(&dice.id(), &dice.message());
        let expected = sure(wait(twin.put(message.clone())));
        match expected {
            Put::Accepted => tally.accepted += 1,
            Put::Duplicate => tally.duplicates += 1,
        }
        answers.push((store.put(message), expected));
    }
    for (answer, expected) in answers {
        assert_eq!(sure(wait(answer)), expected, "the answer to a message");
    }
}

/// All that can be asked, with random arguments.
fn compare(store: &impl Journal, twin: &MemoryJournal, dice: &mut Dice, tally: &mut Tally) {
    let (id, from) = (dice.id(), Seq(dice.below(6)));
    assert_eq!(store.load(&id, from), twin.load(&id, from), "entries of {id:?} from {from:?}");
    assert_eq!(store.head(&id), twin.head(&id), "head of {id:?}");
    assert_eq!(store.inbox(&id), twin.inbox(&id), "inbox of {id:?}");
    let line = sure(store.queue(&id.tenant, "deploy"));
    tally.queued += u32::try_from(line.len()).unwrap_or(0);
    assert_eq!(Ok(line), twin.queue(&id.tenant, "deploy"), "the line of a lock of {:?}", id.tenant);
    let name = dice.message();
    assert_eq!(store.kept(&id.tenant, &name), twin.kept(&id.tenant, &name), "what is kept as {name}");
    assert_eq!(
        store.kept_under(&id.tenant, &name),
        twin.kept_under(&id.tenant, &name),
        "what is kept under names that begin with {name}"
    );
    assert_eq!(store.next_timer(), twin.next_timer(), "the next timer");
    let (until, limit) = (Instant(dice.below(20)), usize::try_from(1 + dice.below(4)).unwrap_or(1));
    let due = sure(store.due(until, limit));
    tally.due += u32::try_from(due.len()).unwrap_or(0);
    assert_eq!(Ok(due), twin.due(until, limit), "timers due until {until:?}, at most {limit}");
    let after = dice.one_in(2).then(|| dice.id());
    let page = store.list(&id.tenant, after.as_ref(), limit);
    assert_eq!(
        page,
        twin.list(&id.tenant, after.as_ref(), limit),
        "heads of {:?} behind {after:?}",
        id.tenant
    );
    assert_eq!(sorted(sure(store.ready())), sorted(sure(twin.ready())), "those that are ready");
}

/// What is ready has no promised order.
fn sorted(mut heads: Vec<Head>) -> Vec<Head> {
    heads.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    heads
}
