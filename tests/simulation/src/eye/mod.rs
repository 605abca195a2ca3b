//! The eye: stands at the doors, keeps its own books, and knows the promises. It never asks the host.

mod limits;
mod line;
mod mail;
mod operate;
mod reopened;
pub(crate) mod schedules;

use std::collections::{BTreeMap, BTreeSet};

use cairn_host::{
    journal::{Commit, InstanceId, Message, MessageId, Refusal, Status},
    replay::{Command, Entry, Instant, Key},
};
use serde_json::Value;

pub(crate) use limits::Tight;
pub(crate) use line::Line;
use mail::Mail;
use operate::Acts;
pub(crate) use operate::why;
use schedules::Timed;

/// Whose everything is.
pub(crate) const TENANT: &str = "t";

/// What was promised and does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Of which promise.
    pub(crate) promise: &'static str,
    pub(crate) what: String,
}

impl Violation {
    pub(crate) fn new(promise: &'static str, what: String) -> Self {
        Self { promise, what }
    }
}

/// A call that has left the host at least once.
#[derive(Debug)]
struct Called {
    operation: String,
    arguments: Value,
    /// In which life it last left, and how many failures were recorded before.
    life: u32,
    tried: u32,
}

/// A question that a person may answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Question {
    pub(crate) instance: String,
    pub(crate) run: u32,
    /// How often a part of that run had been taken back.
    pub(crate) rewinds: u64,
    pub(crate) key: String,
    pub(crate) task: String,
}

/// The books.
#[derive(Debug, Default)]
pub(crate) struct Eye {
    lines: BTreeMap<InstanceId, Line>,
    /// Everything up to this number was promised to survive.
    durable: u64,
    /// Handed over, and not carried out.
    outstanding: BTreeSet<u64>,
    called: BTreeMap<String, Called>,
    mail: BTreeMap<(InstanceId, MessageId), Mail>,
    /// What was removed with the instance that it had been sent to; whoever sent it may be told later that it was kept.
    removed: BTreeSet<(InstanceId, MessageId)>,
    puts: u64,
    /// What was acknowledged.
    started: BTreeSet<InstanceId>,
    cancelled: BTreeSet<InstanceId>,
    /// Those of which that was ever recorded: an operator may have had one go on since.
    once_cancelled: BTreeSet<InstanceId>,
    /// Who is inside of what only one may be in.
    inside: BTreeMap<String, BTreeSet<String>>,
    latest: Instant,
    news: bool,
    /// Questions that were asked and not ended.
    questions: Vec<Question>,
    /// What operators wanted, and what of it is recorded.
    requested: BTreeMap<String, u32>,
    acts: BTreeMap<(String, &'static str), Acts>,
    /// It looks at a history that was there before.
    replays: bool,
    /// What starts by itself.
    timed: BTreeMap<String, Timed>,
    /// The limit of this world that is tight.
    pub(crate) tight: Option<Tight>,
}

/// Which of several operations under one key: in which run, and how often a part of that had been taken back.
type Generation = (u32, u64);

/// Instance, generation and key that an idempotency key is made of.
fn step_of(idempotency_key: &str) -> Option<(InstanceId, Generation, Key)> {
    let mut parts = idempotency_key.splitn(3, '/');
    let plain = |part: &str| part.replace("%2F", "/").replace("%25", "%");
    let id = InstanceId { tenant: plain(parts.next()?), instance: plain(parts.next()?) };
    let key = parts.next()?;
    let again = key.strip_prefix('!').and_then(|rest| rest.split_once('/'));
    let again = again.and_then(|(generation, key)| {
        let (run, rewinds) = generation.split_once('.').unwrap_or((generation, "0"));
        Some(((run.parse().ok()?, rewinds.parse().ok()?), key))
    });
    let (generation, key) = again.unwrap_or(((0, 0), key));
    Some((id, generation, Key(key.to_owned())))
}

impl Eye {
    /// Something happened that whoever drives the run wants to know.
    pub(crate) fn takes_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// Something is handed to the journal.
    pub(crate) fn handed(&mut self, number: u64) {
        self.outstanding.insert(number);
    }

    /// An instance that was paused goes on: that is handed over.
    pub(crate) fn goes_on(&mut self, of: &InstanceId) {
        if let Some(line) = self.lines.get_mut(of) {
            line.paused = false;
        }
    }

    /// The clock shows this, and will be set.
    pub(crate) fn saw(&mut self, moment: Instant) {
        self.latest = self.latest.max(moment);
    }

    /// What was handed over is carried out, or refused.
    pub(crate) fn carried_out(&mut self, number: u64) {
        self.outstanding.remove(&number);
    }

    /// The journal answers: then it has carried out all that was handed over before, too.
    pub(crate) fn acked(&mut self, number: u64, sure: bool) -> Result<(), Violation> {
        if let Some(open) = self.outstanding.first().filter(|open| **open <= number) {
            return Err(Violation::new(
                "3",
                format!("commit {number} was answered, and {open} is not written"),
            ));
        }
        if sure {
            self.durable = self.durable.max(number);
        }
        Ok(())
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = (&InstanceId, &Line)> {
        self.lines.iter()
    }

    pub(crate) fn line(&self, instance: &str) -> Option<&Line> {
        self.lines.get(&id(instance))
    }

    /// All that began are over.
    pub(crate) fn all_over(&self) -> bool {
        self.lines.values().all(Line::is_over)
    }

    /// Nothing can go on by itself before a moment or a message comes.
    pub(crate) fn all_wait(&self) -> bool {
        let rests = |line: &Line| matches!(line.status, Status::Waiting(_) | Status::Paused);
        self.lines.values().all(|line| line.is_over() || rests(line))
    }

    pub(crate) fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Steps of which a person has to say what is to become of them, where nothing else goes on: instance, key, and the attempt.
    pub(crate) fn unclear(&self) -> Vec<(String, String, u32)> {
        let rests = self.lines.iter().filter_map(|(id, line)| match &line.status {
            Status::Waiting(waiting) if !line.is_over() => Some((id, line, waiting)),
            _ => None,
        });
        let steps = rests.flat_map(|(id, line, waiting)| {
            let told = |key: &Key| waiting.on.iter().any(|on| on.strip_prefix("unclear ") == Some(&key.0));
            let asks = move |(key, step): (&Key, &line::Step)| {
                let attempt = step.asks().filter(|_| told(key))?;
                Some((id.instance.clone(), key.0.clone(), attempt))
            };
            line.steps.iter().filter_map(asks)
        });
        steps.collect()
    }

    pub(crate) fn start_acknowledged(&mut self, instance: &str) -> Result<(), Violation> {
        if !self.lines.contains_key(&id(instance)) {
            return Err(Violation::new(
                "4",
                format!("the start of {instance} was acknowledged, and it is not in the journal"),
            ));
        }
        self.started.insert(id(instance));
        Ok(())
    }

    pub(crate) fn cancel_acknowledged(&mut self, instance: &str) -> Result<(), Violation> {
        if self.lines.get(&id(instance)).is_some_and(|line| line.cancelled || line.is_over()) {
            self.cancelled.insert(id(instance));
            return Ok(());
        }
        if self.once_cancelled.contains(&id(instance)) {
            return Ok(());
        }
        Err(Violation::new(
            "4",
            format!("the cancel of {instance} was acknowledged, and it is not in the journal"),
        ))
    }

    /// What an instance is a run of: its own program, or that of the one that began it.
    pub(crate) fn program_of<'p, P>(
        &self,
        idempotency_key: &str,
        programs: &'p [(String, P)],
    ) -> Option<&'p P> {
        let (id, ..) = step_of(idempotency_key)?;
        let mut name = id.instance;
        for _ in 0..20 {
            if let Some((_, program)) = programs.iter().find(|(of, _)| *of == name) {
                return Some(program);
            }
            let line = self.line(&name)?;
            if let Some((_, program)) = programs.iter().find(|(of, _)| *of == line.workflow) {
                return Some(program);
            }
            name = line.parent.clone()?;
        }
        None
    }

    /// A history that was there before.
    pub(crate) fn knows(&mut self, commit: &Commit, now: Instant) -> Result<(), Violation> {
        self.latest = Instant(u64::MAX);
        for entry in &commit.entries {
            if let Entry::Acted { by, .. } = entry {
                self.wanted(by);
            }
        }
        if let Some(Entry::Began(began)) = commit.entries.first() {
            let line = Line { run: began.run, ..Line::default() };
            self.lines.insert(commit.id.clone(), line);
        }
        self.replays = true;
        let known = self.committed(0, commit, &Ok(()), now);
        self.latest = now;
        known
    }

    /// A commit was carried out, or refused.
    pub(crate) fn committed(
        &mut self,
        number: u64,
        commit: &Commit,
        result: &Result<(), Refusal>,
        now: Instant,
    ) -> Result<(), Violation> {
        self.latest = self.latest.max(now);
        self.outstanding.remove(&number);
        if result.is_err() {
            return Ok(());
        }
        let latest = self.latest;
        let name = commit.id.instance.clone();
        let line = self.lines.entry(commit.id.clone()).or_default();
        line.commit(number, commit, latest)?;
        let (generation, over) = ((line.run, line.rewinds), line.is_over());
        self.news |= line.asks();
        if over || commit.restart {
            self.leaves(&name);
            self.questions.retain(|question| question.instance != name);
            self.news = true;
        }
        for entry in &commit.entries {
            self.note(&commit.id, generation, entry);
        }
        if commit.entries.iter().any(|entry| matches!(entry, Entry::CancelAsked { .. })) {
            self.once_cancelled.insert(commit.id.clone());
        }
        self.started_by_itself(commit)?;
        self.revived(commit);
        self.acted(number, commit)?;
        self.in_limits(commit)?;
        self.consumed(number, commit)
    }

    /// It is inside of nothing any more.
    fn leaves(&mut self, instance: &str) {
        for inside in self.inside.values_mut() {
            inside.remove(instance);
        }
    }

    fn note(&mut self, of: &InstanceId, (run, rewinds): Generation, entry: &Entry) {
        match entry {
            Entry::Asked { key, command: Command::Ask { task, .. }, .. } => {
                let (instance, key, task) = (of.instance.clone(), key.0.clone(), String::from(&*task.0));
                self.questions.push(Question { instance, run, rewinds, key, task });
                self.news = true;
            }
            Entry::Asked { command: Command::Unlock, .. } => {
                self.leaves(&of.instance);
            }
            Entry::Ended { key, .. } => {
                self.questions.retain(|question| question.instance != of.instance || question.key != key.0);
            }
            _ => {}
        }
    }

    /// An attempt at a step has left the host; gives which it is.
    pub(crate) fn called(
        &mut self,
        life: u32,
        key: &str,
        operation: &str,
        arguments: &Value,
    ) -> Result<u32, Violation> {
        let Some((id, (run, rewinds), step)) = step_of(key) else {
            return Err(Violation::new("2", format!("`{key}` is no idempotency key")));
        };
        let line = self.lines.get(&id).filter(|line| line.run == run);
        let Some(line) = line else {
            return Err(Violation::new(
                "3",
                format!("{key} left the host, and there is no run {run} of {}", id.instance),
            ));
        };
        let tried = line.may_leave(&step, self.durable).map_err(|why| why.of(key))?;
        let careful = line.steps.get(&step).is_some_and(line::Step::is_careful);
        if line.steps.get(&step).is_some_and(|step| step.rewinds != rewinds) {
            return Err(Violation::new("2", format!("{key} left, and that is not what it is called now")));
        }
        self.in_time(&id, &step)?;
        self.enters(&id.instance, operation, arguments)?;
        match self.called.get_mut(key) {
            Some(before) => before.again(key, (life, tried), careful, operation, arguments)?,
            None => {
                let (operation, arguments) = (operation.to_owned(), arguments.clone());
                self.called.insert(key.to_owned(), Called { operation, arguments, life, tried });
            }
        }
        Ok(tried + 1)
    }

    /// Tools that tell who is inside of a lock.
    fn enters(&mut self, instance: &str, operation: &str, arguments: &Value) -> Result<(), Violation> {
        let Some(lock) = arguments.get("lock").and_then(Value::as_str) else { return Ok(()) };
        let inside = self.inside.entry(lock.to_owned()).or_default();
        if operation == "w.leave" {
            inside.remove(instance);
            return Ok(());
        }
        inside.insert(instance.to_owned());
        if inside.len() > 1 {
            let inside: Vec<_> = inside.iter().cloned().collect();
            return Err(Violation::new("lock", format!("in `{lock}` are {}", inside.join(" and "))));
        }
        Ok(())
    }

    /// All calls of an instance and of those that it began: key, operation, arguments; without the instance's own name.
    pub(crate) fn calls_of(&self, instance: &str) -> BTreeSet<(String, String, String)> {
        let prefix = format!("{TENANT}/{instance}");
        let own = self.called.iter().filter_map(|(key, called)| {
            let rest = key.strip_prefix(&prefix)?;
            rest.starts_with(['/', '~'])
                .then(|| (rest.to_owned(), called.operation.clone(), called.arguments.to_string()))
        });
        own.collect()
    }

    /// The message has come before.
    pub(crate) fn has_had(&self, message: &Message) -> bool {
        self.mail.contains_key(&(message.to.clone(), message.id.clone()))
    }
}

impl Called {
    fn again(
        &mut self,
        key: &str,
        (life, tried): (u32, u32),
        careful: bool,
        operation: &str,
        arguments: &Value,
    ) -> Result<(), Violation> {
        if self.operation != operation || self.arguments != *arguments {
            let (before, now) = (&self.arguments, arguments);
            return Err(Violation::new(
                "2",
                format!("{key} left as {} {before}, and now as {operation} {now}", self.operation),
            ));
        }
        if self.life == life && self.tried >= tried {
            return Err(Violation::new(
                "1",
                format!("{key} left twice, and no failure is recorded in between"),
            ));
        }
        if careful && self.tried >= tried {
            return Err(Violation::new(
                "2",
                format!("{key} left twice, nobody knows what came of the first time, and nobody was asked"),
            ));
        }
        (self.life, self.tried) = (life, tried);
        Ok(())
    }
}

/// The name of an instance in this world.
pub(crate) fn id(instance: &str) -> InstanceId {
    InstanceId { tenant: TENANT.to_owned(), instance: instance.to_owned() }
}
