//! Pauses an instance: nothing of it runs until one has it go on.
//!
//! No code of it runs and no new attempt leaves. An attempt that is out is let come to its end, and its outcome recorded: what it
//! did is known then. Timers and messages wait. It holds its places in the lines of locks, but where it only waits in one it holds
//! up nobody.

use std::sync::Arc;

use cairn_journal::Status;

use super::{
    Done, Order, named,
    order::{Grip, a_moment, done, grip, is_paused, not_over, past},
};
use crate::{
    Error, crash,
    host::Inner,
    run::{self, settled},
};

/// # Errors
/// A mistake if there is no such instance, if it is over, or if nothing of it runs as it is.
pub(super) async fn pause(inner: &Arc<Inner>, verb: Order) -> Result<Done, Error> {
    let id = named(&verb.tenant, &verb.id)?;
    loop {
        let grip = grip(inner, &id).await;
        let head = inner.head(&id)?;
        not_over(&head, "there is nothing of it left to pause")?;
        if is_paused(&head) {
            return Ok(Done { before: true, ..done(inner, &id, "had been paused before")? });
        }
        if matches!(head.status, Status::Diverged(_)) {
            return Err(Error::mistake(format!(
                "`{}` has stopped by itself: its code and its journal disagree",
                verb.id
            ))
            .help("nothing of it runs until it is resumed"));
        }
        let kept = match &grip {
            Grip::Loaded(activation) => activation.pause(&verb.who())?,
            Grip::Free(_) => Some(run::pause(inner, &id, &past(inner, &id)?.history, &verb.who())?),
        };
        if let Some(kept) = kept {
            settled(kept).await?;
            crash::point("pause:after-commit");
            return done(inner, &id, "is paused");
        }
        drop(grip);
        a_moment().await;
    }
}
