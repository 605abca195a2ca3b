//! One run of a test: a host on a journal in memory, and what happens to it.

use std::{collections::BTreeMap, sync::Arc};

use cairn_compiler::ir::test::Deed;
use cairn_host::{
    Error, Host, Meta, Settings,
    journal::{Head, InstanceId, Journal, MemoryJournal, Status},
    missing,
    ops::{
        Answer, Cancel, Emit, Line, Order, OutcomeView, Progress, Reply, Request, Resume, Retry, Send, Show,
        Shown, Skip, Start, Update,
    },
    port::Ports,
    replay::{Entry, Key, Machine, Seq},
    tool::{Allow, Grant},
};
use serde_json::Value;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    case::Case,
    chance::Chance,
    journal::{Mortal, Promised, Sent},
    time::VirtualClock,
    tools::{Call, Mocks, Plan, Trouble},
};

pub(super) const TENANT: &str = "local";
/// The id of the run, where the workflow does not make one of its input.
const ID: &str = "test";
/// Nothing is due any more when this has passed: a century.
const FOR_EVER: u64 = 100 * 365 * 24 * 3_600_000;

/// So often at most it is looked whether others still do something when the run is over: some never stop.
const LONGEST_TAIL: u32 = 500;

/// What a test does to its run, worked out.
#[derive(Clone, Debug)]
pub(super) struct Plans {
    pub(super) input: Value,
    pub(super) mocks: Vec<Plan>,
    /// In the order of time: when, which of the test's happenings, and its data.
    pub(super) deeds: Vec<Planned>,
}

/// A happening, worked out.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) when: u64,
    /// Its place in the test's list.
    pub(super) which: usize,
    pub(super) data: Value,
    pub(super) to: Option<String>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    /// It came to an outcome.
    Over(OutcomeView),
    /// Nothing is due, and it waits: for this, in words.
    Waits(String),
    /// A tool had no answer, or was asked what it should not have been.
    Trouble(Trouble),
    /// Something that should have happened to it could not.
    Undone {
        /// Which of the test's happenings.
        which: usize,
        /// Why.
        why: String,
    },
    /// The host could not go on.
    Stopped(String),
}

/// What is known of a run that has ended.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) end: End,
    pub(super) elapsed: u64,
    pub(super) calls: Vec<Call>,
    /// Those whose steps were not cancelled.
    pub(super) settled: Vec<Call>,
    /// Of the run that the test started.
    pub(super) timeline: Vec<Line>,
    /// What it exposed last.
    pub(super) status: Option<Value>,
    /// Events that were sent, by it or by others.
    pub(super) sent: Vec<Sent>,
    pub(super) commits: u64,
    /// What was recorded last before the host died, in words.
    pub(super) died_behind: Option<String>,
    /// The host died while an attempt was out of which nobody can know whether it was carried out, and that matters to its step: then
    /// the run may well go another way.
    pub(super) in_doubt: bool,
    /// Happenings that the run did not live to see.
    pub(super) late: Vec<usize>,
}

/// How a run is made.
#[derive(Clone, Debug, Default)]
pub(super) struct Way {
    pub(super) seed: u64,
    /// The host dies behind so many commits.
    pub(super) dies_behind: Option<u64>,
    /// Tools answer as they did then.
    pub(super) as_before: Vec<Call>,
    /// What stands between the host and its world from its second life on: nothing, but in tests of these tests.
    pub(super) between: Option<fn(Ports) -> Ports>,
}

/// The world of one run.
struct World<'c> {
    case: &'c Case,
    settings: &'c Settings,
    memory: MemoryJournal,
    promised: Promised,
    clock: VirtualClock,
    chance: Chance,
    mocks: Mocks,
    life: Option<Life>,
    id: String,
    died_behind: Option<String>,
    in_doubt: bool,
    between: Option<fn(Ports) -> Ports>,
}

/// From opening the host to its death.
struct Life {
    host: Host,
    journal: Arc<Mortal>,
    updates: Receiver<Update>,
}

/// What came first.
enum Next {
    Over(End),
    Died,
    Due,
}

/// Runs a test once.
///
/// # Errors
/// What keeps a host from being opened or a component from being deployed.
pub(super) async fn run(case: &Case, settings: &Settings, plans: &Plans, way: Way) -> Result<Ran, Error> {
    let (memory, promised, clock) = (MemoryJournal::new(), Promised::default(), VirtualClock::new());
    let mocks =
        Mocks::new(&plans.mocks, clock, memory.clone(), promised.clone()).answering_as(&way.as_before);
    let chance = Chance::new(way.seed);
    let id = ID.to_owned();
    let (life, died_behind, in_doubt, between) = (None, None, false, way.between);
    let mut world = World {
        case,
        settings,
        memory,
        promised,
        clock,
        chance,
        mocks,
        life,
        id,
        died_behind,
        in_doubt,
        between,
    };
    world.open(way.dies_behind.unwrap_or(u64::MAX))?;
    world.start(&plans.input).await?;
    let (end, late) = world.live(&plans.deeds).await?;
    world.ran(end, late).await
}

impl World<'_> {
    fn open(&mut self, commits: u64) -> Result<(), Error> {
        self.chance.recorded(self.promised.draws());
        let journal = Mortal::new(self.memory.clone(), self.promised.clone(), commits);
        let ports = Ports {
            journal: Arc::clone(&journal) as Arc<dyn Journal>,
            clock: Arc::new(self.clock),
            entropy: Arc::new(self.chance.clone()),
            tools: Arc::new(self.mocks.clone()),
        };
        let ports = match self.between.filter(|_| self.died_behind.is_some()) {
            Some(between) => between(ports),
            None => ports,
        };
        let host = Host::with_ports(self.settings.clone(), ports)?;
        let updates = host.watch();
        self.life = Some(Life { host, journal, updates });
        Ok(())
    }

    fn life(&mut self) -> Result<&mut Life, Error> {
        self.life.as_mut().ok_or_else(|| Error::fault("the host of a test is closed"))
    }

    fn is_dead(&self) -> bool {
        self.life.as_ref().is_some_and(|life| life.journal.is_dead())
    }

    async fn start(&mut self, input: &Value) -> Result<(), Error> {
        let host = self.life()?.host.clone();
        let (mut peers, mut grant, mut keyed) = (BTreeMap::new(), Grant::default(), false);
        for (name, component) in self.case.components.iter() {
            let deployed = host.deploy(component).await?;
            let meta = deployed.component.meta.unwrap_or_default();
            keyed |= *name == self.case.test.workflow && meta.key.is_some();
            self.allow(&meta, &mut grant)?;
            peers.insert(name.clone(), deployed.digest);
        }
        let digest = peers.get(&self.case.test.workflow).cloned().unwrap_or_default();
        let id = (!keyed).then(|| self.id.clone());
        let start = Start { tenant: TENANT.to_owned(), id, digest, input: input.clone(), grant, peers };
        match host.handle(Request::Start(start)).await {
            Ok(Reply::Start(started)) => self.id = started.instance.id,
            Ok(_) => {}
            Err(_) if self.is_dead() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The host dies, and comes back on what it has recorded.
    async fn crash(&mut self) -> Result<(), Error> {
        if let Some(life) = self.life.take() {
            life.journal.kill();
            life.host.close().await;
        }
        self.in_doubt |= self.doubts();
        self.died_behind = self.promised.last().map(|(id, entry)| super::words::entry(&id, &entry));
        self.open(u64::MAX)?;
        self.resume().await
    }

    /// Is an attempt out, of a step to which it matters?
    fn doubts(&self) -> bool {
        let page = self.memory.list(TENANT, None, usize::MAX).map(|page| page.items).unwrap_or_default();
        page.iter().any(|head| {
            let history = self.memory.load(&head.id, Seq(0)).unwrap_or_default();
            let sent: Vec<Key> = history.iter().filter_map(sent).cloned().collect();
            Machine::new(history).is_ok_and(|machine| sent.iter().any(|key| machine.unclear(key).is_some()))
        })
    }

    async fn resume(&mut self) -> Result<(), Error> {
        let resume = Resume { tenant: TENANT.to_owned(), id: None, code: None };
        let host = self.life()?.host.clone();
        host.handle(Request::Resume(resume)).await.map(drop)
    }

    /// Until it is over, with everything that happens to it. Gives also what it did not live to see.
    async fn live(&mut self, deeds: &[Planned]) -> Result<(End, Vec<usize>), Error> {
        let mut coming = deeds.iter();
        let mut next = coming.next();
        loop {
            let due = next.map_or(FOR_EVER, |deed| deed.when);
            match self.next(due).await? {
                Next::Over(end) => {
                    if let Some(end) = self.settle(end).await? {
                        return Ok((end, next.into_iter().chain(coming).map(|deed| deed.which).collect()));
                    }
                }
                Next::Died => self.crash().await?,
                Next::Due => {
                    let Some(deed) = next else { return Ok((End::Waits(self.waits_for()), Vec::new())) };
                    match self.happen(deed).await {
                        Ok(()) => next = coming.next(),
                        // It happens in the next life.
                        Err(_) if self.is_dead() => {}
                        Err(error) => {
                            let why = words(error);
                            return Ok((End::Undone { which: deed.which, why }, Vec::new()));
                        }
                    }
                }
            }
        }
    }

    async fn next(&mut self, due: u64) -> Result<Next, Error> {
        let (mocks, due) = (self.mocks.clone(), self.clock.at(due));
        let (memory, id) = (self.memory.clone(), self.id.clone());
        let life = self.life()?;
        let journal = Arc::clone(&life.journal);
        tokio::select! {
            biased;
            () = journal.death() => Ok(Next::Died),
            trouble = mocks.trouble() => Ok(Next::Over(End::Trouble(trouble))),
            over = over(&mut life.updates, &memory, &id) => match over {
                End::Stopped(_) if journal.is_dead() => Ok(Next::Died),
                end => Ok(Next::Over(end)),
            },
            () = due => Ok(Next::Due),
        }
    }

    /// The run is over; what others do at this moment belongs to the test, or it would depend on who was faster. `None` when
    /// the host dies of it and has come back.
    async fn settle(&mut self, end: End) -> Result<Option<End>, Error> {
        if !matches!(end, End::Over(_)) {
            return Ok(Some(end));
        }
        for _ in 0..LONGEST_TAIL {
            let before = self.promised.commits();
            let due = self.clock.at(self.clock.passed() + 2);
            let (mocks, journal) = (self.mocks.clone(), Arc::clone(&self.life()?.journal));
            tokio::select! {
                biased;
                () = journal.death() => {
                    self.crash().await?;
                    return Ok(None);
                }
                trouble = mocks.trouble() => return Ok(Some(End::Trouble(trouble))),
                () = due => {}
            }
            if self.promised.commits() == before {
                break;
            }
        }
        Ok(Some(end))
    }

    async fn happen(&mut self, deed: &Planned) -> Result<(), Error> {
        let Some(happening) = self.case.test.happenings.get(deed.which) else { return Ok(()) };
        let tenant = TENANT.to_owned();
        let request = match &happening.what {
            Deed::Crash => return self.crash().await,
            Deed::Cancel => Request::Cancel(Cancel {
                tenant,
                id: self.id.clone(),
                by: "test".to_owned(),
                why: String::new(),
            }),
            Deed::Emit { event, .. } => {
                let (event, data) = (event.clone(), deed.data.clone());
                let message = Some(format!("at:{}", deed.which));
                match deed.to.clone() {
                    Some(id) => Request::Send(Send {
                        tenant,
                        id,
                        event,
                        data,
                        message,
                        early: true,
                        expires_in: None,
                    }),
                    None => Request::Emit(Emit { tenant, event, data, message, expires_in: None }),
                }
            }
            Deed::Answer { question, .. } => self.answer(question, &deed.data).await?,
            Deed::Retry { step } => {
                let (id, key) = self.unclear(step)?;
                Request::Retry(Retry { order: order(id), key: Some(key) })
            }
            Deed::Skip { step, .. } => {
                let (id, key) = self.unclear(step)?;
                Request::Skip(Skip { order: order(id), key, result: Some(deed.data.clone()) })
            }
        };
        match self.life()?.host.clone().handle(request).await? {
            Reply::Emit(emitted) if emitted.to.is_empty() => {
                Err(Error::mistake("no run that is not over knows this event"))
            }
            _ => Ok(()),
        }
    }

    /// The answer to the open question of this name: one that is put to whoever answers, or the first.
    async fn answer(&mut self, question: &str, data: &Value) -> Result<Request, Error> {
        let text = |name: &str| data.get(name).and_then(Value::as_str).map(str::to_owned);
        let by = text("by").unwrap_or_else(|| "test".to_owned());
        let mut open = Vec::new();
        for id in self.instances() {
            let shown = self.show(&id).await?;
            open.extend(shown.questions.into_iter().map(|one| (id.clone(), one)));
        }
        let named = |key: &str| key == question || key.rsplit('/').next() == Some(question);
        let mut fitting: Vec<_> = open.iter().filter(|(_, one)| named(&one.key)).collect();
        fitting.sort_by_key(|(_, one)| (one.whom != by, one.asked));
        let Some((id, one)) = fitting.first() else {
            let keys: Vec<_> = open.iter().map(|(_, one)| format!("`{}`", one.key)).collect();
            let what = if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") };
            return Err(Error::mistake(format!("nobody is asked `{question}` now; {what} is open")));
        };
        Ok(Request::Answer(Answer {
            tenant: TENANT.to_owned(),
            id: id.clone(),
            key: Some(one.key.clone()),
            choice: text("choice").unwrap_or_default(),
            by,
            note: text("note"),
        }))
    }

    /// The step of this name that waits for somebody to decide, and whose it is.
    fn unclear(&self, step: &str) -> Result<(String, String), Error> {
        let page = self.memory.list(TENANT, None, usize::MAX).map(|page| page.items).unwrap_or_default();
        let all: Vec<(String, String)> = page.into_iter().flat_map(unclear_steps).collect();
        let named = |key: &str| key == step || key.rsplit('/').next() == Some(step);
        if let Some(found) = all.iter().find(|(_, key)| named(key)) {
            return Ok(found.clone());
        }
        let keys: Vec<_> = all.iter().map(|(_, key)| format!("`{key}`")).collect();
        let what = if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") };
        Err(Error::mistake(format!("no step `{step}` waits for a decision now; {what} does")))
    }

    /// All runs of this world.
    fn instances(&self) -> Vec<String> {
        let page = self.memory.list(TENANT, None, usize::MAX).map(|page| page.items).unwrap_or_default();
        page.into_iter().map(|head| head.id.instance).collect()
    }

    /// All that a component needs: what its tools do is said by the test.
    fn allow(&self, meta: &Meta, grant: &mut Grant) -> Result<(), Error> {
        let needs = &meta.needs;
        let http = needs.http.iter().map(|address| format!("http={address}"));
        let exec = needs.exec.iter().map(|program| format!("exec={program}"));
        grant.allow.extend(http.chain(exec).filter_map(|one| one.parse::<Allow>().ok()));
        for (tool, _) in needs.tools.iter().filter_map(|path| path.split_once('.')) {
            grant.bind.insert(tool.to_owned(), "http:http://localhost".to_owned());
        }
        for name in &needs.secrets {
            let place = self.settings.data.join(format!("secret-{name}"));
            let written = std::fs::write(&place, format!("secret {name}"));
            written.map_err(|e| Error::fault(format!("cannot write {}: {e}", place.display())))?;
            grant.secrets.insert(name.clone(), format!("file:{}", place.display()));
        }
        // Tools of the host's own may want more: what they are started with.
        let wanted = missing(meta, grant);
        let flags = wanted.iter().filter_map(|one| one.flag.strip_prefix("--allow "));
        grant.allow.extend(flags.filter_map(|flag| flag.parse::<Allow>().ok()));
        Ok(())
    }

    /// What the instances of this world wait for.
    fn waits_for(&self) -> String {
        let page = self.memory.list(TENANT, None, usize::MAX).map(|page| page.items).unwrap_or_default();
        let waits = page.iter().filter_map(|head| match &head.status {
            Status::Waiting(waiting) => {
                let events = waiting.events.iter().map(|event| format!("the event {event}"));
                let all: Vec<_> = events.chain(waiting.on.iter().cloned()).collect();
                Some((head.id.instance.as_str(), all.join(" or ")))
            }
            _ => None,
        });
        let one = |(id, events): (&str, String)| {
            let for_what = if events.is_empty() { "something that never comes".to_owned() } else { events };
            if id == self.id { for_what } else { format!("{for_what} (`{id}`)") }
        };
        waits.map(one).collect::<Vec<_>>().join("; ")
    }

    async fn ran(mut self, end: End, late: Vec<usize>) -> Result<Ran, Error> {
        let elapsed = self.clock.passed();
        let id = self.id.clone();
        let shown = self.show(&id).await.ok();
        let (timeline, status) = shown.map(|shown| (shown.timeline, shown.status)).unwrap_or_default();
        // A run that has ended says when; what goes on beside it does not count.
        let ended =
            timeline.last().filter(|line| line.entry == "finished").map(|line| VirtualClock::since(line.at));
        let settled = self.mocks.settled();
        let (calls, commits, sent) = (self.mocks.calls(), self.promised.commits(), self.promised.sent());
        let died_behind = self.died_behind.take();
        if let Some(life) = self.life.take() {
            life.journal.kill();
            life.host.close().await;
        }
        Ok(Ran {
            end,
            elapsed: ended.unwrap_or(elapsed),
            calls,
            settled,
            timeline,
            status,
            sent,
            commits,
            died_behind,
            in_doubt: self.in_doubt,
            late,
        })
    }

    async fn show(&mut self, id: &str) -> Result<Box<Shown>, Error> {
        let show = Show { tenant: TENANT.to_owned(), id: id.to_owned() };
        match self.life()?.host.clone().handle(Request::Show(show)).await? {
            Reply::Show(shown) => Ok(shown),
            _ => Err(Error::fault("a run was not shown")),
        }
    }
}

fn sent(entry: &Entry) -> Option<&Key> {
    if let Entry::Sent { key, .. } = entry { Some(key) } else { None }
}

fn order(id: String) -> Order {
    Order { tenant: TENANT.to_owned(), id, by: "test".to_owned(), why: String::new(), drive: true }
}

/// Steps of an instance that wait for somebody to decide.
fn unclear_steps(head: Head) -> Vec<(String, String)> {
    let Status::Waiting(waiting) = head.status else { return Vec::new() };
    let keys = waiting.on.iter().filter_map(|on| on.strip_prefix("unclear "));
    keys.map(|key| (head.id.instance.clone(), key.to_owned())).collect()
}

/// Resolves when the run has come to an outcome, or cannot go on.
async fn over(updates: &mut Receiver<Update>, memory: &MemoryJournal, id: &str) -> End {
    let instance = InstanceId { tenant: TENANT.to_owned(), instance: id.to_owned() };
    loop {
        if let Some(outcome) = outcome(memory, &instance) {
            return End::Over(outcome);
        }
        match updates.recv().await {
            Ok(Update { id: of, progress, .. }) => match progress {
                Progress::Finished { outcome } if of == id => return End::Over(outcome),
                Progress::Diverged { message } => return End::Stopped(message),
                Progress::Stopped { message } => return End::Stopped(message),
                _ => {}
            },
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return std::future::pending().await,
        }
    }
}

fn outcome(memory: &MemoryJournal, id: &InstanceId) -> Option<OutcomeView> {
    let head = memory.head(id).ok()??;
    if !matches!(head.status, Status::Finished | Status::Failed(_)) {
        return None;
    }
    match memory.load(id, Seq(0)).ok()?.into_iter().next_back()? {
        Entry::Finished { outcome, .. } => Some(super::words::outcome(&outcome)),
        _ => None,
    }
}

/// A mistake or fault in a line.
fn words(error: Error) -> String {
    match error {
        Error::Mistake(mistake) => mistake.message,
        Error::Fault(fault) => fault.message,
        Error::Diverged(message) => message,
    }
}
