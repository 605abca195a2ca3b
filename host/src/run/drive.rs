//! Loads instances when there is something for them to do.

use std::sync::{Arc, Weak};

use cairn_journal::{Head, InstanceId, Status};

use super::{Claim, Slots, life, store, wait::UNCLEAR};
use crate::{
    Error, events,
    host::Inner,
    ops::{Progress, Update},
};

/// Loads an instance, or has it look again if it is loaded.
pub(crate) fn wake(inner: &Arc<Inner>, id: &InstanceId) {
    while !inner.slots.ring(id) {
        if let Some(claim) = inner.slots.claim(id) {
            return drive_claimed(inner, claim);
        }
    }
}

/// Loads an instance that nobody else works on.
pub(crate) fn drive_claimed(inner: &Arc<Inner>, claim: Claim) {
    if inner.is_closing() {
        return;
    }
    let id = claim.id.clone();
    let task = tokio::spawn(drive(Arc::clone(inner), claim));
    Claim::works(&inner.slots, &id, task.abort_handle());
}

/// Takes up those who were to be looked at again by somebody that gave up. Goes on for as long as the host is there.
pub(crate) async fn take_up_missed(slots: Arc<Slots>, inner: Weak<Inner>) {
    loop {
        let missed = slots.missed().await;
        let Some(inner) = inner.upgrade() else { return };
        for id in missed {
            wake(&inner, &id);
        }
    }
}

async fn drive(inner: Arc<Inner>, claim: Claim) {
    let id = claim.id.clone();
    let mut held = Some(claim);
    while let Some(claim) = held.take() {
        if let Err(error) = life::activate(&inner, &claim).await {
            tracing::error!(tenant = %id.tenant, instance = %id.instance, %error, "stopped");
            let progress = Progress::Stopped { message: error.to_string() };
            let update = Update { tenant: id.tenant.clone(), id: id.instance.clone(), progress };
            let _ = inner.updates.send(update);
            return;
        }
        held = claim.release();
    }
}

/// Can it go on by what is there now?
pub(crate) fn can_go_on(inner: &Inner, head: &Head) -> Result<bool, Error> {
    let waiting = match &head.status {
        Status::Ready => return Ok(true),
        Status::Paused | Status::Finished | Status::Failed(_) | Status::Diverged(_) => return Ok(false),
        Status::Waiting(waiting) => waiting,
    };
    let now = inner.ports.clock.now();
    if waiting.until.is_some_and(|until| until <= now) {
        return Ok(true);
    }
    // What others do may have come to pass while nobody looked.
    let by_others = |on: &String| !on.starts_with("answer ") && !on.starts_with(UNCLEAR);
    if waiting.on.iter().any(by_others) {
        return Ok(true);
    }
    if waiting.events.is_empty() && waiting.on.is_empty() {
        return Ok(false);
    }
    let inbox = inner.ports.journal.inbox(&head.id).map_err(|e| store(&e))?;
    let answers = !waiting.on.is_empty();
    Ok(inbox.iter().filter(|message| events::is_live(message.expires, now)).any(|message| {
        waiting.events.contains(&message.event) || (answers && message.event == events::ANSWER)
    }))
}
