//! Messages that nobody has taken.

use cairn_journal::InstanceId;
use serde::{Deserialize, Serialize};

use super::{
    MessageView, State, named,
    show::{live_inbox, message},
    view,
};
use crate::{Error, host::Inner, run::store};

/// Lists messages that nobody has taken, by the instances that they are for, those that are not there included.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inbox {
    /// Whose.
    pub tenant: String,
    /// Only of this one.
    pub id: Option<String>,
    /// Behind this one.
    pub after: Option<String>,
    /// So many instances at most.
    pub limit: usize,
}

/// What one instance has in its inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxView {
    /// Whom it is for.
    pub id: String,
    /// How that one stands; nothing where it has not been started.
    pub state: Option<State>,
    /// The oldest first. Answers to questions are not among them.
    pub messages: Vec<MessageView>,
}

/// A page of inboxes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inboxes {
    /// In the order of the ids; none is empty.
    pub inboxes: Vec<InboxView>,
    /// Behind which the next page begins.
    pub next: Option<String>,
}

/// # Errors
/// The journal's.
pub(super) fn inbox(inner: &Inner, verb: &Inbox) -> Result<Inboxes, Error> {
    if let Some(id) = &verb.id {
        let one = of(inner, &named(&verb.tenant, id)?)?;
        return Ok(Inboxes { inboxes: one.into_iter().collect(), next: None });
    }
    let after = verb.after.as_deref().map(|after| named(&verb.tenant, after)).transpose()?;
    let limit = verb.limit.max(1);
    let page = inner.ports.journal.addressed(&verb.tenant, after.as_ref(), limit).map_err(|e| store(&e))?;
    let inboxes = page.items.iter().filter_map(|id| of(inner, id).transpose()).collect::<Result<_, _>>()?;
    Ok(Inboxes { inboxes, next: page.next.map(|id| id.instance) })
}

/// Nothing where it is empty.
fn of(inner: &Inner, id: &InstanceId) -> Result<Option<InboxView>, Error> {
    let mut messages = live_inbox(inner, id)?;
    // Names with `!` are the host's own.
    messages.retain(|message| !message.event.starts_with('!'));
    if messages.is_empty() {
        return Ok(None);
    }
    let state = inner.find(id)?.map(|head| view(inner, &head).state);
    let messages = messages.into_iter().map(message).collect();
    Ok(Some(InboxView { id: id.instance.clone(), state, messages }))
}
