//! Ends an instance at once. What is out is cut off and nothing is undone; whoever waits for it is told, and its places in the lines
//! of locks are free. Others that it had started and waits for are cancelled, in good order: nobody wants their outcome.

use std::sync::Arc;

use cairn_journal::{InstanceId, Status};

use super::{
    Cancel, Done, Order, cancel, is_over, named,
    order::{Grip, Past, a_moment, done, grip, past},
};
use crate::{
    Error, crash,
    host::Inner,
    run::{settled, terminate as terminate_unloaded, waited_for},
};

/// # Errors
/// A mistake if there is no such instance, or if it is over by other means.
pub(super) async fn terminate(inner: &Arc<Inner>, verb: Order) -> Result<Done, Error> {
    let id = named(&verb.tenant, &verb.id)?;
    loop {
        let grip = grip(inner, &id).await;
        let head = inner.head(&id)?;
        if head.status == Status::Failed("terminated".to_owned()) {
            // What a crash had kept from being done behind it.
            children_end(inner, &id, &verb).await?;
            return Ok(Done { before: true, ..done(inner, &id, "had been terminated before")? });
        }
        if is_over(&head.status) {
            return Err(Error::mistake(format!("`{}` is over", verb.id)).help("there is nothing left to end"));
        }
        let ended = match &grip {
            Grip::Loaded(activation) => match activation.terminate(&verb.who())? {
                Some(answer) => {
                    let kept = settled(answer).await;
                    activation.dismiss();
                    kept.map(|()| true)?
                }
                None => false,
            },
            Grip::Free(claim) => {
                let history = past(inner, &id)?.history;
                terminate_unloaded(inner, claim, &history, &verb.who()).await?;
                true
            }
        };
        drop(grip);
        if ended {
            crash::point("terminate:after-commit");
            inner.over(&id);
            inner.undrive(&id);
            children_end(inner, &id, &verb).await?;
            return done(inner, &id, "is terminated");
        }
        a_moment().await;
    }
}

async fn children_end(inner: &Arc<Inner>, id: &InstanceId, verb: &Order) -> Result<(), Error> {
    let past = past(inner, id)?;
    cancel_children(inner, id, &past, "was terminated", &verb.by).await
}

/// Cancels what an instance had started and waits for.
pub(super) async fn cancel_children(
    inner: &Arc<Inner>,
    id: &InstanceId,
    past: &Past,
    why: &str,
    by: &str,
) -> Result<(), Error> {
    for child in waited_for(inner, id, &past.machine, &past.history)? {
        let verb = Cancel {
            tenant: id.tenant.clone(),
            id: child.instance.clone(),
            by: by.to_owned(),
            why: format!("`{}`, which had started it, {why}", id.instance),
        };
        match cancel(inner, verb).await {
            // One that is over needs no cancelling.
            Ok(_) | Err(Error::Mistake(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
