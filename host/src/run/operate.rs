//! What operators do to an instance that is loaded, and what of that needs no code.

use std::sync::Arc;

use cairn_journal::{InstanceId, Status};
use cairn_replay::{Act, Command, Entry, Instant, Key, Machine, Outcome, Phase, Seq};
use tokio::task::JoinSet;

use super::{
    Activation, Claim, Stop,
    beside::{Beside, News},
    child,
    commit::{Along, Append, Purpose, commit, settled},
    core::{Answer, Core},
    effect::step_of,
    lock::told,
    turn, words,
};
use crate::{Error, host::Inner, ops::Progress};

/// Who did something to an instance, and why.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) by: String,
    pub(crate) why: String,
}

impl Who {
    /// The entry that keeps it.
    pub(crate) fn acted(&self, at: Instant, act: Act) -> Entry {
        Entry::Acted { at, by: self.by.clone(), why: self.why.clone(), act }
    }

    /// What a run that was terminated ends with.
    fn terminated(&self) -> Outcome {
        let why = if self.why.is_empty() { String::new() } else { format!(": {}", self.why) };
        Err(words::fail("terminated", format!("terminated by {}{why}", self.by)))
    }
}

/// Why a loaded instance is not let go of.
pub(crate) enum Held {
    /// An attempt at this step is out.
    Out(Key),
    /// It is about to be.
    Soon,
}

impl Activation {
    /// Nothing new of it runs; attempts that are out come to their end. `None` if it is being unloaded, or over.
    pub(crate) fn pause(&self, who: &Who) -> Result<Option<Answer>, Error> {
        self.core().operate(|core| {
            core.apply(who.acted(core.now(), Act::Pause))?;
            core.pauses += 1;
            Ok(core.commit(Purpose::Pauses))
        })
    }

    /// What was paused and has attempts out goes on. `None` if it is being unloaded.
    pub(crate) fn go_on(&self, who: &Who) -> Result<Option<Answer>, Error> {
        self.core().operate(|core| {
            core.apply(who.acted(core.now(), Act::Continue))?;
            Ok(core.commit(Purpose::Wakes))
        })
    }

    /// Nobody runs it any more; for one that was terminated, once that is on disk.
    pub(crate) fn dismiss(&self) {
        self.core().dismiss();
    }

    /// It is over at once; whoever runs it is told by [`Activation::dismiss`]. `None` if it is being unloaded, or over.
    pub(crate) fn terminate(&self, who: &Who) -> Result<Option<Answer>, Error> {
        self.core().operate(|core| {
            core.apply(who.acted(core.now(), Act::Terminate))?;
            core.apply(Entry::Finished { at: core.now(), outcome: who.terminated() })?;
            core.beside.leave_all(true);
            let answer = core.commit(Purpose::Over(Status::Failed("terminated".to_owned())));
            core.announce(Progress::Finished { outcome: words::outcome(&who.terminated()) });
            core.close();
            Ok(answer)
        })
    }

    /// An open operation gets this outcome. An inner `None` if it is not open; an outer one if it is being unloaded.
    pub(crate) fn decide(
        &self,
        who: &Who,
        key: &Key,
        outcome: Outcome,
    ) -> Result<Option<Option<Answer>>, Error> {
        self.core().operate(|core| {
            if core.machine.command(key).is_none() || core.machine.outcome(key).is_some() {
                return Ok(None);
            }
            core.apply(who.acted(core.now(), Act::Decide { key: key.clone() }))?;
            core.abandon(key);
            core.end(key, outcome)?;
            Ok(Some(core.commit(if core.machine.paused() { Purpose::Pauses } else { Purpose::Wakes })))
        })
    }

    /// Unloads it, unless something of it is out.
    pub(crate) fn let_go(&self) -> Result<(), Held> {
        let mut core = self.core();
        let mut out = core.effects.keys();
        if let Some(step) = out.find(|key| step_of(core.machine.command(key)).is_some()) {
            return Err(Held::Out(step.clone()));
        }
        if !core.effects.is_empty() {
            return Err(Held::Soon);
        }
        core.dismiss();
        Ok(())
    }
}

impl Core {
    /// Does something for an operator, unless it is too late for that.
    pub(super) fn operate<T>(
        &mut self,
        does: impl FnOnce(&mut Self) -> Result<T, Stop>,
    ) -> Result<Option<T>, Error> {
        let over = self.machine.phase(None) == Phase::Finished;
        if self.closed || over || self.machine.divergence().is_some() {
            return Ok(None);
        }
        let done = does(self).map(Some).map_err(|stop| Error::fault(stop.to_string()));
        self.ring_all();
        done
    }

    /// Nobody runs it any more.
    fn dismiss(&mut self) {
        self.dismissed = true;
        self.close();
        self.scopes.bell.notify_one();
    }

    /// The outcome of another instance is not waited for any more.
    fn abandon(&mut self, key: &Key) {
        if let Some(id) = self.beside.children.get(key).and_then(|child| child.id.clone()) {
            self.send_cancel(id);
        }
    }

    /// Guests that were cut off when it was paused are run again.
    fn goes_on(&mut self) {
        self.scopes.requeue();
    }

    /// An attempt has come back, or whatever else was out.
    pub(super) fn is_back(&mut self, key: &Key) {
        self.effects.remove(key);
        if self.machine.paused() {
            self.scopes.bell.notify_one();
        }
    }
}

/// Nothing of it runs while it is paused: guests are cut off, and what is out comes to its end. Also where it goes on again before
/// anybody looked: its guests may have seen that it was paused, and be gone.
///
/// # Errors
/// [`Stop::Unload`] when nothing is out any more, or it is over; what keeps the host from going on.
pub(super) async fn halted<T: 'static>(
    activation: &Arc<Activation>,
    guests: &mut JoinSet<T>,
) -> Result<(), Stop> {
    if !activation.core().cuts_off() {
        return Ok(());
    }
    guests.shutdown().await;
    let bell = Arc::clone(&activation.core().scopes.bell);
    loop {
        {
            let mut core = activation.core();
            if let Some(error) = &core.broken {
                return Err(Stop::Fault(error.clone()));
            }
            if core.closed {
                return Err(Stop::Unload);
            }
            if !core.machine.paused() {
                core.goes_on();
                return Ok(());
            }
            if core.effects.is_empty() {
                core.announce(Progress::Paused);
                core.close();
                return Err(Stop::Unload);
            }
        }
        bell.notified().await;
    }
}

impl Core {
    /// Its guests are to be cut off, once for each time that it is paused.
    fn cuts_off(&mut self) -> bool {
        let paused_again = self.pauses > std::mem::replace(&mut self.halts, self.pauses);
        // The guest of one that is over still tells so, once that is on disk.
        (paused_again && !self.closed) || self.halts()
    }

    /// Nothing of it is to run, at least for now.
    pub(super) fn halts(&self) -> bool {
        // One that is closed because its run is over has a guest that still tells so.
        self.dismissed || self.machine.paused()
    }
}

/// Pauses an instance that is not loaded.
///
/// # Errors
/// The journal's.
pub(crate) fn pause(
    inner: &Arc<Inner>,
    id: &InstanceId,
    history: &[Entry],
    who: &Who,
) -> Result<Answer, Error> {
    let mut beside = Beside::of(history);
    beside.turn = turn::of(inner, id)?;
    let paused = who.acted(inner.ports.clock.now(), Act::Pause);
    beside.take(&paused);
    let (along, news) = beside.along();
    let expect = Seq(history.len() as u64);
    let append = Append { id: id.clone(), expect, entries: vec![paused], wakes: false, along };
    Ok(told(inner, id, commit(&inner.ports, append, Purpose::Pauses), news))
}

/// Ends an instance that is not loaded, at once.
///
/// # Errors
/// The journal's.
pub(crate) async fn terminate(
    inner: &Arc<Inner>,
    claim: &Claim,
    history: &[Entry],
    who: &Who,
) -> Result<(), Error> {
    let id = &claim.id;
    let mut beside = Beside::of(history);
    beside.turn = turn::of(inner, id)?;
    beside.leave_all(true);
    let (along, news) = beside.along();
    let at = inner.ports.clock.now();
    let entries = vec![who.acted(at, Act::Terminate), Entry::Finished { at, outcome: who.terminated() }];
    let expect = Seq(history.len() as u64);
    let append = Append { id: id.clone(), expect, entries, wakes: false, along };
    let over = Purpose::Over(Status::Failed("terminated".to_owned()));
    settled(told(inner, id, commit(&inner.ports, append, over), news)).await
}

/// Other instances that an instance has started, by the keys of its operations.
///
/// # Errors
/// The journal's.
pub(crate) fn children(
    inner: &Inner,
    id: &InstanceId,
    machine: &Machine,
    history: &[Entry],
) -> Result<Vec<(Key, InstanceId)>, Error> {
    let mut children = Vec::new();
    for entry in history {
        if let Entry::Asked { key, command: Command::Child { .. } | Command::Spawn { .. }, .. } = entry
            && let Some(child) = child::instance_of(inner, id, machine, key)?
        {
            children.push((key.clone(), child));
        }
    }
    Ok(children)
}

/// Other instances whose outcomes it waits for.
///
/// # Errors
/// The journal's.
pub(crate) fn waited_for(
    inner: &Inner,
    id: &InstanceId,
    machine: &Machine,
    history: &[Entry],
) -> Result<Vec<InstanceId>, Error> {
    let waits = |key: &Key| {
        machine.outcome(key).is_none() && matches!(machine.command(key), Some(Command::Child { .. }))
    };
    let all = children(inner, id, machine, history)?;
    Ok(all.into_iter().filter(|(key, _)| waits(key)).map(|(_, child)| child).collect())
}

/// What becomes of the places that an instance has in lines where its journal becomes another one.
pub(crate) fn leaves(over: bool, before: &[Entry], after: &[Entry]) -> (Along, Vec<News>) {
    let mut beside = Beside::of(before);
    beside.becomes(&Beside::of(after), over);
    beside.along()
}
