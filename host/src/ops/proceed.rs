//! Has a paused instance go on.

use std::sync::Arc;

use cairn_journal::{Head, Receipt, Refusal};
use cairn_replay::Act;

use super::{
    Done, Order, named,
    order::{Grip, a_moment, done, grip, is_paused, not_over, set_going},
};
use crate::{
    Error, crash,
    host::Inner,
    run::{Along, Append, Purpose, commit, settled},
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
            Grip::Free(_) => Some(go_on(inner, &head, &verb)),
        };
        if let Some(kept) = kept {
            settled(kept).await?;
            crash::point("continue:after-commit");
            if let Grip::Free(claim) = grip {
                set_going(inner, claim, verb.drive);
            }
            return done(inner, &id, "goes on");
        }
        drop(grip);
        a_moment().await;
    }
}

/// Records that an instance which is not loaded goes on.
fn go_on(inner: &Inner, head: &Head, order: &Order) -> Receipt<Result<(), Refusal>> {
    let entries = vec![order.who().acted(inner.ports.clock.now(), Act::Continue)];
    let (id, along) = (head.id.clone(), Along::default());
    commit(&inner.ports, Append { id, expect: head.next, entries, wakes: false, along }, Purpose::Wakes)
}
