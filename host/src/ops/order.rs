//! What all operators' verbs have in common: which instance, who wants it and why, and how to get hold of it.

use std::{sync::Arc, time::Duration};

use cairn_journal::{Head, InstanceId, Status};
use cairn_replay::{Entry, Machine, Seq};
use serde::{Deserialize, Serialize};

use super::{InstanceView, is_over, view};
use crate::{
    Error,
    host::Inner,
    run::{Activation, Claim, Held, Who, can_go_on, drive_claimed, store},
};

/// An operator's wish about one instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Whose.
    pub tenant: String,
    /// Which.
    pub id: String,
    /// Who wants it.
    pub by: String,
    /// Why; may be empty.
    pub why: String,
    /// Where it can go on afterwards, this process takes it up.
    pub drive: bool,
}

/// It is on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Done {
    /// As it stands now; none if it is not there any more.
    pub instance: Option<InstanceView>,
    /// What became of it, in words that stand behind its name: `is paused`.
    pub did: String,
    /// What had been done before, so that nothing was to be done.
    pub before: bool,
}

impl Order {
    pub(super) fn who(&self) -> Who {
        Who { by: self.by.clone(), why: self.why.clone() }
    }
}

/// How long is waited for an instance that is just being loaded or unloaded, before it is looked at again.
const A_MOMENT: Duration = Duration::from_millis(2);

pub(super) async fn a_moment() {
    tokio::time::sleep(A_MOMENT).await;
}

/// A way to change an instance that nobody else changes meanwhile.
pub(super) enum Grip {
    /// It is loaded.
    Loaded(Arc<Activation>),
    /// It is not, and is not going to be.
    Free(Claim),
}

pub(super) async fn grip(inner: &Inner, id: &InstanceId) -> Grip {
    loop {
        if let Some(activation) = inner.slots.activation(id) {
            return Grip::Loaded(activation);
        }
        if let Some(claim) = inner.slots.claim(id) {
            return Grip::Free(claim);
        }
        a_moment().await;
    }
}

/// The right to change an instance of which nothing is out; it is unloaded for that.
///
/// # Errors
/// A mistake while an attempt at a step is out.
pub(super) async fn seize(inner: &Inner, id: &InstanceId) -> Result<Claim, Error> {
    loop {
        match grip(inner, id).await {
            Grip::Free(claim) => return Ok(claim),
            Grip::Loaded(activation) => {
                if let Err(Held::Out(key)) = activation.let_go() {
                    let name = &id.instance;
                    return Err(Error::mistake(format!(
                        "`{name}` is at work: an attempt at `{}` is out",
                        key.0
                    ))
                    .help(format!("pause it, and do this when that has come back: `cairn pause {name}`")));
                }
            }
        }
        a_moment().await;
    }
}

/// Gives an instance back as it is.
pub(super) fn put_back(inner: &Arc<Inner>, claim: Claim) -> Result<(), Error> {
    if inner.drives(&claim.id)
        && let Some(head) = inner.find(&claim.id)?
        && can_go_on(inner, &head)?
    {
        drive_claimed(inner, claim);
    }
    Ok(())
}

/// Gives an instance back that can go on; it does so here if that is wanted.
pub(super) fn set_going(inner: &Arc<Inner>, claim: Claim, drive: bool) {
    if drive {
        inner.drive(&claim.id);
        drive_claimed(inner, claim);
    }
}

/// # Errors
/// A mistake if it is over.
pub(super) fn not_over(head: &Head, help: &str) -> Result<(), Error> {
    if is_over(&head.status) {
        return Err(Error::mistake(format!("`{}` is over", head.id.instance)).help(help));
    }
    Ok(())
}

pub(super) fn done(inner: &Inner, id: &InstanceId, did: &str) -> Result<Done, Error> {
    let instance = inner.find(id)?.map(|head| view(inner, &head));
    Ok(Done { instance, did: did.to_owned(), before: false })
}

/// A journal, and what it says.
pub(super) struct Past {
    pub(super) history: Vec<Entry>,
    pub(super) machine: Machine,
}

/// # Errors
/// The journal's, or that it is damaged.
pub(super) fn past(inner: &Inner, id: &InstanceId) -> Result<Past, Error> {
    let history = inner.ports.journal.load(id, Seq(0)).map_err(|e| store(&e))?;
    let machine = Machine::new(history.clone()).map_err(|damage| {
        Error::fault(format!("the journal of `{}` is damaged: {damage}", id.instance))
            .help("keep a copy of the data directory as it is; nothing was written over it")
    })?;
    Ok(Past { history, machine })
}

pub(super) fn is_paused(head: &Head) -> bool {
    head.status == Status::Paused
}
