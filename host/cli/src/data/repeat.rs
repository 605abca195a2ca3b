//! Which verbs may be carried out a second time by somebody who does not know whether they were carried out before.

use cairn_host::{
    ops::{Reply, Request},
    port::{Entropy as _, SystemEntropy},
};

/// Gives a request an id where a second one has to count as the same and the sender gave none. Says whether it did.
pub(crate) fn name(request: &mut Request) -> bool {
    let id = match request {
        Request::Send(send) => &mut send.message,
        Request::Emit(emit) => &mut emit.message,
        _ => return false,
    };
    if id.is_none() {
        *id = Some(format!("{:016x}{:016x}", SystemEntropy.bits(), SystemEntropy.bits()));
        return true;
    }
    false
}

/// The reply to a request that [`name`] named: that it was a duplicate can only mean that it was carried out before its reply was lost.
pub(crate) fn as_first(mut reply: Reply) -> Reply {
    if let Reply::Send(sent) = &mut reply {
        sent.duplicate = false;
    }
    reply
}

/// Does a second time come to the same as once? Those that read, and those that carry an id.
pub(crate) fn harmless(request: &Request) -> bool {
    match request {
        Request::List(_)
        | Request::Show(_)
        | Request::Inbox(_)
        | Request::Logs(_)
        | Request::Schedules(_)
        | Request::Deploy(_) => true,
        Request::Send(send) => send.message.is_some(),
        Request::Emit(emit) => emit.message.is_some(),
        // An acting person is told that it was done twice, or refused: that has to be seen, and is not guessed away.
        Request::Start(_)
        | Request::Resume(_)
        | Request::Cancel(_)
        | Request::Answer(_)
        | Request::Pause(_)
        | Request::Continue(_)
        | Request::Terminate(_)
        | Request::Restart(_)
        | Request::Retry(_)
        | Request::Skip(_)
        | Request::Purge(_)
        | Request::Schedule(_)
        | Request::Backup(_) => false,
    }
}
