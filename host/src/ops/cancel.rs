//! Stops an instance in good order: what it waits for fails with `cancelled`, its undos run, it ends.

use std::{sync::Arc, time::Duration};

use cairn_journal::{Head, InstanceId, Status};
use cairn_replay::{Act, Entry, Seq};
use serde::{Deserialize, Serialize};

use super::{InstanceView, is_over, named, view};
use crate::{
    Error, crash,
    host::Inner,
    run::{Activation, Along, Append, Claim, Purpose, commit, drive_claimed, settled, store},
};

/// Asks an instance to stop.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cancel {
    /// Whose.
    pub tenant: String,
    /// Which.
    pub id: String,
    /// Who asks.
    pub by: String,
    /// Why; may be empty.
    pub why: String,
}

/// The wish is on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cancelled {
    /// As it stands now; it may still be undoing.
    pub instance: InstanceView,
    /// It had been asked before.
    pub before: bool,
}

/// How long is waited for an instance that is just being loaded or unloaded, before it is looked at again.
const A_MOMENT: Duration = Duration::from_millis(2);

/// # Errors
/// A mistake if there is no such instance, or if it is over.
pub(crate) async fn cancel(inner: &Arc<Inner>, verb: Cancel) -> Result<Cancelled, Error> {
    let id = named(&verb.tenant, &verb.id)?;
    loop {
        let head = inner.head(&id)?;
        if is_over(&head.status) {
            return Err(
                Error::mistake(format!("`{}` is over", id.instance)).help("there is nothing left to cancel")
            );
        }
        inner.drive(&id);
        let done = if let Some(activation) = inner.slots.activation(&id) {
            loaded(&activation, &verb).await?
        } else if let Some(claim) = inner.slots.claim(&id) {
            Some(unloaded(inner, claim, &head, &verb).await?)
        } else {
            inner.slots.hurry(&id);
            None
        };
        if let Some(before) = done {
            let head = inner.head(&id)?;
            return Ok(Cancelled { instance: view(inner, &head), before });
        }
        tokio::time::sleep(A_MOMENT).await;
    }
}

/// Gives whether it was asked before; `None` if it is being unloaded.
async fn loaded(activation: &Activation, verb: &Cancel) -> Result<Option<bool>, Error> {
    let Some(answer) = activation.wish_to_stop(&verb.by, &verb.why)? else { return Ok(None) };
    let (before, answer) = answer;
    // Also what was asked before may only be on its way to the disk, and whoever asks again is told that it is there.
    settled(answer).await?;
    crash::point("cancel:after-commit");
    Ok(Some(before))
}

async fn unloaded(inner: &Arc<Inner>, claim: Claim, head: &Head, verb: &Cancel) -> Result<bool, Error> {
    let before = asked_before(inner, &claim.id)?;
    // What was read before the claim may be old.
    let head = inner.find(&claim.id)?.unwrap_or_else(|| head.clone());
    let (at, by, why) = (inner.ports.clock.now(), verb.by.clone(), verb.why.clone());
    let mut entries = Vec::new();
    if head.status == Status::Paused {
        entries.push(Entry::Acted { at, by: by.clone(), why: why.clone(), act: Act::Continue });
    }
    if !before {
        entries.push(Entry::CancelAsked { at, by, why });
    }
    if !entries.is_empty() {
        let append = Append {
            id: claim.id.clone(),
            expect: head.next,
            entries,
            wakes: false,
            along: Along::default(),
        };
        settled(commit(&inner.ports, append, Purpose::CancelAsked)).await?;
        crash::point("cancel:after-commit");
    }
    claim.hurry.notify_one();
    drive_claimed(inner, claim);
    Ok(before)
}

fn asked_before(inner: &Inner, id: &InstanceId) -> Result<bool, Error> {
    let history = inner.ports.journal.load(id, Seq(0)).map_err(|e| store(&e))?;
    Ok(history.iter().any(|entry| matches!(entry, Entry::CancelAsked { .. })))
}
