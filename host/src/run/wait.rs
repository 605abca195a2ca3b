//! The guest waits: what of it can end now does so, one at a time, so that nothing is taken that nobody sees.

use cairn_journal::{Message, Waiting};
use cairn_replay::{Command, Instant, Key, Subscription};

use super::{
    Stop,
    commit::{Purpose, store},
    core::{Answer, Core, Mode},
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
    /// With which subscription it fits; none is a timer.
    message: Option<(Message, usize)>,
}

impl Core {
    /// One look at a wait for any of these.
    pub(super) fn step(&mut self, keys: &[Key]) -> Result<Step, Stop> {
        if let Some(error) = &self.broken {
            return Err(Stop::Fault(error.clone()));
        }
        if let Some(index) = self.machine.wait(keys)? {
            return Ok(Step::Ready(index));
        }
        if self.mode == Mode::Prove {
            return Err(Stop::Proven);
        }
        let now = self.now();
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
            let arrival = match (self.due(key), self.machine.command(key)) {
                (Some(due), _) => {
                    (due <= now).then(|| Arrival { moment: due, key: key.clone(), message: None })
                }
                (None, Some(Command::Receive { subscriptions })) => {
                    let inbox = match &mut inbox {
                        Some(inbox) => inbox,
                        none => none.insert(self.inbox()?),
                    };
                    arrived(inbox, key, subscriptions)
                }
                _ => None,
            };
            if let Some(arrival) = arrival
                && earliest.as_ref().is_none_or(|earliest| arrival.moment < earliest.moment)
            {
                earliest = Some(arrival);
            }
        }
        Ok(earliest)
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
        let Some((message, subscription)) = arrival.message else {
            self.end(&arrival.key, Ok(cairn_replay::Json("null".to_owned())))?;
            crash::point("end:before-commit");
            return Ok(Step::Ends(self.commit(Purpose::OutcomeCame), "end:after-commit"));
        };
        self.end(&arrival.key, Ok(events::received(&message, subscription)))?;
        self.taken.insert(message.id.clone());
        crash::point("event:before-consume");
        Ok(Step::Ends(self.commit(Purpose::MessageTaken(message.id)), "event:after-consume"))
    }

    /// What it waits for, as it stands in its head.
    fn waiting(&self, keys: &[Key]) -> Waiting {
        let timers = keys.iter().filter_map(|key| self.due(key));
        let delays = self.delays.values().map(|(due, _)| *due);
        let mut events: Vec<String> = Vec::new();
        for key in keys {
            if let Some(Command::Receive { subscriptions }) = self.machine.command(key) {
                events.extend(subscriptions.iter().map(|one| one.event.clone()));
            }
        }
        events.sort();
        events.dedup();
        Waiting { until: timers.chain(delays).min(), events, on: Vec::new() }
    }

    /// Nothing is out, and nothing will be soon.
    fn may_unload(&self, now: Instant) -> bool {
        let short = u64::try_from(self.inner.limits.short_delay.as_millis()).unwrap_or(u64::MAX);
        self.effects.is_empty() && self.delays.values().all(|(due, _)| due.0.saturating_sub(now.0) > short)
    }

    fn unload(&mut self, keys: &[Key], waiting: Waiting) -> Result<Step, Stop> {
        if waiting.until.is_none() && waiting.events.is_empty() {
            let names: Vec<_> = keys.iter().map(|key| key.0.as_str()).collect();
            return Err(Stop::Fault(Error::fault(format!("nothing can end {}", names.join(" or ")))));
        }
        crash::point("wait:before-unload");
        self.announce(Progress::Waiting {
            until: waiting.until.map(|until| until.0),
            events: waiting.events.clone(),
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
        let message = (message.clone(), subscription);
        Some(Arrival { moment: message.0.at, key: key.clone(), message: Some(message) })
    })
}
