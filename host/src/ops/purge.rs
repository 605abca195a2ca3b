//! Removes an instance that is over, with all that is kept for it.

use std::sync::Arc;

use cairn_journal::{InstanceId, Purge as Removal, Refusal};
use cairn_replay::Seq;
use serde::{Deserialize, Serialize};

use super::{
    Done, is_over, named,
    order::{Grip, a_moment, grip, past},
};
use crate::{
    Error, crash,
    host::Inner,
    run::{links, store},
};

/// Removes an instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Purge {
    /// Whose.
    pub tenant: String,
    /// Which.
    pub id: String,
}

/// Values that nobody refers to any more go with it. That it is removed is sure before: what a crash leaves, the next purge takes.
async fn sweep(inner: &Inner) -> Result<(), Error> {
    let journal = Arc::clone(&inner.ports.journal);
    let swept = tokio::task::spawn_blocking(move || journal.sweep_values()).await;
    let swept = swept.map_err(|error| Error::fault(format!("large values were not swept: {error}")))?;
    swept.map(drop).map_err(|e| store(&e))
}

/// Of one that was never started, or is not there any more, there may be mail.
async fn mail(inner: &Arc<Inner>, id: &InstanceId) -> Result<Done, Error> {
    let removal = Removal { id: id.clone(), expect: Seq(0), kept: Vec::new() };
    match inner.ports.journal.purge(removal).await.map_err(|e| store(&e))? {
        Ok(()) => {
            sweep(inner).await?;
            Ok(Done {
                instance: None,
                did: "was not there; what was sent to it is removed".to_owned(),
                before: false,
            })
        }
        Err(Refusal::Gone) => Err(inner.unknown(id)),
        // It was begun in this moment.
        Err(_) => Err(Error::mistake(format!("`{}` is not over", id.instance))),
    }
}

/// # Errors
/// A mistake if there is no such instance, or if it is not over.
pub(super) async fn purge(inner: &Arc<Inner>, verb: Purge) -> Result<Done, Error> {
    let id = named(&verb.tenant, &verb.id)?;
    if inner.find(&id)?.is_none() {
        return mail(inner, &id).await;
    }
    let claim = loop {
        let head = inner.head(&id)?;
        if !is_over(&head.status) {
            return Err(Error::mistake(format!("`{}` is not over", verb.id)).help(format!(
                "only what is over can be removed: end it first, by `cairn cancel {0}` or `cairn terminate {0}`",
                verb.id
            )));
        }
        match grip(inner, &id).await {
            Grip::Free(claim) => break claim,
            Grip::Loaded(_) => a_moment().await,
        }
    };
    let head = inner.head(&id)?;
    // One whose journal cannot be read any more can be removed all the same.
    let kept = past(inner, &id).map(|past| links(&id, &past.machine, &past.history)).unwrap_or_default();
    crash::point("purge:before-commit");
    let removal = Removal { id: id.clone(), expect: head.next, kept };
    let removed = inner.ports.journal.purge(removal).await.map_err(|e| store(&e))?;
    drop(claim);
    match removed {
        Ok(()) => {
            crash::point("purge:after-commit");
            inner.undrive(&id);
            sweep(inner).await?;
            Ok(Done { instance: None, did: "is removed".to_owned(), before: false })
        }
        Err(Refusal::NotOver) => Err(Error::mistake(format!("`{}` is not over", verb.id))),
        Err(refusal) => Err(Error::fault(format!("the journal refused to remove `{}`: {refusal}", verb.id))),
    }
}
