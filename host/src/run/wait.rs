//! The guest waits: what of it can end now does so, one at a time, so that nothing is taken that nobody sees.

use cairn_journal::{Message, Waiting};
use cairn_replay::{Command, Instant, Key, NextUndo, Outcome, Subscription};

use super::{
    Stop,
    commit::{Purpose, store},
    core::{Answer, Core, Mode},
    people,
    stays::Rest,
};
use crate::{Error, crash, events};

/// What stands in front of the key of a step that is unclear, among what an instance waits for.
pub(super) const UNCLEAR: &str = "unclear ";

/// What is to be done about a wait.
pub(super) enum Step {
    /// One has ended: its index.
    Ready(usize),
    /// One ends with this commit, behind which a crash point lies; then look again.
    Ends(Answer, &'static str),
    /// It stays loaded until something happens, or this moment.
    Waits(Option<Instant>),
    /// It is unloaded, and loaded again when one of them can end.
    Parked,
}

/// Something that is there for an awaited operation.
struct Arrival {
    /// When it came: the earliest counts, also after a pause.
    moment: Instant,
    key: Key,
    what: What,
}

/// What is there.
enum What {
    /// The moment.
    Due,
    /// A message, and with which subscription it fits.
    Event(Message, usize),
    /// What a person answered.
    Answer(Message),
    /// A place of a lock.
    Place,
    /// The end of another instance.
    Child(Outcome),
}

impl Core {
    /// Those that have to be looked after while they are waited for. What is done by the host (steps, blocks) says itself when it has ended, and of many
    /// branches all are.
    pub(super) fn looked_after(&self, keys: &[Key]) -> Vec<Key> {
        let comes = |key: &&Key| {
            self.comes_from_outside(key)
                || matches!(self.machine.command(key), Some(Command::Until { .. } | Command::Span { .. }))
        };
        keys.iter().filter(comes).cloned().collect()
    }

    /// One look at a wait for any of these; `comes` are those of them that have to be looked after.
    pub(super) fn step(&mut self, scope: Option<&Key>, keys: &[Key], comes: &[Key]) -> Result<Step, Stop> {
        if let Some(error) = &self.broken {
            return Err(Stop::Fault(error.clone()));
        }
        if self.closed || self.machine.paused() || self.scopes.get(scope).is_none() {
            return Err(Stop::Unload);
        }
        self.has_stopped(scope);
        self.scopes.looks(scope);
        let ready = self.machine.wait(scope, keys)?;
        self.scopes.waits(scope, ready.is_none());
        if let Some(index) = ready {
            if scope.is_none() {
                self.stay = None;
            }
            return Ok(Step::Ready(index));
        }
        if self.mode == Mode::Prove {
            return Err(Stop::Proven);
        }
        let now = self.now();
        if scope.is_none() {
            self.in_time(now)?;
        }
        self.remind(comes, now)?;
        if let Some(arrival) = self.earliest(comes, now, &mut None)? {
            return self.take(arrival);
        }
        if self.may_park(scope, now) {
            let Some(until) = self.may_stay(scope, now) else {
                self.park(scope, keys);
                return Ok(Step::Parked);
            };
            self.scopes.stay(scope, keys);
            return Ok(Step::Waits(self.due_of(scope, comes).into_iter().chain([until]).min()));
        }
        if self.has_pending() {
            return Ok(Step::Ends(self.commit(Purpose::Parks), "end:after-commit"));
        }
        Ok(Step::Waits(self.due_of(scope, comes)))
    }

    /// Is there something for a parked scope? What it will take is taken out of the inbox.
    pub(super) fn comes_to(
        &self,
        keys: &[Key],
        now: Instant,
        inbox: &mut Option<Vec<Message>>,
    ) -> Result<bool, Stop> {
        let Some(arrival) = self.earliest(keys, now, inbox)? else { return Ok(false) };
        if let (What::Event(taken, _) | What::Answer(taken), Some(inbox)) = (&arrival.what, inbox) {
            inbox.retain(|message| message.id != taken.id);
        }
        Ok(true)
    }

    fn earliest(
        &self,
        keys: &[Key],
        now: Instant,
        inbox: &mut Option<Vec<Message>>,
    ) -> Result<Option<Arrival>, Stop> {
        let mut earliest: Option<Arrival> = None;
        for key in keys {
            let arrival = self.arrival(key, now, inbox)?;
            if let Some(arrival) = arrival
                && earliest.as_ref().is_none_or(|earliest| arrival.moment < earliest.moment)
            {
                earliest = Some(arrival);
            }
        }
        Ok(earliest)
    }

    fn arrival(
        &self,
        key: &Key,
        now: Instant,
        inbox: &mut Option<Vec<Message>>,
    ) -> Result<Option<Arrival>, Stop> {
        let of = |moment, what| Arrival { moment, key: key.clone(), what };
        if let Some(due) = self.due(key) {
            return Ok((due <= now).then(|| of(due, What::Due)));
        }
        if matches!(self.machine.command(key), Some(Command::Receive { .. } | Command::Ask { .. }))
            && inbox.is_none()
        {
            *inbox = Some(self.inbox(now)?);
        }
        let inbox = inbox.as_deref().unwrap_or_default();
        Ok(match self.machine.command(key) {
            Some(Command::Receive { subscriptions }) => arrived(inbox, key, subscriptions),
            Some(Command::Ask { .. }) => {
                people::answer(inbox, key).map(|message| of(message.at, What::Answer(message.clone())))
            }
            Some(Command::Lock { .. }) => self.may_take(key, false)?.then(|| of(now, What::Place)),
            Some(Command::Child { .. }) => {
                self.child_ended(key)?.map(|(at, outcome)| of(at, What::Child(outcome)))
            }
            _ => None,
        })
    }

    pub(super) fn clock_until(&self, moment: Instant) -> crate::port::Wait {
        self.inner.ports.clock.until(moment)
    }

    /// When a sleep ends.
    fn due(&self, key: &Key) -> Option<Instant> {
        match self.machine.command(key)? {
            Command::Until { due } => Some(*due),
            Command::Span { span } => Some(Instant(self.machine.asked_at(key)?.0.saturating_add(span.0))),
            _ => None,
        }
    }

    /// What of it may be taken.
    fn inbox(&self, now: Instant) -> Result<Vec<Message>, Stop> {
        let mut inbox = self.inner.ports.journal.inbox(&self.id).map_err(|e| Stop::Fault(store(&e)))?;
        inbox.retain(|message| events::is_live(message.expires, now) && !self.taken.contains(&message.id));
        Ok(inbox)
    }

    fn take(&mut self, arrival: Arrival) -> Result<Step, Stop> {
        let null = || Ok(cairn_replay::Json("null".into()));
        let (outcome, message) = match arrival.what {
            What::Due => (null(), None),
            // Somebody else may have taken it just now: then it is waited for as before.
            What::Place if !self.may_take(&arrival.key, true)? => return Ok(Step::Waits(Some(self.now()))),
            What::Place => (null(), None),
            What::Child(outcome) => (outcome, None),
            What::Answer(message) => (Ok(people::answered(&message)), Some(message)),
            What::Event(message, subscription) => {
                (Ok(events::received(&message, subscription)), Some(message))
            }
        };
        self.end(&arrival.key, outcome)?;
        let Some(message) = message else {
            crash::point("end:before-commit");
            return Ok(Step::Ends(self.commit(Purpose::OutcomeCame), "end:after-commit"));
        };
        self.taken.insert(message.id.clone());
        crash::point("event:before-consume");
        Ok(Step::Ends(self.commit(Purpose::MessageTaken(message.id)), "event:after-consume"))
    }

    /// What else it waits for, in words.
    fn waits_on(&self, key: &Key) -> Option<String> {
        Some(match self.machine.command(key)? {
            Command::Ask { whom, .. } => format!("answer {} from {whom}", key.0),
            Command::Lock { name, .. } => format!("lock {name}"),
            Command::Child { workflow, .. } => {
                match self.beside.children.get(key).and_then(|child| child.id.as_ref()) {
                    Some(id) => format!("child {}", id.instance),
                    None => format!("child {workflow}"),
                }
            }
            _ => return None,
        })
    }

    /// When one of these ends, or somebody is to be reminded, or the run has taken as long as it may.
    pub(super) fn due_of(&self, scope: Option<&Key>, keys: &[Key]) -> Option<Instant> {
        let timers = keys.iter().filter_map(|key| self.due(key).or_else(|| self.reminder(key)));
        let latest = if scope.is_none() { self.latest() } else { None };
        timers.chain(latest).min()
    }

    /// What all parked scopes wait for, as it stands in the instance's head.
    ///
    /// # Errors
    /// A fault if nothing of it can ever come.
    pub(super) fn waiting(&self) -> Result<Waiting, Stop> {
        let mut events: Vec<String> = Vec::new();
        let mut on = Vec::new();
        for key in self.scopes.parked() {
            if let Some(Command::Receive { subscriptions }) = self.machine.command(key) {
                events.extend(subscriptions.iter().map(|one| one.event.clone()));
            }
            on.extend(self.waits_on(key));
        }
        on.extend(self.unclear.iter().map(|key| format!("{UNCLEAR}{}", key.0)));
        events.sort();
        events.dedup();
        let delays = self.delays.values().map(|(due, _)| *due);
        let stays = self.scopes.staying().and_then(|keys| self.due_of(None, keys));
        let until = delays.chain(self.scopes.next()).chain(self.unwinding_ends()).chain(stays).min();
        if until.is_none() && events.is_empty() && on.is_empty() {
            let keys = self.waits_for().join(" or ");
            return Err(Stop::Fault(Error::fault(format!("nothing can end {keys}"))));
        }
        Ok(Waiting { until, events, on })
    }

    /// The operations that end from outside, of all that it waits for.
    pub(super) fn waits_for(&self) -> Vec<String> {
        let waits = |key: &&Key| {
            !matches!(self.machine.command(key), Some(Command::Block { .. } | Command::Unwind { .. }))
        };
        self.scopes.parked().filter(waits).map(|key| key.0.clone()).collect()
    }

    /// Nothing that its code asked for is out, or will be soon.
    fn may_park(&mut self, scope: Option<&Key>, now: Instant) -> bool {
        let busy = self.scopes.get(scope).is_some_and(|of| of.busy > 0);
        // Blocks that wait for a turn may wait for that of this one.
        let makes_room = scope.is_some() && self.inner.blocks.available_permits() == 0;
        if busy && !makes_room {
            return false;
        }
        let open: Vec<Key> = self.machine.open(scope).cloned().collect();
        !open.iter().any(|key| self.is_out(key, now))
    }

    fn is_out(&mut self, key: &Key, now: Instant) -> bool {
        let doing = match self.machine.command(key) {
            Some(Command::Unwind { .. }) => match self.machine.next_undo(key) {
                NextUndo::Run(undo) => undo,
                _ => return false,
            },
            _ => key.clone(),
        };
        let soon = |due: Instant| due.0.saturating_sub(now.0) <= self.short();
        self.effects.contains_key(&doing) || self.delays.get(&doing).is_some_and(|(due, _)| soon(*due))
    }

    /// A delay that is not worth unloading for, in milliseconds: none where its journal says already that it waits.
    fn short(&self) -> u64 {
        if self.rest != Rest::No {
            return 0;
        }
        u64::try_from(self.inner.limits.short_delay.as_millis()).unwrap_or(u64::MAX)
    }

    /// An effect is out, or will be before it is worth to be unloaded.
    pub(super) fn is_out_soon(&self, now: Instant) -> bool {
        let short = self.short();
        let soon = |(due, _): &(Instant, u32)| due.0.saturating_sub(now.0) <= short;
        !self.effects.is_empty() || self.delays.values().any(soon)
    }
}

fn arrived(inbox: &[Message], key: &Key, subscriptions: &[Subscription]) -> Option<Arrival> {
    inbox.iter().find_map(|message| {
        let subscription = events::fits(message, subscriptions)?;
        let what = What::Event(message.clone(), subscription);
        Some(Arrival { moment: message.at, key: key.clone(), what })
    })
}
