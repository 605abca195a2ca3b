//! The world that these tests run in: a journal in memory that can break, a clock that is turned by hand, tools that do as
//! they are told and remember who called.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use cairn_journal::{
    Commit, Digest, Discard, Head, InstanceId, Journal, Keep, MemoryJournal, Message, MessageId, Page, Purge,
    Put, Queued, Receipt, Refusal, StoreError, Sync,
};
use cairn_replay::{Entry, Instant, Json, Seq};
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

use crate::{
    Error, Host, Limits, Settings,
    ops::{
        Cancel, FailureView, InstanceView, OutcomeView, Reply, Request, Resume, Send, Show, Shown, Start,
        State,
    },
    port::{Clock, Entropy, Ports, Tools, Wait},
    tool::{Answer, Attempt, Failed, Grant, Tool},
};

/// What a tool does, call by call; the last is repeated.
#[derive(Clone)]
pub(super) enum Does {
    Gives(Value),
    Fails(&'static str),
    /// Nobody knows whether it was done.
    Lost,
    Hangs,
    /// It gives `"done"` once it is let go of.
    Held,
}

#[derive(Clone, Default)]
pub(super) struct Toolbox {
    plans: Arc<Mutex<HashMap<String, Vec<Does>>>>,
    /// Idempotency keys, in the order of the calls.
    calls: Arc<Mutex<Vec<String>>>,
    /// Calls that hang at the moment.
    hanging: Arc<AtomicU64>,
    /// Undos that were called while others hung.
    beside: Arc<AtomicU64>,
    released: Arc<Notify>,
}

/// A call that hangs, for as long as it does.
struct Hanging(Arc<AtomicU64>);

impl Drop for Hanging {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Toolbox {
    pub(super) fn plan(&self, operation: &str, does: impl Into<Vec<Does>>) {
        self.plans.lock().unwrap().insert(operation.to_owned(), does.into());
    }

    /// How many undos were called while other calls hung.
    pub(super) fn undone_beside(&self) -> u64 {
        self.beside.load(Ordering::SeqCst)
    }

    /// The call that is held, or the next one, gives what it gives.
    pub(super) fn release(&self) {
        self.released.notify_one();
    }

    pub(super) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }
}

impl Tools for Toolbox {
    fn resolve(&self, _: &str, _: Option<&str>, _: &Grant) -> Result<Arc<dyn Tool>, FailureView> {
        Ok(Arc::new(self.clone()))
    }
}

impl Tool for Toolbox {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        if attempt.operation == "undo" && self.hanging.load(Ordering::SeqCst) > 0 {
            self.beside.fetch_add(1, Ordering::SeqCst);
        }
        self.calls.lock().unwrap().push(attempt.idempotency_key);
        let does = {
            let mut plans = self.plans.lock().unwrap();
            let plan = plans.entry(format!("{}.{}", attempt.tool, attempt.operation)).or_default();
            if plan.len() > 1 {
                plan.remove(0)
            } else {
                plan.first().cloned().unwrap_or(Does::Gives(json!("done")))
            }
        };
        let hanging = Arc::clone(&self.hanging);
        Box::pin(async move {
            match does {
                Does::Gives(value) => Ok(value),
                Does::Fails(kind) => Err(failed(kind).into()),
                Does::Lost => Err(Failed::Unclear(failed("network"))),
                Does::Held => {
                    self.released.notified().await;
                    Ok(json!("done"))
                }
                Does::Hangs => {
                    hanging.fetch_add(1, Ordering::SeqCst);
                    let _hanging = Hanging(hanging);
                    std::future::pending().await
                }
            }
        })
    }
}

fn failed(kind: &str) -> FailureView {
    FailureView { kind: kind.to_owned(), message: format!("it said {kind}"), detail: Value::Null }
}

/// A clock that is turned by hand.
#[derive(Clone, Default)]
pub(super) struct HandClock {
    now: Arc<AtomicU64>,
    turned: Arc<Notify>,
}

impl HandClock {
    /// Sets it, also back.
    pub(super) fn set(&self, millis: u64) {
        self.now.store(millis, Ordering::SeqCst);
        self.turned.notify_waiters();
    }

    pub(super) fn turn(&self, millis: u64) {
        self.now.fetch_add(millis, Ordering::SeqCst);
        self.turned.notify_waiters();
    }
}

impl Clock for HandClock {
    fn now(&self) -> Instant {
        Instant(self.now.load(Ordering::SeqCst))
    }

    fn until(&self, moment: Instant) -> Wait {
        let clock = self.clone();
        Box::pin(async move {
            loop {
                let turned = clock.turned.notified();
                tokio::pin!(turned);
                turned.as_mut().enable();
                if clock.now() >= moment {
                    return;
                }
                turned.await;
            }
        })
    }
}

struct Counting(AtomicU64);

impl Entropy for Counting {
    fn bits(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// What was written, and whether it was to be durable.
#[derive(Clone)]
enum Written {
    Commit(Box<Commit>, Sync),
    Put(Message),
    Blob(Vec<u8>),
    Purge(Purge),
    Keep(Keep),
}

/// A journal that dies after a number of commits: what comes behind is as if the power had gone.
pub(super) struct Mortal {
    written: Mutex<Vec<Written>>,
    pub(super) alive: MemoryJournal,
    left: AtomicU64,
    dead: AtomicBool,
    late: Mutex<Vec<Late>>,
}

/// Commits whose answers come late; the journal shows them before.
struct Late {
    /// Those with such an entry.
    of: fn(&Entry) -> bool,
    /// And all behind the first of them, as on a disk.
    holds_up: bool,
    met: bool,
    comes: watch::Receiver<bool>,
}

impl Mortal {
    /// What the answer to a commit waits for.
    fn late(&self, commit: &Commit) -> Vec<watch::Receiver<bool>> {
        let mut waits = Vec::new();
        for late in self.late.lock().unwrap().iter_mut() {
            let meets = commit.entries.iter().any(late.of);
            late.met |= meets;
            if meets || (late.met && late.holds_up) {
                waits.push(late.comes.clone());
            }
        }
        waits
    }

    fn note(&self, written: Written) {
        self.written.lock().unwrap().push(written);
    }

    /// What a power cut leaves at the least: everything up to the last that was to be durable.
    fn durable(&self) -> MemoryJournal {
        let written = self.written.lock().unwrap();
        let last = written.iter().rposition(|one| !matches!(one, Written::Commit(_, Sync::Ordered)));
        let journal = MemoryJournal::new();
        for one in written.iter().take(last.map_or(0, |last| last + 1)).cloned() {
            match one {
                Written::Commit(commit, sync) => drop(journal.commit(*commit, sync)),
                Written::Put(message) => drop(journal.put(message)),
                Written::Blob(bytes) => drop(journal.put_blob(&bytes)),
                Written::Purge(purge) => drop(journal.purge(purge)),
                Written::Keep(keep) => drop(journal.keep(keep)),
            }
        }
        journal
    }

    fn spend(&self) -> Result<(), StoreError> {
        let spent = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        self.dead.fetch_or(spent.is_err(), Ordering::SeqCst);
        spent.map(drop).map_err(|_| StoreError::Closed("the power went".to_owned()))
    }
}

impl Journal for Mortal {
    fn commit(&self, commit: Commit, sync: Sync) -> Receipt<Result<(), Refusal>> {
        match self.spend() {
            Ok(()) => {
                self.note(Written::Commit(Box::new(commit.clone()), sync));
                let late = self.late(&commit);
                let receipt = self.alive.commit(commit, sync);
                if late.is_empty() {
                    return receipt;
                }
                Box::pin(async move {
                    for mut late in late {
                        let _ = late.wait_for(|comes| *comes).await;
                    }
                    receipt.await
                })
            }
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
    fn purge(&self, purge: Purge) -> Receipt<Result<(), Refusal>> {
        match self.spend() {
            Ok(()) => {
                self.note(Written::Purge(purge.clone()));
                self.alive.purge(purge)
            }
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
    fn load(&self, id: &InstanceId, from: Seq) -> Result<Vec<Entry>, StoreError> {
        self.alive.load(id, from)
    }
    fn head(&self, id: &InstanceId) -> Result<Option<Head>, StoreError> {
        self.alive.head(id)
    }
    fn list(&self, tenant: &str, after: Option<&InstanceId>, limit: usize) -> Result<Page<Head>, StoreError> {
        self.alive.list(tenant, after, limit)
    }
    fn ready(&self) -> Result<Vec<Head>, StoreError> {
        self.alive.ready()
    }
    fn due(&self, until: Instant, limit: usize) -> Result<Vec<(Instant, InstanceId)>, StoreError> {
        self.alive.due(until, limit)
    }
    fn next_timer(&self) -> Result<Option<Instant>, StoreError> {
        self.alive.next_timer()
    }
    fn put(&self, message: Message) -> Receipt<Put> {
        match self.spend() {
            Ok(()) => {
                self.note(Written::Put(message.clone()));
                self.alive.put(message)
            }
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
    fn discard(&self, discard: Discard) -> Receipt<()> {
        self.alive.discard(discard)
    }
    fn addressed(
        &self,
        tenant: &str,
        after: Option<&InstanceId>,
        limit: usize,
    ) -> Result<Page<InstanceId>, StoreError> {
        self.alive.addressed(tenant, after, limit)
    }
    fn inbox(&self, id: &InstanceId) -> Result<Vec<Message>, StoreError> {
        self.alive.inbox(id)
    }
    fn knows(&self, to: &InstanceId, message: &MessageId) -> Result<bool, StoreError> {
        self.alive.knows(to, message)
    }
    fn queue(&self, tenant: &str, lock: &str) -> Result<Vec<Queued>, StoreError> {
        self.alive.queue(tenant, lock)
    }
    fn kept(&self, tenant: &str, name: &str) -> Result<Option<(Instant, Json)>, StoreError> {
        self.alive.kept(tenant, name)
    }
    fn keep(&self, keep: Keep) -> Receipt<()> {
        match self.spend() {
            Ok(()) => {
                self.note(Written::Keep(keep.clone()));
                self.alive.keep(keep)
            }
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }

    fn kept_under(&self, tenant: &str, beginning: &str) -> Result<Vec<(String, Json)>, StoreError> {
        self.alive.kept_under(tenant, beginning)
    }

    fn put_blob(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        self.note(Written::Blob(bytes.to_vec()));
        self.alive.put_blob(bytes)
    }
    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.alive.blob(digest)
    }
}

pub(super) struct World {
    pub(super) host: Host,
    pub(super) journal: MemoryJournal,
    pub(super) tools: Toolbox,
    pub(super) clock: HandClock,
    mortal: Arc<Mortal>,
}

/// No test waits longer than this for anything.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) const TENANT: &str = "acme";

impl World {
    pub(super) fn new() -> Self {
        Self::on(MemoryJournal::new(), Toolbox::default(), HandClock::default(), u64::MAX)
    }

    pub(super) fn on(journal: MemoryJournal, tools: Toolbox, clock: HandClock, commits: u64) -> Self {
        Self::limited(journal, tools, clock, commits, Limits::default())
    }

    pub(super) fn limited(
        journal: MemoryJournal,
        tools: Toolbox,
        clock: HandClock,
        commits: u64,
        limits: Limits,
    ) -> Self {
        Self::set(journal, tools, clock, commits, |settings| settings.limits = limits)
    }

    pub(super) fn set(
        journal: MemoryJournal,
        tools: Toolbox,
        clock: HandClock,
        commits: u64,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        clock.turn(1_000);
        let mortal = Arc::new(Mortal {
            written: Mutex::default(),
            alive: journal.clone(),
            left: AtomicU64::new(commits),
            dead: AtomicBool::new(false),
            late: Mutex::default(),
        });
        let ports = Ports {
            journal: Arc::clone(&mortal) as Arc<dyn Journal>,
            clock: Arc::new(clock.clone()),
            entropy: Arc::new(Counting(AtomicU64::new(7))),
            tools: Arc::new(tools.clone()),
        };
        let data = std::env::temp_dir().join("cairn-host-tests");
        let mut settings = Settings::new(data);
        change(&mut settings);
        let host = Host::with_ports(settings, ports).unwrap();
        Self { host, journal, tools, clock, mortal }
    }

    /// The journal has refused something.
    pub(super) fn dead(&self) -> bool {
        self.mortal.dead.load(Ordering::SeqCst)
    }

    /// Commits with such an entry are answered when this says so, and with `holds_up` all behind the first of them.
    pub(super) fn late(&self, of: fn(&Entry) -> bool, holds_up: bool) -> watch::Sender<bool> {
        let (answer, comes) = watch::channel(false);
        self.mortal.late.lock().unwrap().push(Late { of, holds_up, met: false, comes });
        answer
    }

    /// The power goes, and comes again.
    pub(super) async fn reborn(self) -> Self {
        let Self { host, journal, tools, clock, .. } = self;
        host.close().await;
        Self::on(journal, tools, clock, u64::MAX)
    }

    /// As [`World::reborn`], with so many commits to live.
    pub(super) async fn reborn_for(self, commits: u64) -> Self {
        let Self { host, journal, tools, clock, .. } = self;
        host.close().await;
        Self::on(journal, tools, clock, commits)
    }

    /// As [`World::reborn`], and all that was not durable is lost. Only once, of a world that began empty.
    pub(super) async fn reborn_poorer(self) -> Self {
        let Self { host, tools, clock, mortal, .. } = self;
        host.close().await;
        Self::on(mortal.durable(), tools, clock, u64::MAX)
    }

    pub(super) async fn handle(&self, request: Request) -> Result<Reply, Error> {
        tokio::time::timeout(PATIENCE, self.host.handle(request)).await.unwrap()
    }

    pub(super) async fn start(&self, id: &str, component: &[u8]) -> Result<InstanceView, Error> {
        self.start_with(id, component, json!({})).await
    }

    pub(super) async fn start_with(
        &self,
        id: &str,
        component: &[u8],
        input: Value,
    ) -> Result<InstanceView, Error> {
        let digest = self.host.deploy(component).await?.digest;
        let start = Start {
            tenant: TENANT.to_owned(),
            id: Some(id.to_owned()),
            digest,
            input,
            grant: Grant::default(),
            peers: Default::default(),
        };
        let Reply::Start(started) = self.handle(Request::Start(start)).await? else { panic!("not a start") };
        Ok(started.instance)
    }

    pub(super) async fn resume(&self, id: Option<&str>) -> Vec<String> {
        let resume = Resume { tenant: TENANT.to_owned(), id: id.map(str::to_owned), code: None };
        let Reply::Resume(resumed) = self.handle(Request::Resume(resume)).await.unwrap() else {
            panic!("not a resume")
        };
        resumed.instances.into_iter().map(|instance| instance.id).collect()
    }

    pub(super) async fn send(
        &self,
        id: &str,
        event: &str,
        data: Value,
        message: &str,
    ) -> Result<bool, Error> {
        self.send_for(id, event, data, message, None).await
    }

    /// As `send`, and nobody is to take it later than in so many milliseconds.
    pub(super) async fn send_for(
        &self,
        id: &str,
        event: &str,
        data: Value,
        message: &str,
        expires_in: Option<u64>,
    ) -> Result<bool, Error> {
        let send = Send {
            tenant: TENANT.to_owned(),
            id: id.to_owned(),
            event: event.to_owned(),
            data,
            message: Some(message.to_owned()),
            early: true,
            expires_in,
        };
        let Reply::Send(sent) = self.handle(Request::Send(send)).await? else { panic!("not a send") };
        Ok(sent.duplicate)
    }

    pub(super) async fn cancel(&self, id: &str) -> bool {
        let cancel = Cancel {
            tenant: TENANT.to_owned(),
            id: id.to_owned(),
            by: "ada".to_owned(),
            why: "no need".to_owned(),
        };
        let Reply::Cancel(cancelled) = self.handle(Request::Cancel(cancel)).await.unwrap() else {
            panic!("not a cancel")
        };
        cancelled.before
    }

    pub(super) async fn rest(&self, id: &str) -> State {
        tokio::time::timeout(PATIENCE, self.host.at_rest(TENANT, id)).await.unwrap().unwrap().state
    }

    pub(super) async fn show(&self, id: &str) -> Shown {
        let show = Show { tenant: TENANT.to_owned(), id: id.to_owned() };
        let Reply::Show(shown) = self.handle(Request::Show(show)).await.unwrap() else {
            panic!("not a show")
        };
        *shown
    }

    /// How the run ended, once it has.
    pub(super) async fn outcome(&self, id: &str) -> OutcomeView {
        let state = self.rest(id).await;
        let shown = self.show(id).await;
        shown.outcome.unwrap_or_else(|| panic!("{id} has not ended: {state:?}"))
    }

    /// Until the tools were called so often.
    pub(super) async fn called(&self, times: usize) {
        let called = async {
            while self.tools.calls().len() < times {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, called).await.unwrap();
    }

    pub(super) fn entries(&self, id: &str) -> Vec<Entry> {
        let id = InstanceId { tenant: TENANT.to_owned(), instance: id.to_owned() };
        self.journal.load(&id, Seq(0)).unwrap()
    }

    /// Until it is not loaded.
    pub(super) async fn gone(&self, id: &str) {
        let id = InstanceId { tenant: TENANT.to_owned(), instance: id.to_owned() };
        let gone = async {
            while self.host.is_loaded(&id) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, gone).await.unwrap();
    }

    /// It is given other code.
    pub(super) async fn moved(&self, id: &str, digest: &str) {
        let (tenant, id, code) = (TENANT.to_owned(), Some(id.to_owned()), Some(digest.to_owned()));
        self.handle(Request::Resume(Resume { tenant, id, code })).await.unwrap();
    }

    /// The next moment for which the journal has a timer.
    pub(super) fn journal_timer(&self) -> Option<u64> {
        self.journal.next_timer().unwrap().map(|moment| moment.0)
    }

    pub(super) fn head(&self, id: &str) -> Head {
        let id = InstanceId { tenant: TENANT.to_owned(), instance: id.to_owned() };
        self.journal.head(&id).unwrap().unwrap()
    }
}

pub(super) fn kind(outcome: &OutcomeView) -> &str {
    match outcome {
        OutcomeView::Result(_) => "a result",
        OutcomeView::Failure(failure) => &failure.kind,
    }
}
