//! An event to all who know it.

use std::sync::Arc;

use cairn_journal::{Head, InstanceId, Message, MessageId};
use cairn_replay::{Instant, Json};
use serde::{Deserialize, Serialize};

use super::{
    event_name, is_over, named,
    send::{expiry, has_room, made_up, small},
};
use crate::{
    Error,
    host::Inner,
    run::{self, store},
    schedules::started_by_event,
};

/// Sends an event to every run of the tenant that is not over and whose workflow knows it, and starts the workflows that begin with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Emit {
    /// Whose.
    pub tenant: String,
    /// The event's name.
    pub event: String,
    /// Its fields: a JSON object.
    pub data: serde_json::Value,
    /// The sender's id: a second one is the same message.
    pub message: Option<String>,
    /// In so many milliseconds nobody is to take it any more.
    #[serde(default)]
    pub expires_in: Option<u64>,
}

/// It is on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Emitted {
    /// Its id.
    pub message: String,
    /// The runs that have it, those that had it before and those that it started included.
    pub to: Vec<String>,
}

/// # Errors
/// A mistake, and nothing is kept: the data is no JSON object.
pub(super) async fn emit(inner: &Arc<Inner>, verb: Emit) -> Result<Emitted, Error> {
    // The tenant's name is held to the same rules as everywhere.
    named(&verb.tenant, "any")?;
    event_name(&verb.event)?;
    if !verb.data.is_object() {
        return Err(Error::mistake(format!("the data of the event `{}` is no JSON object", verb.event))
            .help("write its fields as `{ \"name\": value }`"));
    }
    small(inner, "the data of the event", &verb.data)?;
    let message = verb.message.unwrap_or_else(|| made_up(inner));
    let letter = Letter {
        message: MessageId(message.clone()),
        tenant: verb.tenant,
        event: verb.event,
        data: Json(verb.data.to_string().into()),
        to: None,
        expires: expiry(inner, verb.expires_in),
    };
    let to = deliver(inner, &letter).await?;
    Ok(Emitted { message, to })
}

/// An event on its way.
pub(crate) struct Letter {
    /// The same for all who get it; whoever has it already does not get it twice.
    pub(crate) message: MessageId,
    pub(crate) tenant: String,
    pub(crate) event: String,
    pub(crate) data: Json,
    /// To this instance, also if it is not there yet; else to all that are not over and know the event.
    pub(crate) to: Option<String>,
    /// From when on nobody is to take it.
    pub(crate) expires: Option<Instant>,
}

/// Instances that are looked at in one go.
const PAGE: usize = 500;

/// Puts an event into inboxes and wakes those who may want it; gives who has it. Done twice, it is as done once.
///
/// # Errors
/// The journal's; then some may have it. A mistake, if the one that it goes to has no room for it.
pub(crate) async fn deliver(inner: &Arc<Inner>, letter: &Letter) -> Result<Vec<String>, Error> {
    if let Some(to) = &letter.to {
        let id = InstanceId { tenant: letter.tenant.clone(), instance: to.clone() };
        put(inner, letter, &id).await?;
        return Ok(vec![to.clone()]);
    }
    let begun = started_by_event(inner, letter).await?;
    let mut to: Vec<String> = begun.iter().map(|seen| seen.id.clone()).collect();
    let mut after = None;
    loop {
        let page = inner.ports.journal.list(&letter.tenant, after.as_ref(), PAGE).map_err(|e| store(&e))?;
        for head in &page.items {
            // Who was started with it has it as its input.
            let has_it = begun.iter().any(|seen| seen.started && seen.id == head.id.instance);
            if has_it || !knows(inner, head, &letter.event).await {
                continue;
            }
            match put(inner, letter, &head.id).await {
                Ok(()) if to.contains(&head.id.instance) => {}
                Ok(()) => to.push(head.id.instance.clone()),
                // The others get it all the same, and whoever sends it sees who has not.
                Err(Error::Mistake(full)) => {
                    tracing::warn!(instance = %head.id.instance, full = full.message, "an event does not reach it");
                }
                Err(error) => return Err(error),
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(to);
        }
    }
}

/// Code that says nothing of itself may want anything.
async fn knows(inner: &Inner, head: &Head, event: &str) -> bool {
    if is_over(&head.status) {
        return false;
    }
    match inner.registry.code(&*inner.ports.journal, &head.digest.0).await {
        Ok(code) => code.component.meta.as_ref().is_none_or(|meta| meta.event(event).is_some()),
        Err(_) => true,
    }
}

async fn put(inner: &Arc<Inner>, letter: &Letter, to: &InstanceId) -> Result<(), Error> {
    let message = Message {
        id: letter.message.clone(),
        to: to.clone(),
        event: letter.event.clone(),
        data: letter.data.clone(),
        at: inner.ports.clock.now(),
        expires: letter.expires,
    };
    has_room(inner, &message).await?;
    run::put(inner, message).await.map(drop)
}
