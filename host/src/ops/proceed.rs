//! Has a paused instance go on.

use std::sync::Arc;

use cairn_replay::Act;

use super::{
    Done, Order, named,
    order::{Grip, a_moment, acts, done, grip, is_paused, not_over, set_going},
};
use crate::{
    Error, crash,
    host::Inner,
    run::{Purpose, settled, wake},
};

/// # Errors
/// A mistake if there is no such instance, or if it is not paused.
pub(super) async fn proceed(inner: &Arc<Inner>, verb: Order) -> Result<Done, Error> {
    let id = named(&verb.tenant, &verb.id)?;
    loop {
        let grip = grip(inner, &id).await;
        let head = inner.head(&id)?;
        not_over(&head, "to run it once more: `cairn restart`")?;
        if !is_paused(&head) {
            return Err(Error::mistake(format!("`{}` is not paused", verb.id))
                .help("what can go on is taken up by `cairn resume`"));
        }
        let kept = match &grip {
            Grip::Loaded(activation) => activation.go_on(&verb.who())?,
            Grip::Free(_) => Some(acts(inner, &head, &verb, Act::Continue, Purpose::Wakes)),
        };
        if let Some(kept) = kept {
            settled(kept).await?;
            crash::point("continue:after-commit");
            inner.goes_on(&id);
            match grip {
                Grip::Free(claim) => set_going(inner, claim, verb.drive),
                // What came since the commit woke nobody: until now it still counted as paused.
                Grip::Loaded(_) if inner.drives(&id) => wake(inner, &id),
                Grip::Loaded(_) => {}
            }
            return done(inner, &id, "goes on");
        }
        drop(grip);
        a_moment().await;
    }
}
