//! The guest waits: what of it can end now does so, one at a time, so that nothing is taken that nobody sees.

use cairn_journal::{Message, Waiting};
use cairn_replay::{Command, Instant, Key, Outcome, Subscription};

use super::{
    Stop,
    commit::{Purpose, store},
    core::{Answer, Core, Mode},
    people,
};
use crate::{Error, crash, events, ops::Progress};

/// What is to be done about a wait.
pub(super) enum Step {
    /// One has ended: its index.
    Ready(usize),
    /// One ends with this commit, behind which a crash point lies; then look again.
    Ends(Answer, &'static str),
    /// It stays loaded until something happens, or this moment.
    Park(Option<Instant>),
    /// It can be unloaded once this is on disk.
    Unload(Answer),
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
    /// One look at a wait for any of these.
    pub(super) fn step(&mut self, keys: &[Key]) -> Result<Step, Stop> {
        if let Some(error) = &self.broken {
            return Err(Stop::Fault(error.clone()));
        }
        if let Some(index) = self.machine.wait(None, keys)? {
            return Ok(Step::Ready(index));
        }
        if self.mode == Mode::Prove {
            return Err(Stop::Proven);
        }
        let now = self.now();
        self.in_time(now)?;
        self.remind(keys, now)?;
        self.launch_due(now);
        if let Some(arrival) = self.earliest(keys, now)? {
            return self.take(arrival);
        }
        let waiting = self.waiting(keys);
        if self.may_unload(now) {
            return self.unload(keys, waiting);
        }
        if self.has_pending() {
            return Ok(Step::Ends(self.commit(Purpose::Parks), "end:after-commit"));
        }
        Ok(Step::Park(waiting.until))
    }

    fn earliest(&self, keys: &[Key], now: Instant) -> Result<Option<Arrival>, Stop> {
        let mut inbox = None;
        let mut earliest: Option<Arrival> = None;
        for key in keys {
            let arrival = self.arrival(key, now, &mut inbox)?;
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
            *inbox = Some(self.inbox()?);
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

    fn inbox(&self) -> Result<Vec<Message>, Stop> {
        let inbox = self.inner.ports.journal.inbox(&self.id).map_err(|e| Stop::Fault(store(&e)))?;
        Ok(inbox.into_iter().filter(|message| !self.taken.contains(&message.id)).collect())
    }

    fn take(&mut self, arrival: Arrival) -> Result<Step, Stop> {
        let null = || Ok(cairn_replay::Json("null".to_owned()));
        let (outcome, message) = match arrival.what {
            What::Due => (null(), None),
            // Somebody else may have taken it just now: then it is waited for as before.
            What::Place if !self.may_take(&arrival.key, true)? => return Ok(Step::Park(Some(self.now()))),
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

    /// What it waits for, as it stands in its head.
    fn waiting(&self, keys: &[Key]) -> Waiting {
        let timers = keys.iter().filter_map(|key| self.due(key).or_else(|| self.reminder(key)));
        let timers = timers.chain(self.latest());
        let delays = self.delays.values().map(|(due, _)| *due);
        let mut events: Vec<String> = Vec::new();
        for key in keys {
            if let Some(Command::Receive { subscriptions }) = self.machine.command(key) {
                events.extend(subscriptions.iter().map(|one| one.event.clone()));
            }
        }
        events.sort();
        events.dedup();
        let on = keys.iter().filter_map(|key| self.waits_on(key)).collect();
        Waiting { until: timers.chain(delays).min(), events, on }
    }

    /// Nothing is out, and nothing will be soon.
    fn may_unload(&self, now: Instant) -> bool {
        let short = u64::try_from(self.inner.limits.short_delay.as_millis()).unwrap_or(u64::MAX);
        self.effects.is_empty() && self.delays.values().all(|(due, _)| due.0.saturating_sub(now.0) > short)
    }

    fn unload(&mut self, keys: &[Key], waiting: Waiting) -> Result<Step, Stop> {
        if waiting.until.is_none() && waiting.events.is_empty() && waiting.on.is_empty() {
            let names: Vec<_> = keys.iter().map(|key| key.0.as_str()).collect();
            return Err(Stop::Fault(Error::fault(format!("nothing can end {}", names.join(" or ")))));
        }
        crash::point("wait:before-unload");
        self.announce(Progress::Waiting {
            until: waiting.until.map(|until| until.0),
            events: waiting.events.clone(),
            on: waiting.on.clone(),
            keys: keys.iter().map(|key| key.0.clone()).collect(),
        });
        self.closed = true;
        if let Some(until) = waiting.until {
            self.inner.schedule.add(until, &self.id);
        }
        Ok(Step::Unload(self.commit(Purpose::Unloads(waiting))))
    }
}

fn arrived(inbox: &[Message], key: &Key, subscriptions: &[Subscription]) -> Option<Arrival> {
    inbox.iter().find_map(|message| {
        let subscription = events::fits(message, subscriptions)?;
        let what = What::Event(message.clone(), subscription);
        Some(Arrival { moment: message.at, key: key.clone(), what })
    })
}
