//! What one activation knows: its history, what it has not written yet, what is under way. Synchronous, behind one lock; the
//! guest's calls, the effects' answers and the operator's wishes all come here.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Weak},
};

use cairn_journal::{InstanceId, MessageId, Receipt, Refusal};
use cairn_replay::{Act, Command, Entry, Failure, Instant, Key, Machine, Outcome, Phase, Seq};
use tokio::{sync::Notify, task::AbortHandle};

use super::{
    Activation, Stop,
    beside::Beside,
    commit::{Along, Append, Purpose, commit},
    scopes::Scopes,
    stays::{Rest, Stay},
    words,
};
use crate::{
    Error,
    host::Inner,
    ops::{OutcomeView, Progress, Update},
    registry::Code,
    tool::Grant,
};

pub(crate) type Answer = Receipt<Result<(), Refusal>>;

/// The key of the unwinding that the host does itself, when the code cannot. No guest may use such a key.
pub(crate) const HOST_UNWIND: &str = "!undo";

/// What happens to requests that are news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// They are carried out.
    Run,
    /// The replay ends at the first of them, and nothing is written: it was only to see whether it agrees.
    Prove,
}

pub(crate) struct Core {
    pub(super) inner: Arc<Inner>,
    pub(super) id: InstanceId,
    pub(super) code: Arc<Code>,
    pub(super) grant: Arc<Grant>,
    pub(super) machine: Machine,
    pub(super) mode: Mode,
    /// The activation that this belongs to: for the tasks of its effects.
    pub(super) me: Weak<Activation>,
    /// Taken in by the machine, not handed to the journal yet.
    pending: Vec<Entry>,
    /// The sequence of the first pending entry.
    written: Seq,
    /// On disk it is marked as waiting.
    pub(super) asleep: bool,
    /// How it stands there with its waiting, where this activation wrote it.
    pub(super) rest: Rest,
    /// It waits, and is not unloaded yet.
    pub(super) stay: Option<Stay>,
    /// The code does not agree with the journal, and the run is ended without it.
    pub(super) without_code: bool,
    /// Its parts that have begun and not ended.
    pub(super) scopes: Scopes,
    /// Attempts that are out.
    pub(super) effects: BTreeMap<Key, AbortHandle>,
    /// Attempts that were cut off, and may not be gone yet.
    pub(super) leaving: Vec<AbortHandle>,
    /// Guests that computed when the instance was to stop, and have not come to a wait since.
    pub(super) computing: BTreeSet<Option<Key>>,
    /// Rings when something of it is to stop.
    pub(super) hurry: Arc<Notify>,
    /// Steps of which an attempt is unclear, and that wait for a person to decide.
    pub(super) unclear: BTreeSet<Key>,
    /// Steps between two attempts: when the next is due, and its number.
    pub(super) delays: BTreeMap<Key, (Instant, u32)>,
    /// Steps of the code's own whose body may run, and the number of the attempt; their guest has not been told yet.
    pub(super) bodies: BTreeMap<Key, u32>,
    /// The number of the last attempt of each step in this activation.
    pub(super) attempts: HashMap<Key, u32>,
    /// Unwindings that are under way, and when the undo that each runs was begun; it was registered long before.
    pub(super) unwinding: BTreeMap<Key, Instant>,
    /// Messages whose consumption is handed over; the inbox may still show them.
    pub(super) taken: HashSet<MessageId>,
    /// What it shares with others, and what is counted over the whole run.
    pub(super) beside: Beside,
    /// The host cannot go on.
    pub(super) broken: Option<Error>,
    /// Unloaded, or about to be: nothing more is taken.
    pub(super) closed: bool,
    /// What was handed over when it was: whoever changes the instance next finds it there.
    last: Option<Answer>,
    /// An operator took it away from those who run it.
    pub(super) dismissed: bool,
    /// How often it was paused in this activation.
    pub(super) pauses: u64,
    /// For so many of those its guests were cut off.
    pub(super) halts: u64,
}

/// What a new activation begins with.
pub(crate) struct Begin {
    pub(crate) inner: Arc<Inner>,
    pub(crate) id: InstanceId,
    pub(crate) code: Arc<Code>,
    pub(crate) grant: Arc<Grant>,
    pub(crate) machine: Machine,
    pub(crate) mode: Mode,
    pub(crate) asleep: bool,
    pub(crate) beside: Beside,
}

impl Core {
    pub(super) fn new(begin: Begin, me: Weak<Activation>) -> Self {
        let Begin { inner, id, code, grant, machine, mode, asleep, beside } = begin;
        Self {
            written: machine.next(),
            inner,
            id,
            code,
            grant,
            machine,
            mode,
            me,
            pending: Vec::new(),
            asleep,
            rest: Rest::No,
            stay: None,
            without_code: false,
            scopes: Scopes::new(),
            effects: BTreeMap::new(),
            leaving: Vec::new(),
            computing: BTreeSet::new(),
            hurry: Arc::default(),
            unclear: BTreeSet::new(),
            delays: BTreeMap::new(),
            bodies: BTreeMap::new(),
            attempts: HashMap::new(),
            unwinding: BTreeMap::new(),
            taken: HashSet::new(),
            beside,
            broken: None,
            closed: false,
            last: None,
            dismissed: false,
            pauses: 0,
            halts: 0,
        }
    }

    pub(super) fn now(&self) -> Instant {
        self.inner.ports.clock.now()
    }

    pub(super) fn announce(&self, progress: Progress) {
        let update = Update { tenant: self.id.tenant.clone(), id: self.id.instance.clone(), progress };
        // Nobody may be watching.
        let _ = self.inner.updates.send(update);
    }

    /// An outcome, if anybody watches: it may be large.
    pub(super) fn shown(&self, outcome: &Outcome) -> OutcomeView {
        let watched = self.inner.updates.receiver_count() > 0;
        if watched { words::outcome(outcome) } else { OutcomeView::Result(serde_json::Value::Null) }
    }

    /// An entry that the machine has taken in.
    pub(super) fn news(&mut self, entry: Entry) {
        self.beside.take(&entry);
        self.pending.push(entry);
    }

    /// An entry of the host's own.
    pub(super) fn apply(&mut self, entry: Entry) -> Result<(), Stop> {
        self.machine.apply(entry.clone())?;
        self.beside.take(&entry);
        self.pending.push(entry);
        Ok(())
    }

    /// Hands all that is pending to the journal.
    pub(super) fn commit(&mut self, purpose: Purpose) -> Answer {
        let entries = std::mem::take(&mut self.pending);
        let expect = self.written;
        self.written = Seq(expect.0 + entries.len() as u64);
        let wakes = std::mem::take(&mut self.asleep);
        self.rest = Rest::No;
        let (along, news) = self.beside.along();
        let append = Append { id: self.id.clone(), expect, entries, wakes, along };
        self.followed(commit(&self.inner.ports, append, purpose), news)
    }

    pub(super) fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// What was not handed over is not written at all.
    pub(super) fn forget_pending(&mut self) {
        self.pending.clear();
    }

    /// An operation is asked for and not ended: whatever it needs is set going.
    pub(super) fn begin(&mut self, key: &Key) -> Result<(), Stop> {
        if self.machine.outcome(key).is_some() || self.effects.contains_key(key) {
            return Ok(());
        }
        match self.machine.command(key) {
            None | Some(Command::Undo { .. } | Command::UndoBlock { .. } | Command::Unlock) => Ok(()),
            Some(Command::Unwind { .. }) => self.unwind(&key.clone()),
            Some(Command::Child { .. }) => self.begin_child(key),
            Some(Command::Block { .. }) => self.begin_block(key),
            Some(_) if self.stops(key) => self.end(key, Err(self.cancellation())),
            Some(Command::Call { .. }) => match self.kept_outcome(key)? {
                Some(json) => self.end(key, Ok(json)),
                None => self.attempt(key),
            },
            Some(Command::Body { .. }) => self.attempt(key),
            Some(Command::Until { .. } | Command::Span { .. } | Command::Receive { .. }) => Ok(()),
            Some(Command::Spawn { .. }) => self.begin_child(key),
            Some(Command::Lock { .. }) => self.begin_lock(key),
            Some(Command::Ask { .. }) => self.begin_ask(key),
            Some(Command::Emit { .. }) => self.begin_emit(key),
            Some(Command::Calendar { .. }) => self.begin_calendar(key),
        }
    }

    /// What an operation ends with when the instance is to stop.
    pub(super) fn cancellation(&self) -> Failure {
        match self.machine.cancelled() {
            Some((by, "")) => words::fail("cancelled", format!("cancelled by {by}")),
            Some((by, why)) => words::fail("cancelled", format!("cancelled by {by}: {why}")),
            None => words::fail("cancelled", "the code that wanted it is over"),
        }
    }

    /// The instance's failure once it was cancelled.
    pub(super) fn cancelled(&self) -> Option<Failure> {
        self.machine.cancelled().is_some().then(|| self.cancellation())
    }

    /// The operation has ended; what depends on it goes on.
    pub(super) fn end(&mut self, key: &Key, outcome: Outcome) -> Result<(), Stop> {
        self.stop_effect(key);
        let outcome = outcome.map_err(|failure| self.with_unclear(key, failure));
        let at = self.now();
        let shown = self.shown(&outcome);
        self.apply(Entry::Ended { key: key.clone(), at, outcome })?;
        self.has_ended(key, at, shown)
    }

    /// An end was recorded: it is told, and whoever waits for it goes on.
    pub(super) fn has_ended(&mut self, key: &Key, at: Instant, outcome: OutcomeView) -> Result<(), Stop> {
        let is_undo =
            matches!(self.machine.command(key), Some(Command::Undo { .. } | Command::UndoBlock { .. }));
        let asked = self.machine.asked_at(key).unwrap_or(at);
        let asked = if is_undo { self.unwinding.values().copied().fold(asked, Instant::max) } else { asked };
        self.announce(Progress::Ended {
            key: key.0.clone(),
            what: self.machine.command(key).map(words::what).unwrap_or_default(),
            attempt: self.attempts.get(key).copied().unwrap_or(0),
            took: at.0.saturating_sub(asked.0),
            outcome,
        });
        let scope = self.machine.scope_of(key).cloned();
        self.ring(scope.as_ref(), Some(key));
        if is_undo || matches!(self.machine.command(key), Some(Command::Block { .. })) {
            return self.unwind_further();
        }
        Ok(())
    }

    /// The code does not want an operation any more.
    pub(super) fn give_up(&mut self, key: &Key) -> Result<(), Stop> {
        let open = self.machine.outcome(key).is_none();
        // Undos outlive the code that asked for them: an unwinding is not given up.
        if !open || matches!(self.machine.command(key), Some(Command::Unwind { .. })) {
            return Ok(());
        }
        let scope = self.machine.scope_of(key).cloned();
        if !self.is_live(scope.as_ref()) {
            self.give_up_later(scope.as_ref(), key);
            return Ok(());
        }
        match self.machine.command(key) {
            Some(Command::Child { .. }) => self.cancel_child(key),
            Some(Command::Block { .. }) => self.cancel_block(key),
            _ => self.end(key, Err(words::fail("cancelled", "the code gave it up"))),
        }
    }

    pub(super) fn stop_effect(&mut self, key: &Key) {
        self.delays.remove(key);
        self.unclear.remove(key);
        self.bodies.remove(key);
        if let Some(effect) = self.effects.remove(key) {
            effect.abort();
            self.leaving.push(effect);
        }
    }

    /// Cuts off all that is out, and keeps what came.
    pub(super) fn close(&mut self) {
        let agreed = self.broken.is_none() && self.machine.divergence().is_none();
        if agreed && !self.closed && self.mode == Mode::Run && self.has_pending() {
            self.last = Some(self.commit(Purpose::OutcomeCame));
        }
        self.closed = true;
        self.delays.clear();
        for effect in std::mem::take(&mut self.effects).into_values() {
            effect.abort();
        }
    }

    /// The last that was handed over, if nobody awaits it; where an operator took the instance away, that may be anything.
    pub(super) fn last(&mut self) -> Option<Answer> {
        let taken_away = self.mode == Mode::Run && (self.dismissed || self.machine.paused());
        self.last.take().or_else(|| taken_away.then(|| self.nothing_more()))
    }

    /// Somebody wants the instance to stop. Gives whether it was asked before, or is too late, and the commit behind which that is sure.
    pub(super) fn cancel(&mut self, by: &str, why: &str) -> Result<(bool, Answer), Stop> {
        if self.machine.phase(None) == Phase::Finished {
            return Ok((true, self.nothing_more()));
        }
        let before = self.machine.cancelled().is_some();
        if self.machine.paused() {
            let act = Act::Continue;
            self.apply(Entry::Acted { at: self.now(), by: by.to_owned(), why: why.to_owned(), act })?;
            if before {
                return Ok((false, self.commit(Purpose::CancelAsked)));
            }
        }
        if before {
            return Ok((true, self.nothing_more()));
        }
        self.apply(Entry::CancelAsked { at: self.now(), by: by.to_owned(), why: why.to_owned() })?;
        self.cancel_within(None)?;
        self.halt();
        Ok((false, self.commit(Purpose::CancelAsked)))
    }

    /// A commit of nothing: what was handed over before is on disk when it is answered.
    fn nothing_more(&self) -> Answer {
        let (expect, along) = (self.written, Along::default());
        let append = Append { id: self.id.clone(), expect, entries: Vec::new(), wakes: false, along };
        commit(&self.inner.ports, append, Purpose::EffectLeaves)
    }
}
