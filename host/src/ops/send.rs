//! An event to an instance.

use std::sync::Arc;

use cairn_journal::{Discard, Head, InstanceId, Message, MessageId, Put, Status};
use cairn_replay::{Instant, Json};
use serde::{Deserialize, Serialize};

use super::{event_name, is_over, named, order::put_back};
use crate::{
    Error,
    component::{misfits, written},
    did_you_mean,
    events::is_live,
    host::Inner,
    run::{self, store},
};

/// Sends an event to an instance, also to one that does not exist yet where `early` says so.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Send {
    /// Whose.
    pub tenant: String,
    /// To which.
    pub id: String,
    /// The event's name.
    pub event: String,
    /// Its fields: a JSON object.
    pub data: serde_json::Value,
    /// The sender's id: a second one is the same message.
    pub message: Option<String>,
    /// Keep it for an instance that is not there yet.
    pub early: bool,
    /// In so many milliseconds nobody is to take it any more.
    #[serde(default)]
    pub expires_in: Option<u64>,
}

/// It is on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sent {
    /// Its id.
    pub message: String,
    /// One with this id had come before; nothing changed.
    pub duplicate: bool,
    /// What the instance waited for when it came, where it waited and this event was none of that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
}

/// # Errors
/// A mistake, and nothing is kept: there is no such instance (unless `early` says so) or it is over; its workflow knows no
/// such event, or its data does not fit.
pub(super) async fn send(inner: &Arc<Inner>, verb: Send) -> Result<Sent, Error> {
    let id = named(&verb.tenant, &verb.id)?;
    event_name(&verb.event)?;
    if !verb.data.is_object() {
        return Err(Error::mistake(format!("the data of the event `{}` is no JSON object", verb.event))
            .help("write its fields as `{ \"name\": value }`"));
    }
    small(inner, "the data of the event", &verb.data)?;
    if let Some(message) = verb.message.as_deref()
        && inner.ports.journal.knows(&id, &MessageId(message.to_owned())).map_err(|e| store(&e))?
    {
        // Whoever did not hear that it was taken in asks again, and by then the instance may be over.
        return Ok(Sent { message: message.to_owned(), duplicate: true, waits_for: Vec::new() });
    }
    let waits_for = match inner.find(&id)? {
        Some(head) => {
            takes(inner, &head, &verb).await?;
            other_events(&head.status, &verb.event)
        }
        None if verb.early => Vec::new(),
        None => return Err(unknown(inner, &id)),
    };
    let message = verb.message.unwrap_or_else(|| made_up(inner));
    let letter = Message {
        id: MessageId(message.clone()),
        to: id.clone(),
        event: verb.event,
        data: Json(verb.data.to_string().into()),
        at: inner.ports.clock.now(),
        expires: expiry(inner, verb.expires_in),
    };
    has_room(inner, &letter).await?;
    let put = run::put(inner, letter).await?;
    Ok(Sent { message, duplicate: put == Put::Duplicate, waits_for })
}

/// The events that an instance waits for, if this one is none of them: it may be, one day.
fn other_events(status: &Status, event: &str) -> Vec<String> {
    match status {
        Status::Waiting(waiting) if !waiting.events.iter().any(|one| one == event) => waiting.events.clone(),
        _ => Vec::new(),
    }
}

/// From when on nobody is to take it.
pub(super) fn expiry(inner: &Inner, expires_in: Option<u64>) -> Option<Instant> {
    expires_in.map(|millis| Instant(inner.ports.clock.now().0.saturating_add(millis)))
}

/// Is there room for another message? One that was accepted before takes none, and what has expired makes room.
///
/// # Errors
/// A mistake if not.
pub(super) async fn has_room(inner: &Arc<Inner>, letter: &Message) -> Result<(), Error> {
    let most = inner.limits.inbox;
    let (mut inbox, expired) = waiting(inner, letter)?;
    if !expired.is_empty() {
        throw_away(inner, &letter.to, expired).await?;
        // Others may have sent meanwhile.
        (inbox, _) = waiting(inner, letter)?;
    }
    // Two who send at once shall not both have the last place.
    if inbox.contains(&letter.id) || inbox.len().saturating_add(inner.coming(&letter.to)) < most {
        return Ok(());
    }
    let name = &letter.to.instance;
    Err(Error::mistake(format!(
        "the inbox of `{name}` is full: {} messages wait there that nobody has taken, and there may be no more than {most}",
        inbox.len()
    ))
    .help(format!("`{name}` has to take some first; see what it waits for")))
}

/// The messages that wait where this one is to go, and those of them that have expired.
fn waiting(inner: &Inner, letter: &Message) -> Result<(Vec<MessageId>, Vec<MessageId>), Error> {
    let all = inner.ports.journal.waiting(&letter.to).map_err(|e| store(&e))?;
    let (live, expired): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(_, expires)| is_live(*expires, letter.at));
    let ids = |those: Vec<(MessageId, _)>| those.into_iter().map(|(id, _)| id).collect();
    Ok((ids(live), ids(expired)))
}

/// Removes what has expired, unless its run is loaded: that may just be taking one of them. Whoever sends next tries again.
async fn throw_away(inner: &Arc<Inner>, to: &InstanceId, messages: Vec<MessageId>) -> Result<(), Error> {
    let Some(claim) = inner.slots.claim(to) else { return Ok(()) };
    let receipt = inner.ports.journal.discard(Discard { to: to.clone(), messages });
    // Whoever wanted to run it meanwhile has passed by.
    run::written(inner, receipt, move |inner, ()| drop(put_back(inner, claim))).await
}

/// Is a value small enough to be kept?
///
/// # Errors
/// A mistake if not.
pub(super) fn small(inner: &Inner, what: &str, value: &serde_json::Value) -> Result<(), Error> {
    let (most, bytes) = (inner.limits.value_bytes, value.to_string().len());
    if bytes <= most {
        return Ok(());
    }
    Err(Error::mistake(format!("{what} has {bytes} bytes, and there may be no more than {most}"))
        .help("keep it where the run can read it, and give a reference"))
}

fn unknown(inner: &Inner, id: &InstanceId) -> Error {
    match inner.unknown(id) {
        Error::Mistake(mistake) => {
            let help = mistake.help.map(|help| format!("{help}\n")).unwrap_or_default();
            Error::Mistake(crate::Mistake {
                message: mistake.message,
                help: Some(format!(
                    "{help}an event can be kept for one that is not there yet, if it is sent as an early one"
                )),
            })
        }
        other => other,
    }
}

/// Does the instance's workflow take this event?
async fn takes(inner: &Inner, head: &Head, verb: &Send) -> Result<(), Error> {
    if is_over(&head.status) {
        return Err(Error::mistake(format!("`{}` is over and takes no events", verb.id))
            .help("what it came to is in its journal; a new run needs an id of its own"));
    }
    let code = inner.registry.code(&*inner.ports.journal, &head.digest.0).await?;
    let Some(meta) = &code.component.meta else { return Ok(()) };
    let Some(event) = meta.event(&verb.event) else {
        let names: Vec<&str> = meta.events.iter().map(|event| event.name.as_str()).collect();
        let error =
            Error::mistake(format!("the workflow `{}` knows no event `{}`", meta.workflow, verb.event));
        return Err(match did_you_mean(&verb.event, &names) {
            Some(name) => error.help(format!("did you mean `{name}`?")),
            None if names.is_empty() => error.help("it takes no events"),
            None => error.help(format!("it takes {}", names.join(", "))),
        });
    };
    let misfits = match code.events.get(&event.name) {
        Some(often) => often.misfits(&event.data, &verb.data)?,
        None => misfits(&event.data, &verb.data)?,
    };
    if misfits.is_empty() {
        return Ok(());
    }
    Err(Error::mistake(format!("the data does not fit the event `{}`: {}", event.name, misfits.join("; ")))
        .help(format!("it takes {}", written(&event.data))))
}

pub(super) fn made_up(inner: &Inner) -> String {
    format!("{:016x}{:016x}", inner.ports.entropy.bits(), inner.ports.entropy.bits())
}
