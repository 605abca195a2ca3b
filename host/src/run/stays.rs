//! An instance that waits may stay loaded for a while: what comes next finds it where it is, and nothing is replayed. On disk it waits
//! as one that is unloaded, and it makes room as soon as another one wants to be loaded.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use cairn_replay::{Instant, Key};

use super::{
    Activation, Stop,
    commit::Purpose,
    core::{Answer, Core},
};
use crate::{crash, ops::Progress};

/// Those that stay, the one that has stayed longest first.
#[derive(Default)]
pub(crate) struct Stays(Mutex<Staying>);

#[derive(Default)]
struct Staying {
    next: u64,
    all: BTreeMap<u64, Weak<Activation>>,
}

/// A place among those that stay; dropping it gives it up.
struct Place {
    stays: Arc<Stays>,
    number: u64,
}

/// An instance stays.
pub(super) struct Stay {
    /// Until then at the longest.
    until: Instant,
    /// Another one wants its room.
    leaves: bool,
    /// Held, so that it is found.
    _place: Place,
}

/// How it stands on disk with an instance that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Something came since, or nobody has said yet that it waits.
    No,
    /// The commit is handed over.
    Handed,
    /// It is written there, and nothing came since.
    Kept,
}

/// An instance of which nothing is out.
pub(super) struct Rests {
    /// The commit that says so, unless it is on disk already.
    pub(super) answer: Option<Answer>,
    /// When it is to be woken.
    pub(super) until: Option<Instant>,
}

impl Stays {
    fn lock(&self) -> MutexGuard<'_, Staying> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(self: &Arc<Self>, activation: Weak<Activation>) -> Place {
        let mut staying = self.lock();
        let number = staying.next;
        staying.next += 1;
        staying.all.insert(number, activation);
        drop(staying);
        Place { stays: Arc::clone(self), number }
    }

    /// The one that has stayed longest is unloaded, if there is one.
    pub(crate) fn one_leaves(&self) {
        // Not under the lock: whoever looks whether it may stay takes it under that of its core.
        let longest = self.lock().all.pop_first();
        if let Some(activation) = longest.and_then(|(_, activation)| activation.upgrade()) {
            activation.core().makes_room();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.stays.lock().all.remove(&self.number);
    }
}

impl Core {
    /// Until when the guest of a scope that could be unloaded stays.
    pub(super) fn may_stay(&mut self, scope: Option<&Key>, now: Instant) -> Option<Instant> {
        let span = u64::try_from(self.inner.stay.as_millis()).unwrap_or(u64::MAX);
        // Whoever is to stop may have a turn that others need to stop, too.
        if span == 0 || scope.is_some() || self.machine.cancelled().is_some() {
            return None;
        }
        let (stays, me) = (&self.inner.stays, &self.me);
        let stay = self.stay.get_or_insert_with(|| Stay {
            until: Instant(now.0.saturating_add(span)),
            leaves: false,
            _place: stays.take(me.clone()),
        });
        // Looked at behind taking the place: whoever found none that could leave is in the line by now.
        let has_room = self.inner.loaded.available_permits() > 0;
        let stays = (has_room && !stay.leaves && now < stay.until).then_some(stay.until);
        if stays.is_none() {
            self.stay = None;
        }
        stays
    }

    fn makes_room(&mut self) {
        if let Some(stay) = &mut self.stay {
            stay.leaves = true;
            self.ring(None, None);
        }
    }

    /// If all guests are unloaded and nothing is out, the instance can be so too, once this is on disk.
    pub(super) fn unload(&mut self, now: Instant) -> Result<Option<Rests>, Stop> {
        let rests = self.comes_to_rest(now)?;
        self.closed |= rests.is_some();
        Ok(rests)
    }

    /// As [`Core::unload`], where one guest stays.
    pub(super) fn rest_loaded(&mut self, now: Instant) -> Result<Option<Rests>, Stop> {
        if self.scopes.stays() { self.comes_to_rest(now) } else { Ok(None) }
    }

    fn comes_to_rest(&mut self, now: Instant) -> Result<Option<Rests>, Stop> {
        // An operator has ended it, and lets it go when that is on disk: what follows would stand behind `finished`, and whoever
        // looked on would see it at rest and not over.
        if self.closed || self.is_out_soon(now) || self.machine.paused() || !self.scopes.at_rest() {
            return Ok(None);
        }
        let waiting = self.waiting()?;
        let until = waiting.until;
        if self.rests() {
            return Ok(Some(Rests { answer: None, until }));
        }
        crash::point("wait:before-unload");
        self.announce(Progress::Waiting {
            until: until.map(|until| until.0),
            events: waiting.events.clone(),
            on: waiting.on.clone(),
            keys: self.waits_for(),
        });
        let answer = self.commit(Purpose::Unloads(waiting));
        self.asleep = true;
        self.rest = Rest::Handed;
        Ok(Some(Rests { answer: Some(answer), until }))
    }

    /// It is on disk that it waits, and nothing came since.
    fn rests(&self) -> bool {
        self.rest == Rest::Kept && !self.has_pending()
    }
}

impl Activation {
    /// It waits as one that is unloaded: that is on disk, and nothing came since.
    pub(crate) fn is_at_rest(&self) -> bool {
        let core = self.core();
        core.rests() && core.scopes.stays() && core.scopes.at_rest()
    }

    /// What it handed over when it came to rest is on disk.
    pub(super) fn rested(&self) {
        self.computes_anew();
        let mut core = self.core();
        if core.rest == Rest::Handed {
            core.rest = Rest::Kept;
        }
    }
}
