//! Heads as they are shown.

use cairn_journal::{Head, InstanceId, Status};

use super::{InstanceView, State};
use crate::{Error, host::Inner};

/// A head as it is shown; one that is at work is so whatever the disk says.
pub(crate) fn view(inner: &Inner, head: &Head) -> InstanceView {
    let view = resting(head);
    match head.status {
        Status::Waiting(_) if inner.slots.is_at_work(&head.id) => {
            InstanceView { state: State::Ready, ..view }
        }
        _ => view,
    }
}

/// A head as it is shown, of an instance that nobody works on.
pub(crate) fn resting(head: &Head) -> InstanceView {
    InstanceView {
        id: head.id.instance.clone(),
        workflow: head.workflow.clone(),
        digest: head.digest.0.clone(),
        state: state(&head.status),
        started: head.started.0,
        changed: head.changed.0,
        entries: head.next.0,
    }
}

fn state(status: &Status) -> State {
    match status {
        Status::Ready => State::Ready,
        Status::Waiting(waiting) => State::Waiting {
            until: waiting.until.map(|until| until.0),
            events: waiting.events.clone(),
            on: waiting.on.clone(),
        },
        Status::Paused => State::Paused,
        Status::Finished => State::Finished,
        Status::Failed(kind) => State::Failed { kind: kind.clone() },
        Status::Diverged(message) => State::Diverged { message: message.clone() },
    }
}

pub(super) fn is_over(status: &Status) -> bool {
    matches!(status, Status::Finished | Status::Failed(_))
}

/// # Errors
/// A mistake where no event can have this name.
pub(super) fn event_name(name: &str) -> Result<(), Error> {
    if name.is_empty() || name.starts_with('!') {
        return Err(Error::mistake(format!("`{name}` cannot be the name of an event"))
            .help("names that begin with `!` are the host's own"));
    }
    Ok(())
}

/// Longest name of a tenant or an instance, in bytes.
const LONGEST: usize = 200;

/// Names an instance.
pub(super) fn named(tenant: &str, id: &str) -> Result<InstanceId, Error> {
    check("tenant", tenant)?;
    check("instance", id)?;
    Ok(InstanceId { tenant: tenant.to_owned(), instance: id.to_owned() })
}

fn check(what: &str, name: &str) -> Result<(), Error> {
    let wrong = |why: &str| Err(Error::mistake(format!("{name:?} cannot be the name of a {what}: {why}")));
    match name {
        "" => wrong("it is empty"),
        _ if name.len() > LONGEST => wrong("it has more than 200 bytes"),
        _ if name.chars().any(char::is_control) => wrong("it has a control character"),
        _ => Ok(()),
    }
}
