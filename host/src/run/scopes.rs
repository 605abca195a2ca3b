//! The scopes of an instance in this activation: which of their guests run, which wait for a turn, which are parked.
//!
//! A parked guest is unloaded and holds no memory. It is loaded again, and replays its own entries, when what it waits for is
//! there: an end in this instance, a moment, or something from outside.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::{Arc, atomic::Ordering},
};

use cairn_replay::{Command, Instant, Key, Phase, Seq};
use tokio::sync::Notify;

use super::{
    Stop,
    core::{Core, HOST_UNWIND, Mode},
};

/// What became of a scope's guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seat {
    /// It is to be run.
    Queued,
    /// It is loaded.
    Runs,
    /// It is loaded, waits for one of these, and could be unloaded.
    Stays(Vec<Key>),
    /// It is unloaded, and waits for one of these.
    Parked(Vec<Key>),
}

/// How a scope's guest is to go on.
pub(super) enum Entered {
    /// It is not wanted any more.
    Gone,
    /// Its code runs.
    Code,
    /// The host had begun to end it.
    Ending,
}

/// A scope that has begun and not ended.
pub(super) struct Scope {
    pub(super) seat: Seat,
    /// All that is recorded was asked for: open operations are under way.
    live: bool,
    /// The host runs its undos and ends it: nothing else is begun.
    pub(super) ending: bool,
    /// Operations that the code gave up before it had come to the end of what is recorded.
    given_up: Vec<Key>,
    /// Rings when something has changed for its guest.
    bell: Arc<Notify>,
    /// Its guest has come to a wait, and computes nothing.
    waits: bool,
    /// The scope that waits for it.
    beginner: Option<Key>,
    /// How many of those that it began are queued or loaded.
    pub(super) busy: usize,
    /// When a parked one is to be woken.
    due: Option<Instant>,
}

/// See the module.
pub(super) struct Scopes {
    all: BTreeMap<Option<Key>, Scope>,
    queue: Vec<Option<Key>>,
    timers: BTreeSet<(Instant, Option<Key>)>,
    /// Parked, and waiting for something from outside of the instance.
    outside: BTreeSet<Option<Key>>,
    /// Something may have come from outside.
    news: bool,
    /// Rings when there is something to do for whoever runs the guests.
    pub(super) bell: Arc<Notify>,
}

impl Scopes {
    /// With the run itself queued.
    pub(super) fn new() -> Self {
        Self {
            all: BTreeMap::from([(None, Scope::queued(None))]),
            queue: vec![None],
            timers: BTreeSet::new(),
            outside: BTreeSet::new(),
            news: true,
            bell: Arc::default(),
        }
    }

    pub(super) fn get(&self, scope: Option<&Key>) -> Option<&Scope> {
        self.all.get(&scope.cloned())
    }

    pub(super) fn get_mut(&mut self, scope: Option<&Key>) -> Option<&mut Scope> {
        self.all.get_mut(&scope.cloned())
    }

    /// Those within a block, itself included; all, where none is given.
    pub(super) fn within(&self, block: Option<&Key>) -> Vec<Option<Key>> {
        let inside = |scope: &&Option<Key>| match (block, scope) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(block), Some(scope)) => {
                scope.0.strip_prefix(&block.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        };
        match block {
            None => self.all.keys().cloned().collect(),
            Some(block) => {
                let first = Some(block.clone());
                let beginning =
                    |scope: &&Option<Key>| scope.as_ref().is_some_and(|scope| scope.0.starts_with(&block.0));
                self.all
                    .range(first..)
                    .map(|(scope, _)| scope)
                    .take_while(beginning)
                    .filter(inside)
                    .cloned()
                    .collect()
            }
        }
    }

    /// It is to be run.
    fn queue(&mut self, scope: Option<&Key>) {
        self.queue.push(scope.cloned());
        self.bell.notify_one();
    }

    fn unpark(&mut self, scope: Option<&Key>) {
        let Some(of) = self.all.get_mut(&scope.cloned()) else { return };
        if let Some(due) = of.due.take() {
            self.timers.remove(&(due, scope.cloned()));
        }
        self.outside.remove(&scope.cloned());
    }

    /// One more, or one less, of those that a scope began is queued or loaded.
    fn busy(&mut self, beginner: Option<&Key>, more: bool) {
        let Some(beginner) = self.get_mut(beginner) else { return };
        beginner.busy = if more { beginner.busy + 1 } else { beginner.busy.saturating_sub(1) };
        if beginner.busy == 0 {
            beginner.bell.notify_one();
        }
    }

    /// Guests that were cut off are to be run again, as if they were loaded for the first time.
    pub(super) fn requeue(&mut self) {
        self.queue.clear();
        for (scope, of) in &mut self.all {
            if !matches!(of.seat, Seat::Parked(_)) {
                of.seat = Seat::Queued;
                (of.live, of.ending) = (false, false);
                of.given_up.clear();
                self.queue.push(scope.clone());
            }
        }
        self.news = true;
        self.bell.notify_one();
    }

    /// Guests that are to be run.
    pub(super) fn take_queue(&mut self) -> Vec<Option<Key>> {
        mem::take(&mut self.queue)
    }

    /// One of the guests that are to be run.
    pub(super) fn next_queued(&mut self) -> Option<Option<Key>> {
        self.queue.pop()
    }

    /// The next moment at which a parked one is to be woken.
    pub(super) fn next(&self) -> Option<Instant> {
        self.timers.first().map(|(due, _)| *due)
    }

    /// Whose guests compute, behind all that is recorded.
    pub(super) fn computing(&self) -> impl Iterator<Item = &Option<Key>> {
        let computes = |of: &Scope| of.seat == Seat::Runs && of.live && !of.waits && !of.ending;
        self.all.iter().filter(move |(_, of)| computes(of)).map(|(scope, _)| scope)
    }

    /// Its guest has come to a wait, or goes on behind one.
    pub(super) fn waits(&mut self, scope: Option<&Key>, waits: bool) {
        if let Some(of) = self.get_mut(scope) {
            of.waits = waits;
        }
    }

    /// Its guest stays loaded until one of these has ended.
    pub(super) fn stay(&mut self, scope: Option<&Key>, keys: &[Key]) {
        if let Some(of) = self.get_mut(scope) {
            of.seat = Seat::Stays(keys.to_vec());
            self.bell.notify_one();
        }
    }

    /// Its guest looks whether what it waits for is there.
    pub(super) fn looks(&mut self, scope: Option<&Key>) {
        if let Some(of) = self.get_mut(scope).filter(|of| matches!(of.seat, Seat::Stays(_))) {
            of.seat = Seat::Runs;
        }
    }

    /// What the run's own guest waits for, if it stays.
    pub(super) fn staying(&self) -> Option<&[Key]> {
        match &self.get(None)?.seat {
            Seat::Stays(keys) => Some(keys),
            _ => None,
        }
    }

    /// The run's own guest stays loaded.
    pub(super) fn stays(&self) -> bool {
        self.staying().is_some()
    }

    /// What those wait for that could be unloaded, or are.
    pub(super) fn parked(&self) -> impl Iterator<Item = &Key> {
        self.all.values().flat_map(|scope| match &scope.seat {
            Seat::Parked(keys) | Seat::Stays(keys) => keys.as_slice(),
            _ => &[],
        })
    }

    /// Nothing is queued or runs, and nothing has come that nobody looked at.
    pub(super) fn at_rest(&self) -> bool {
        !self.news && self.all.values().all(|of| matches!(of.seat, Seat::Parked(_) | Seat::Stays(_)))
    }
}

impl Scope {
    fn queued(beginner: Option<Key>) -> Self {
        Self {
            seat: Seat::Queued,
            live: false,
            ending: false,
            given_up: Vec::new(),
            bell: Arc::default(),
            waits: false,
            beginner,
            busy: 0,
            due: None,
        }
    }

    /// Its guest looks again, if it is loaded.
    fn rung(&mut self) {
        if matches!(self.seat, Seat::Runs | Seat::Stays(_)) {
            self.seat = Seat::Runs;
            self.bell.notify_one();
        }
    }
}

impl Core {
    pub(super) fn bell(&self, scope: Option<&Key>) -> Arc<Notify> {
        self.scopes.get(scope).map(|scope| Arc::clone(&scope.bell)).unwrap_or_default()
    }

    pub(super) fn is_live(&self, scope: Option<&Key>) -> bool {
        self.scopes.get(scope).is_some_and(|scope| scope.live)
    }

    /// Nothing but undos is begun any more in this scope.
    pub(super) fn stopping(&self, scope: Option<&Key>) -> bool {
        self.machine.is_cancelled(scope) || self.ends(scope)
    }

    /// As [`Core::stopping`], in the scope of an operation.
    pub(super) fn stops(&self, key: &Key) -> bool {
        self.stopping(self.machine.scope_of(key))
    }

    /// Does the host end it, or one around it?
    fn ends(&self, scope: Option<&Key>) -> bool {
        if self.scopes.get(scope).is_some_and(|scope| scope.ending) {
            return true;
        }
        let Some(block) = scope else { return false };
        let undoes = matches!(self.machine.command(block), Some(Command::UndoBlock { .. }));
        !undoes && self.ends(self.machine.scope_of(block))
    }

    /// A scope's guest is to be run for the first time in this activation.
    pub(super) fn start(&mut self, block: &Key, beginner: Option<Key>) {
        self.scopes.busy(beginner.as_ref(), true);
        self.scopes.all.insert(Some(block.clone()), Scope::queued(beginner));
        self.scopes.queue(Some(block));
    }

    /// Its guest is loaded from now on.
    pub(super) fn enter(&mut self, scope: Option<&Key>) -> Result<Entered, Stop> {
        let queued = self.scopes.get_mut(scope).filter(|scope| scope.seat == Seat::Queued && !self.closed);
        let Some(queued) = queued else { return Ok(Entered::Gone) };
        queued.seat = Seat::Runs;
        queued.live = false;
        queued.waits = false;
        self.beside.replays(scope);
        let block =
            matches!(scope.map(|block| self.machine.command(block)), Some(Some(Command::Block { .. })));
        let begun = self.machine.command(&Key::within(scope, HOST_UNWIND)).is_some();
        if begun || (block && self.without_code) {
            queued.ending = true;
            self.machine.skip(scope);
            self.go_live(scope)?;
            return Ok(Entered::Ending);
        }
        let guests = self.inner.guests.fetch_add(1, Ordering::Relaxed);
        tracing::trace!(instance = %self.id.instance, ?scope, guests, "a guest is loaded");
        self.machine.enter(scope);
        self.go_live(scope)?;
        Ok(Entered::Code)
    }

    /// Once the code has asked for all that is recorded, what is open is taken up.
    pub(super) fn go_live(&mut self, scope: Option<&Key>) -> Result<(), Stop> {
        if self.mode == Mode::Prove || self.machine.phase(scope) != Phase::Live {
            return Ok(());
        }
        let Some(of) = self.scopes.get_mut(scope).filter(|of| !of.live) else { return Ok(()) };
        of.live = true;
        for key in mem::take(&mut of.given_up) {
            self.give_up(&key)?;
        }
        let open: Vec<Key> = self.machine.open(scope).cloned().collect();
        open.iter().try_for_each(|key| self.begin(key))
    }

    /// The code gave an operation up before its scope was live.
    pub(super) fn give_up_later(&mut self, scope: Option<&Key>, key: &Key) {
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.given_up.push(key.clone());
        }
    }

    /// Unloads its guest until one of these has ended.
    pub(super) fn park(&mut self, scope: Option<&Key>, keys: &[Key]) {
        let due = self.due_of(scope, keys);
        let outside = keys.iter().any(|key| self.comes_from_outside(key));
        let Some(of) = self.scopes.get_mut(scope) else { return };
        of.seat = Seat::Parked(keys.to_vec());
        of.due = due;
        let beginner = of.beginner.clone();
        self.scopes.timers.extend(due.map(|due| (due, scope.cloned())));
        // What it was woken for may be for another one.
        self.scopes.news |= !self.scopes.outside.is_empty();
        if outside {
            self.scopes.outside.insert(scope.cloned());
        }
        if scope.is_some() {
            self.scopes.busy(beginner.as_ref(), false);
        }
        self.scopes.bell.notify_one();
    }

    pub(super) fn comes_from_outside(&self, key: &Key) -> bool {
        matches!(
            self.machine.command(key),
            Some(
                Command::Receive { .. } | Command::Ask { .. } | Command::Lock { .. } | Command::Child { .. }
            )
        )
    }

    /// Something has changed for a scope: with a key, that this operation of it has ended.
    pub(super) fn ring(&mut self, scope: Option<&Key>, ended: Option<&Key>) {
        let Some(of) = self.scopes.get_mut(scope) else { return };
        match (&of.seat, ended) {
            (Seat::Runs | Seat::Stays(_), _) => of.rung(),
            (Seat::Parked(keys), Some(ended)) if keys.contains(ended) => self.wake(scope),
            _ => {}
        }
    }

    /// A parked guest is loaded again.
    pub(super) fn wake(&mut self, scope: Option<&Key>) {
        self.scopes.unpark(scope);
        let Some(of) = self.scopes.get_mut(scope).filter(|of| matches!(of.seat, Seat::Parked(_))) else {
            return;
        };
        of.seat = Seat::Queued;
        let beginner = of.beginner.clone();
        if scope.is_some() {
            self.scopes.busy(beginner.as_ref(), true);
        }
        self.scopes.queue(scope);
    }

    /// Something may have come from outside, for whichever scope.
    pub(super) fn ring_all(&mut self) {
        self.scopes.news = true;
        for of in self.scopes.all.values_mut() {
            of.rung();
        }
        self.scopes.bell.notify_one();
    }

    /// Wakes those whose moment has come, or for whom something has come.
    pub(super) fn wake_due(&mut self, now: Instant) -> Result<(), Stop> {
        while let Some((due, scope)) = self.scopes.timers.first().cloned()
            && due <= now
        {
            self.scopes.timers.remove(&(due, scope.clone()));
            self.wake(scope.as_ref());
        }
        if !mem::take(&mut self.scopes.news) || self.scopes.outside.is_empty() {
            return Ok(());
        }
        let mut inbox = None;
        for scope in self.scopes.outside.clone() {
            let Some(Seat::Parked(keys)) = self.scopes.get(scope.as_ref()).map(|of| of.seat.clone()) else {
                continue;
            };
            if self.comes_to(&keys, now, &mut inbox)? {
                self.wake(scope.as_ref());
            }
        }
        Ok(())
    }

    /// A scope is over, and all that is within it: nothing of it goes on.
    pub(super) fn drop_scope(&mut self, block: &Key) {
        for scope in self.scopes.within(Some(block)) {
            self.scopes.unpark(scope.as_ref());
            self.has_stopped(scope.as_ref());
            if let Some(of) = self.scopes.all.remove(&scope)
                && !matches!(of.seat, Seat::Parked(_))
            {
                of.bell.notify_one();
                self.scopes.busy(of.beginner.as_ref(), false);
            }
            let open: Vec<Key> = self.machine.open(scope.as_ref()).cloned().collect();
            open.iter().for_each(|key| self.stop_effect(key));
            if let Some(block) = &scope {
                self.machine.leave(block);
            }
        }
        self.scopes.news |= !self.scopes.outside.is_empty();
        self.scopes.bell.notify_one();
    }

    /// The instance was waiting when it was loaded, and had this many entries: each of its scopes was parked, and none is run before there is
    /// something for it.
    pub(super) fn rest(&mut self, next: Seq) -> Result<(), Stop> {
        if self.machine.next() != next {
            return Ok(());
        }
        self.scopes.queue.clear();
        self.scopes.all.clear();
        self.rest_in(None, None)
    }

    fn rest_in(&mut self, scope: Option<&Key>, beginner: Option<Key>) -> Result<(), Stop> {
        let mut of = Scope::queued(beginner);
        of.live = true;
        of.seat = Seat::Parked(Vec::new());
        self.scopes.all.insert(scope.cloned(), of);
        let open: Vec<Key> = self.machine.open(scope).cloned().collect();
        for key in &open {
            let within = match self.machine.command(key) {
                Some(Command::Block { .. }) => Some(key.clone()),
                Some(Command::Unwind { .. }) => self.undo_block_of(key),
                _ => None,
            };
            match within {
                Some(block) => self.rest_in(Some(&block), scope.cloned())?,
                None => self.begin(key)?,
            }
        }
        self.park(scope, &open);
        if open.iter().any(|key| self.machine.outcome(key).is_some()) {
            self.wake(scope);
        }
        Ok(())
    }
}
