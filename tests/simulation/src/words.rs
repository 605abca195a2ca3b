//! What is handed to the journal, in a line.

use cairn_host::replay::Entry;

use crate::disk::Op;

/// A commit or a message.
pub(crate) fn line(op: &Op) -> String {
    match op {
        Op::Put(message) => {
            format!("{} to {}: {} {}", message.id.0, message.to.instance, message.event, message.data.0)
        }
        Op::Keep(keep) => {
            format!("{} {}", keep.name, keep.json.as_ref().map_or("nothing", |json| &json.0))
        }
        Op::Discard(discard) => {
            let messages: Vec<&str> = discard.messages.iter().map(|id| id.0.as_str()).collect();
            format!("{} throws away {}", discard.to.instance, messages.join(", "))
        }
        Op::Purge(purge) => format!("removal of {}", purge.id.instance),
        Op::Commit(commit, sync) => {
            let entries: Vec<String> = commit.entries.iter().map(entry).collect();
            let mut more = String::new();
            if commit.restart {
                more.push_str(" restarts");
            }
            if let Some(status) = &commit.head.status {
                more.push_str(&format!(" -> {status:?}"));
            }
            for message in &commit.consumed {
                more.push_str(&format!(" takes {}", message.0));
            }
            for lock in &commit.locks {
                more.push_str(&format!(" lock {} {} {:?}", lock.name, lock.key.0, lock.to));
            }
            let (id, from) = (&commit.id.instance, commit.expect.0);
            format!("{sync:?} {id}[{from}] {}{more}", entries.join(", "))
        }
    }
}

fn entry(entry: &Entry) -> String {
    match entry {
        Entry::Began(began) => format!("began {} run {} {}", began.workflow, began.run, began.input.0),
        Entry::Asked { key, command, .. } => {
            let text = format!("{command:?}");
            let kind = text.split([' ', '{']).next().unwrap_or_default().to_owned();
            format!("asked {} {kind}", key.0)
        }
        Entry::Tried { key, attempt, failure, again, .. } => {
            format!("tried {} {attempt} {} again {}", key.0, failure.kind, again.0)
        }
        Entry::Ended { key, outcome, .. } => match outcome {
            Ok(json) => format!("ended {} {}", key.0, json.0),
            Err(failure) => format!("ended {} with {}", key.0, failure.kind),
        },
        Entry::Noted { key, note, .. } => format!("noted {} {note:?}", key.0),
        Entry::Finished { outcome, .. } => match outcome {
            Ok(json) => format!("finished {}", json.0),
            Err(failure) => format!("finished with {}: {}", failure.kind, failure.message),
        },
        Entry::Logged { message, .. } => format!("logged {message}"),
        other => format!("{other:?}"),
    }
}
