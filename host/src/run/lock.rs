//! Places under a name of the tenant: first come, first served.
//!
//! The journal keeps the line of each lock. An instance takes a place with the commit that ends its wait; between that and the
//! moment at which the journal shows it, `Lines` knows. Who waits in the line and is paused, or driven by nobody, holds up nobody.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cairn_journal::{InstanceId, Queued, Status, StoreError};
use cairn_replay::{Command, Key};

use super::{
    Stop,
    beside::{News, Stand, UNLOCK},
    commit::{Purpose, settled, store},
    core::{Answer, Core},
    drive::wake,
};
use crate::{Error, host::Inner};

/// One who has just taken a place: tenant, lock, instance, key.
type Taker = (String, String, String, Key);

/// Places that are taken by commits which the journal does not show yet.
#[derive(Default)]
pub(crate) struct Lines(Mutex<HashSet<Taker>>);

impl Lines {
    fn takers(&self) -> MutexGuard<'_, HashSet<Taker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody else gets the places that a commit takes which is about to be handed over. [`told`] says when the journal shows them.
    pub(crate) fn taken_by(&self, id: &InstanceId, news: &[News]) {
        let taker = |one: &News| match one {
            News::Taken(lock, key) => {
                Some((id.tenant.clone(), lock.clone(), id.instance.clone(), key.clone()))
            }
            News::Free(_) => None,
        };
        self.takers().extend(news.iter().filter_map(taker));
    }
}

impl Core {
    /// A place is asked for, and not got. It is waited until others can see that: then whoever gives a place back finds it.
    pub(super) fn begin_lock(&mut self, key: &Key) -> Result<(), Stop> {
        if !self.has_pending() {
            return Ok(());
        }
        let receipt = self.commit(Purpose::Parks);
        let (me, of) = (self.me.clone(), key.clone());
        let task = tokio::spawn(async move {
            let seen = settled(receipt).await;
            let Some(activation) = me.upgrade() else { return };
            activation.core().effects.remove(&of);
            match seen {
                Ok(()) => activation.ring(),
                Err(error) => activation.broke(error),
            }
        });
        self.effects.insert(key.clone(), task.abort_handle());
        Ok(())
    }

    /// The code gives a place back.
    pub(crate) fn unlock(&mut self, scope: Option<&Key>, key: &str) -> Result<(), Stop> {
        self.ask_as(scope, &format!("{key}{UNLOCK}"), Command::Unlock)?;
        if self.has_pending() && self.is_live(scope) {
            drop(self.commit(Purpose::OutcomeCame));
        }
        Ok(())
    }

    /// Is there a place for it, and its turn to take it? With `takes` nobody else gets that one.
    pub(super) fn may_take(&self, key: &Key, takes: bool) -> Result<bool, Stop> {
        let Some(stand) = self.beside.stands.get(key) else { return Ok(false) };
        free(&self.inner, &self.id, key, stand, takes).map_err(Stop::Fault)
    }

    /// Is it the instance's own turn, among those of its key? One that has none to wait for has it.
    pub(super) fn may_run(&mut self) -> Result<bool, Error> {
        let Some((key, stand)) = &self.beside.turn else { return Ok(true) };
        if !stand.held {
            if !free(&self.inner, &self.id, key, stand, true)? {
                return Ok(false);
            }
            self.beside.take_turn();
            drop(self.commit(Purpose::OutcomeCame));
        }
        Ok(true)
    }

    /// Tells, once a commit is there, what others have been waiting for.
    pub(super) fn followed(&self, answer: Answer, news: Vec<News>) -> Answer {
        told(&self.inner, &self.id, answer, news)
    }
}

/// As [`Core::followed`], for an instance that need not be loaded.
pub(crate) fn told(inner: &Arc<Inner>, id: &InstanceId, answer: Answer, news: Vec<News>) -> Answer {
    if news.is_empty() {
        return answer;
    }
    let (inner, id) = (Arc::clone(inner), id.clone());
    let (to, from) = tokio::sync::oneshot::channel();
    // A task of its own: whoever hands a commit over may not wait for it.
    tokio::spawn(async move {
        let answer = answer.await;
        for one in news {
            tell(&inner, &id, one);
        }
        let _ = to.send(answer);
    });
    Box::pin(async {
        from.await.unwrap_or_else(|_| Err(StoreError::Closed("the host is closing".to_owned())))
    })
}

fn tell(inner: &Arc<Inner>, id: &InstanceId, news: News) {
    let lock = match news {
        News::Free(lock) => lock,
        News::Taken(lock, key) => {
            let taker = (id.tenant.clone(), lock.clone(), id.instance.clone(), key);
            inner.lines.takers().remove(&taker);
            lock
        }
    };
    if let Err(error) = wake_next(inner, &id.tenant, &lock) {
        tracing::error!(tenant = %id.tenant, %lock, %error, "nobody could be told that a place is free");
    }
}

/// Wakes the first who waits and is not paused: it sees for itself whether there is a place.
fn wake_next(inner: &Arc<Inner>, tenant: &str, lock: &str) -> Result<(), Error> {
    let line = inner.ports.journal.queue(tenant, lock).map_err(|e| store(&e))?;
    for next in line.iter().filter(|one| !one.holds && inner.drives(&one.id)) {
        // Also one that is paused, for it may be about to go on.
        wake(inner, &next.id);
        if !steps_aside(inner, &next.id)? {
            break;
        }
    }
    Ok(())
}

/// One who waits, and holds up nobody: it is driven by nobody, or paused.
fn steps_aside(inner: &Inner, id: &InstanceId) -> Result<bool, Error> {
    Ok(!inner.drives(id) || inner.find(id)?.is_some_and(|head| head.status == Status::Paused))
}

fn free(inner: &Inner, id: &InstanceId, key: &Key, stand: &Stand, takes: bool) -> Result<bool, Error> {
    // The line is read while nobody can be told: so a taker is among the takers, or its place is in the line.
    let mut takers = inner.lines.takers();
    let line = inner.ports.journal.queue(&id.tenant, &stand.name).map_err(|e| store(&e))?;
    let taker =
        |one: &Queued| (id.tenant.clone(), stand.name.clone(), one.id.instance.clone(), one.key.clone());
    let me = |one: &Queued| one.id == *id && one.key == *key;
    let taken = line.iter().filter(|one| !me(one) && (one.holds || takers.contains(&taker(one)))).count();
    // A run that is begun anew from within a lock takes its place without having stood in the line.
    let beside = |one: &&Taker| {
        one.0 == id.tenant && one.1 == stand.name && !line.iter().any(|queued| taker(queued) == **one)
    };
    let taken = taken + takers.iter().filter(beside).count();
    let Some(before) = line.iter().position(me) else { return Ok(false) };
    let ahead = line.iter().take(before).filter(|one| !one.holds && !takers.contains(&taker(one)));
    let places = usize::try_from(stand.places).unwrap_or(usize::MAX);
    let mut left = places.saturating_sub(taken);
    for one in ahead {
        if left > 0 && !steps_aside(inner, &one.id)? {
            left -= 1;
        }
    }
    if left == 0 {
        return Ok(false);
    }
    if takes {
        takers.insert((id.tenant.clone(), stand.name.clone(), id.instance.clone(), key.clone()));
    }
    Ok(true)
}
