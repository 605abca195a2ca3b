//! The disk: commits become visible and sure in the order in which they were handed over, in batches, and late; a crash takes what was
//! not synced, the newest first.

use std::{
    collections::VecDeque,
    task::{Context, Poll, Waker},
    time::Duration,
};

use cairn_host::{
    journal::{
        Commit, Digest, Discard, Head, InstanceId, Journal, Keep, MemoryJournal, Message, MessageId, Page,
        Place, Purge, Put, Queued, Receipt, Refusal, StoreError, Sync,
    },
    replay::{Act, Entry, Instant, Json, Key, Level, Seq},
};
use tokio::sync::oneshot;

use crate::{
    canary::Canary,
    eye::{Violation, schedules},
    words::line,
    world::{Core, World},
};

/// What is written.
#[derive(Clone)]
pub(crate) enum Op {
    Commit(Box<Commit>, Sync),
    Put(Message),
    Purge(Purge),
    Keep(Keep),
    Discard(Discard),
}

/// Who is to be told.
enum Told {
    Commit(oneshot::Sender<Result<(), Refusal>>),
    Put(oneshot::Sender<Put>),
    Purge(oneshot::Sender<Result<(), Refusal>>),
    Keep(oneshot::Sender<()>),
}

/// Something handed over.
struct Job {
    op: Op,
    told: Option<Told>,
    number: u64,
}

pub(crate) struct Disk {
    /// As the host sees it.
    pub(crate) visible: MemoryJournal,
    /// Written, and not visible yet.
    flying: VecDeque<Op>,
    /// Handed over, and only in the process's memory.
    queue: VecDeque<Job>,
    handed: u64,
    opened: u32,
    /// Everything that was ever visible: only for the canary that loses what it should not.
    all: Vec<Op>,
}

impl Default for Disk {
    fn default() -> Self {
        let visible = MemoryJournal::losing();
        Self {
            visible,
            flying: VecDeque::new(),
            queue: VecDeque::new(),
            handed: 0,
            opened: 0,
            all: Vec::new(),
        }
    }
}

impl Disk {
    /// Nothing is on its way.
    pub(crate) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.flying.is_empty()
    }

    /// What is left after a crash: at least all that was synced, at most all that was written, and nothing behind something lost.
    pub(crate) fn crash(core: &mut Core, power: bool) -> Result<(), Violation> {
        let (risk, flying) = (core.disk.visible.at_risk(), core.disk.flying.len());
        let flying = pick(core, flying);
        let loses = power && risk > 0 && core.dice.once_in(2);
        if core.is(Canary::ForgetsEnded) {
            forget(&mut core.disk);
        } else if loses {
            let seed = core.dice.number();
            core.disk.visible = core.disk.visible.crash(seed);
        } else {
            let survives: Vec<Op> = core.disk.flying.drain(..).take(flying).collect();
            for op in survives {
                let went = write(&core.disk.visible, &op);
                seen(core, 0, &op, &went)?;
            }
        }
        core.say(|| {
            format!(
                "{risk} commits were at risk{}, {flying} were just written",
                if loses { " and some are lost" } else { "" }
            )
        });
        core.disk.flying.clear();
        core.disk.queue.clear();
        core.disk.syncs();
        Ok(())
    }
}

impl Disk {
    /// A store that is opened makes sure of what it finds. Of the twin in memory a message does so; this one is to nobody.
    fn syncs(&mut self) {
        self.opened += 1;
        let to = InstanceId { tenant: "nobody".to_owned(), instance: "nobody".to_owned() };
        let (id, data) = (MessageId(self.opened.to_string()), Json("{}".into()));
        let message = Message { id, to, event: "opened".to_owned(), data, at: Instant(0), expires: None };
        write(&self.visible, &Op::Put(message));
    }
}

/// The canary: everything from the last outcome on is lost.
fn forget(disk: &mut Disk) {
    let ended = |op: &Op| matches!(op, Op::Commit(commit, _) if commit.entries.iter().any(|entry| matches!(entry, Entry::Ended { .. })));
    if let Some(last) = disk.all.iter().rposition(ended) {
        disk.all.truncate(last);
    }
    disk.visible = MemoryJournal::losing();
    for op in &disk.all {
        write(&disk.visible, op);
    }
}

fn pick(core: &mut Core, most: usize) -> usize {
    usize::try_from(core.dice.below(most as u64 + 1)).unwrap_or(0)
}

/// How an operation went.
enum Went {
    Commit(Result<(), Refusal>),
    Put(Put),
    Purge(Result<(), Refusal>),
    Kept,
}

impl Went {
    fn is_done(&self) -> bool {
        matches!(self, Self::Commit(Ok(())) | Self::Put(Put::Accepted) | Self::Purge(Ok(())) | Self::Kept)
    }
}

fn write(journal: &MemoryJournal, op: &Op) -> Went {
    match op {
        Op::Commit(commit, sync) => {
            let answer = now_or_never(journal.commit((**commit).clone(), *sync));
            Went::Commit(answer.expect("in memory all goes well"))
        }
        Op::Put(message) => {
            Went::Put(now_or_never(journal.put(message.clone())).expect("in memory all goes well"))
        }
        Op::Purge(purge) => {
            Went::Purge(now_or_never(journal.purge(purge.clone())).expect("in memory all goes well"))
        }
        Op::Keep(keep) => {
            now_or_never(journal.keep(keep.clone())).expect("in memory all goes well");
            Went::Kept
        }
        Op::Discard(discard) => {
            now_or_never(journal.discard(discard.clone())).expect("in memory all goes well");
            Went::Kept
        }
    }
}

/// The answer of a journal in memory: it is there at once.
fn now_or_never<T>(mut receipt: Receipt<T>) -> Result<T, StoreError> {
    match receipt.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("a journal in memory answers at once"),
    }
}

/// The host's journal.
pub(crate) struct Store(pub(crate) World);

impl Store {
    /// Reading is a door too: the host may die while it takes up what was.
    fn reads(&self, what: &str) -> MemoryJournal {
        let mut core = self.0.core();
        self.0.passes(&mut core, what);
        core.disk.visible.clone()
    }

    fn hand_over(&self, op: Op, told: Told) -> Option<u64> {
        let mut core = self.0.core();
        if !self.0.passes(&mut core, "something is handed to the journal") {
            return None;
        }
        core.disk.handed += 1;
        let number = core.disk.handed;
        core.eye.handed(number);
        if goes_on(&op)
            && let Some(to) = to(&op)
        {
            core.eye.goes_on(to);
        }
        core.say(|| format!("hand over {number}: {}", line(&op)));
        let job = Job { op, told: Some(told), number };
        let swaps = core.is(Canary::Reorders) && core.dice.once_in(2);
        match core.disk.queue.back() {
            Some(last) if swaps && to(&last.op) != to(&job.op) => {
                let place = core.disk.queue.len() - 1;
                core.disk.queue.insert(place, job);
            }
            _ => core.disk.queue.push_back(job),
        }
        self.0.has_work();
        Some(core.late())
    }
}

fn goes_on(op: &Op) -> bool {
    let continues = |entry: &Entry| matches!(entry, Entry::Acted { act: Act::Continue, .. });
    matches!(op, Op::Commit(commit, _) if commit.entries.iter().any(continues))
}

fn to(op: &Op) -> Option<&InstanceId> {
    match op {
        Op::Commit(commit, _) => Some(&commit.id),
        Op::Put(message) => Some(&message.to),
        Op::Purge(purge) => Some(&purge.id),
        Op::Discard(discard) => Some(&discard.to),
        Op::Keep(_) => None,
    }
}

/// The answer, so much later; never if the host is dead.
fn receipt<T: Send + 'static>(told: oneshot::Receiver<T>, late: Option<u64>) -> Receipt<T> {
    Box::pin(async move {
        let Some(late) = late else { return std::future::pending().await };
        let Ok(answer) = told.await else { return std::future::pending().await };
        if late > 0 {
            tokio::time::sleep(Duration::from_millis(late)).await;
        }
        Ok(answer)
    })
}

impl Journal for Store {
    fn commit(&self, mut commit: Commit, sync: Sync) -> Receipt<Result<(), Refusal>> {
        let (tell, told) = oneshot::channel();
        let core = self.0.core();
        let sync = if core.is(Canary::Downgrades) { Sync::Ordered } else { sync };
        if core.is(Canary::OnePlaceMore) {
            for lock in &mut commit.locks {
                if let Place::Holds { of } = &mut lock.to {
                    *of += 1;
                }
            }
        }
        if core.is(Canary::NotesNothing) {
            commit.kept.clear();
        }
        if core.is(Canary::OtherWho) || core.is(Canary::CutsDeeper) {
            forge(&core, &mut commit);
        }
        drop(core);
        let late = self.hand_over(Op::Commit(Box::new(commit), sync), Told::Commit(tell));
        receipt(told, late)
    }

    fn purge(&self, purge: Purge) -> Receipt<Result<(), Refusal>> {
        let (tell, told) = oneshot::channel();
        if self.0.core().is(Canary::KeepsPurged) {
            drop(tell.send(Ok(())));
            return receipt(told, Some(0));
        }
        let late = self.hand_over(Op::Purge(purge), Told::Purge(tell));
        receipt(told, late)
    }

    fn load(&self, id: &InstanceId, from: Seq) -> Result<Vec<Entry>, StoreError> {
        let mut entries = self.reads("a history is loaded").load(id, from)?;
        if self.0.core().is(Canary::ForgetsSent) {
            entries.iter_mut().for_each(forget_sent);
        }
        Ok(entries)
    }

    fn head(&self, id: &InstanceId) -> Result<Option<Head>, StoreError> {
        self.reads("a head is read").head(id)
    }

    fn list(&self, tenant: &str, after: Option<&InstanceId>, limit: usize) -> Result<Page<Head>, StoreError> {
        let mut page = self.reads("instances are listed").list(tenant, after, limit)?;
        if self.0.core().is(Canary::Hides) {
            page.items.pop();
        }
        Ok(page)
    }

    fn ready(&self) -> Result<Vec<Head>, StoreError> {
        self.reads("what is ready is listed").ready()
    }

    fn due(&self, until: Instant, limit: usize) -> Result<Vec<(Instant, InstanceId)>, StoreError> {
        self.reads("timers are read").due(until, limit)
    }

    fn next_timer(&self) -> Result<Option<Instant>, StoreError> {
        self.reads("the next timer is read").next_timer()
    }

    fn put(&self, mut message: Message) -> Receipt<Put> {
        let (tell, told) = oneshot::channel();
        let core = self.0.core();
        if core.is(Canary::ForgetsIds) && core.eye.has_had(&message) {
            message.id.0.push('\'');
        }
        drop(core);
        let late = self.hand_over(Op::Put(message), Told::Put(tell));
        receipt(told, late)
    }

    fn discard(&self, discard: Discard) -> Receipt<()> {
        let (tell, told) = oneshot::channel();
        let late = self.hand_over(Op::Discard(discard), Told::Keep(tell));
        receipt(told, late)
    }

    fn addressed(
        &self,
        tenant: &str,
        after: Option<&InstanceId>,
        limit: usize,
    ) -> Result<Page<InstanceId>, StoreError> {
        self.reads("inboxes are listed").addressed(tenant, after, limit)
    }

    fn inbox(&self, id: &InstanceId) -> Result<Vec<Message>, StoreError> {
        let mut inbox = self.reads("an inbox is read").inbox(id)?;
        if self.0.core().is(Canary::NewestFirst) {
            inbox.reverse();
        }
        if self.0.core().is(Canary::TakesExpired) {
            inbox.iter_mut().for_each(|message| message.expires = None);
        }
        Ok(inbox)
    }

    fn knows(&self, to: &InstanceId, message: &MessageId) -> Result<bool, StoreError> {
        let knows = self.reads("an id is looked up").knows(to, message)?;
        Ok(knows && !self.0.core().is(Canary::ForgetsIds))
    }

    fn queue(&self, tenant: &str, lock: &str) -> Result<Vec<Queued>, StoreError> {
        let mut line = self.reads("a line is read").queue(tenant, lock)?;
        if self.0.core().is(Canary::OnePlaceMore) && line.len() > 1 {
            line.retain(|one| !one.holds);
        }
        Ok(line)
    }

    fn kept(&self, tenant: &str, name: &str) -> Result<Option<(Instant, Json)>, StoreError> {
        let kept = self.reads("a kept outcome is read").kept(tenant, name)?;
        let skips = self.0.core().is(Canary::SkipsMoments);
        Ok(kept.map(|(at, json)| (at, if skips { schedules::later(&json) } else { json })))
    }

    fn keep(&self, keep: Keep) -> Receipt<()> {
        let (tell, told) = oneshot::channel();
        let late = self.hand_over(Op::Keep(keep), Told::Keep(tell));
        receipt(told, late)
    }

    fn kept_under(&self, tenant: &str, beginning: &str) -> Result<Vec<(String, Json)>, StoreError> {
        self.reads("what is kept is listed").kept_under(tenant, beginning)
    }

    fn put_blob(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        self.reads("a component is kept").put_blob(bytes)
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.reads("a component is read").blob(digest)
    }
}

/// Writes what is handed over, as long as the host lives.
pub(crate) async fn writes(world: World) {
    loop {
        let idle = world.core().disk.queue.is_empty();
        if idle {
            world.work().await;
            continue;
        }
        let late = world.core().late();
        wait(late).await;
        let Some((batch, syncs)) = written(&world) else { return };
        if syncs {
            let late = world.core().late();
            wait(late).await;
        }
        if !applied(&world, batch, syncs) {
            return;
        }
    }
}

async fn wait(millis: u64) {
    if millis > 0 {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    } else {
        tokio::task::yield_now().await;
    }
}

/// Takes some of what was handed over and writes it; none if the host is dead.
fn written(world: &World) -> Option<(Vec<Job>, bool)> {
    let mut core = world.core();
    let most = core.disk.queue.len();
    let many = if core.dice.once_in(3) { 1 + pick(&mut core, most - 1) } else { most };
    let mut batch: Vec<Job> = core.disk.queue.drain(..many).collect();
    if core.is(Canary::AnswersEarly) {
        let told = batch.iter_mut().try_for_each(|job| early(&mut core, job));
        world.checks(&mut core, told);
    }
    if !world.passes(&mut core, "a batch is written") {
        return None;
    }
    let syncs = batch.iter().any(|job| !matches!(job.op, Op::Commit(_, Sync::Ordered)));
    let ops: Vec<Op> = batch.iter().map(|job| job.op.clone()).collect();
    core.disk.flying.extend(ops);
    if core.is(Canary::AnswersEarly) { Some((batch, false)) } else { Some((batch, syncs)) }
}

/// The canary: it is answered as if it were written.
fn early(core: &mut Core, job: &mut Job) -> Result<(), Violation> {
    let sure = !matches!(job.op, Op::Commit(_, Sync::Ordered));
    match job.told.take() {
        Some(Told::Commit(tell)) => drop(tell.send(Ok(()))),
        other => {
            job.told = other;
            return Ok(());
        }
    }
    core.eye.acked(job.number, sure)
}

/// The canary: another outcome.
fn alter(op: &mut Op) {
    let Op::Commit(commit, _) = op else { return };
    for entry in &mut commit.entries {
        if let Entry::Ended { outcome: Ok(json), .. } = entry
            && json.0.parse::<u32>().is_ok()
        {
            json.0 = format!("{}0", json.0).into();
        }
    }
}

/// The canary: that an attempt was about to leave is not read again.
fn forget_sent(entry: &mut Entry) {
    if let Entry::Sent { key, at, .. } = entry {
        let (scope, at, level) = (Some(Key(format!("!canary {}", key.0))), *at, Level::Debug);
        *entry = Entry::Logged { scope, at, level, message: String::new(), fields: Json("null".into()) };
    }
}

/// The canaries: somebody else did it, or an outcome is taken back that should stay.
fn forge(core: &Core, commit: &mut Commit) {
    if core.is(Canary::OtherWho) {
        for entry in &mut commit.entries {
            if let Entry::Acted { by, .. } = entry {
                by.push('?');
            }
        }
    }
    let rewinds = |entry: &Entry| matches!(entry, Entry::Acted { act: Act::Rewind { .. }, .. });
    if core.is(Canary::CutsDeeper) && commit.restart && commit.entries.iter().any(rewinds) {
        let ended = commit.entries.iter().rposition(|entry| matches!(entry, Entry::Ended { .. }));
        if let Some(at) = ended {
            commit.entries.remove(at);
        }
        for entry in &mut commit.entries {
            if let Entry::Acted { act: Act::Rewind { dropped, .. }, .. } = entry
                && ended.is_some()
            {
                *dropped += 1;
            }
        }
    }
}

/// The canaries: a run that is paused, or over, goes on.
fn leaks(world: &World, core: &mut Core, op: &Op) {
    let Op::Commit(commit, _) = op else { return };
    let goes_on = commit.entries.iter().any(|entry| match entry {
        Entry::Acted { act: Act::Pause, .. } => core.is(Canary::RunsPaused),
        Entry::Acted { act: Act::Terminate, .. } => core.is(Canary::RunsTerminated),
        _ => false,
    });
    let Some((key, tool)) = goes_on.then(|| core.eye.open_call(&commit.id)).flatten() else { return };
    let life = core.life;
    let left = core.eye.called(life, &key, &tool, &serde_json::Value::Null).map(drop);
    world.checks(core, left);
}

/// It is synced, if it has to be, and everybody sees it and is told; `false` if the host is dead.
fn applied(world: &World, batch: Vec<Job>, syncs: bool) -> bool {
    let mut core = world.core();
    if syncs {
        core.say(|| "synced".to_owned());
        if !world.passes(&mut core, "a batch is synced") {
            return false;
        }
    }
    for job in batch {
        core.disk.flying.pop_front();
        let mut op = job.op.clone();
        if core.is(Canary::Alters) {
            alter(&mut op);
        }
        let went = write(&core.disk.visible, &op);
        if core.is(Canary::ForgetsEnded) {
            core.disk.all.push(job.op.clone());
        }
        core.say(|| format!("visible {}: {}", job.number, words(&went)));
        let seen = seen(&mut core, job.number, &job.op, &went);
        world.checks(&mut core, seen);
        if core.eye.takes_news() {
            world.has_news();
        }
        if !world.passes(&mut core, "a write is answered") {
            return false;
        }
        // What was refused has written nothing, and makes sure of nothing.
        let sure = !matches!(job.op, Op::Commit(_, Sync::Ordered)) && went.is_done();
        // Whether anybody still waits for it does not matter.
        match (job.told, went) {
            (Some(Told::Commit(tell)), Went::Commit(result)) => drop(tell.send(result)),
            (Some(Told::Put(tell)), Went::Put(put)) => drop(tell.send(put)),
            (Some(Told::Purge(tell)), Went::Purge(result)) => drop(tell.send(result)),
            (Some(Told::Keep(tell)), Went::Kept) => drop(tell.send(())),
            _ => {}
        }
        leaks(world, &mut core, &job.op);
        let acked = core.eye.acked(job.number, sure);
        world.checks(&mut core, acked);
    }
    true
}

/// The eye sees what was carried out.
fn seen(core: &mut Core, number: u64, op: &Op, went: &Went) -> Result<(), Violation> {
    let wall = core.wall();
    match (op, went) {
        (Op::Commit(commit, _), Went::Commit(result)) => core.eye.committed(number, commit, result, wall),
        (Op::Put(message), Went::Put(put)) => core.eye.put(number, message, *put),
        (Op::Purge(purge), Went::Purge(result)) => {
            core.eye.carried_out(number);
            if result.is_ok() { core.eye.purged(&purge.id) } else { Ok(()) }
        }
        (Op::Keep(keep), Went::Kept) => {
            core.eye.carried_out(number);
            core.eye.kept(keep);
            Ok(())
        }
        (Op::Discard(discard), Went::Kept) => core.eye.discarded(number, discard),
        _ => Ok(()),
    }
}

fn words(went: &Went) -> String {
    match went {
        Went::Commit(result) => format!("{result:?}"),
        Went::Put(put) => format!("{put:?}"),
        Went::Purge(result) => format!("{result:?}"),
        Went::Kept => "kept".to_owned(),
    }
}
