//! Instances of one key run one after the other: one that is not at the head of their line waits before its code runs at all.

use std::sync::Arc;

use cairn_journal::{InstanceId, Waiting};
use cairn_replay::Key;

use super::{
    Activation, Stop,
    beside::Stand,
    commit::{Purpose, settled, store},
    core::Core,
    ending,
};
use crate::{
    Error, Otherwise,
    host::Inner,
    ops::{self, Cancel, Progress},
};

/// Where an instance stands in the line of its key, if it is in one.
pub(super) fn of(inner: &Inner, id: &InstanceId) -> Result<Option<(Key, Stand)>, Error> {
    let Some(name) = ops::turn_of(id) else { return Ok(None) };
    let queue = inner.ports.journal.queue(&id.tenant, &name).map_err(|e| store(&e))?;
    let mine = queue.into_iter().find(|one| one.id == *id);
    Ok(mine.map(|one| (one.key, Stand { name, places: 1, asked: one.asked, held: one.holds })))
}

/// May its code run? If not, it is on disk that it waits for its turn, or it is over.
///
/// # Errors
/// The journal's.
pub(super) async fn has_come(inner: &Arc<Inner>, activation: &Arc<Activation>) -> Result<bool, Error> {
    if activation.core().may_run()? {
        return Ok(true);
    }
    let cancelled = activation.core().cancelled();
    if let Some(failure) = cancelled {
        return match ending::fail(activation, failure).await {
            Ok(()) => Ok(false),
            Err(Stop::Fault(error)) => Err(error),
            Err(stop) => Err(Error::fault(stop.to_string())),
        };
    }
    cancel_those_before(inner, activation)?;
    if activation.core().halts() {
        return Ok(false);
    }
    let waits = activation.core().waits_for_turn();
    settled(waits).await?;
    Ok(false)
}

/// Where the workflow says that a new one takes the place of those before it.
fn cancel_those_before(inner: &Arc<Inner>, activation: &Activation) -> Result<(), Error> {
    let (id, line, replaces) = {
        let core = activation.core();
        let key = core.code.component.meta.as_ref().and_then(|meta| meta.key.as_ref());
        let replaces = key.is_some_and(|key| key.otherwise == Otherwise::Replace);
        let Some((_, stand)) = &core.beside.turn else { return Ok(()) };
        (core.id.clone(), stand.name.clone(), replaces)
    };
    if !replaces {
        return Ok(());
    }
    let queue = inner.ports.journal.queue(&id.tenant, &line).map_err(|e| store(&e))?;
    for before in queue.into_iter().take_while(|one| one.id != id) {
        let (inner, by) = (Arc::clone(inner), id.instance.clone());
        let why = "a newer one of the same key takes its place".to_owned();
        let verb = Cancel { tenant: id.tenant.clone(), id: before.id.instance, by, why };
        // If the process ends before it is done, the next activation does it again. One that is over needs no cancelling.
        tokio::spawn(async move { drop(ops::cancel(&inner, verb).await) });
    }
    Ok(())
}

impl Core {
    fn waits_for_turn(&mut self) -> super::core::Answer {
        let waiting = Waiting { on: vec!["turn".to_owned()], ..Waiting::default() };
        self.announce(Progress::Waiting {
            until: None,
            events: Vec::new(),
            on: waiting.on.clone(),
            keys: Vec::new(),
        });
        self.closed = true;
        self.commit(Purpose::Unloads(waiting))
    }
}
