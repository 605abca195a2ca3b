//! What may stand where in a journal.

use super::History;
use crate::{Act, Command, Damage, Entry, Key};

pub(super) fn not_begun(entry: &Entry) -> String {
    format!("is `{}`: a journal begins with `began`", name(entry))
}

pub(super) fn check(history: &History, entry: &Entry) -> Result<(), Damage> {
    let broken = over(history).or_else(|| match entry {
        Entry::Began(_) => Some("is a second `began`: it stands only at the beginning".into()),
        Entry::Asked { key, .. } | Entry::Noted { key, .. } => used(history, key),
        Entry::Tried { key, attempt, .. } => not_open(history, key).or_else(|| tried(history, key, *attempt)),
        Entry::Ended { key, .. } => not_open(history, key).or_else(|| not_unwound(history, key)),
        Entry::ScopeCancelled { key, .. } => not_open(history, key).or_else(|| not_a_block(history, key)),
        Entry::Sent { key, attempt, .. } => not_open(history, key).or_else(|| tried(history, key, *attempt)),
        Entry::Acted { act: Act::Decide { key }, .. } => not_open(history, key),
        Entry::Acted { act: Act::Rewind { key, .. }, .. } => used(history, key),
        Entry::Acted { act: Act::Resend { key }, .. } => {
            not_open(history, key).or_else(|| not_unclear(history, key))
        }
        Entry::Acted { .. }
        | Entry::Logged { .. }
        | Entry::Exposed { .. }
        | Entry::CancelAsked { .. }
        | Entry::Moved { .. }
        | Entry::Finished { .. } => None,
    });
    match broken {
        None => Ok(()),
        Some(what) => Err(Damage::new(history.next(), what)),
    }
}

fn over(history: &History) -> Option<String> {
    let at = history.finished?;
    Some(format!("stands behind `finished` (entry {}): nothing may follow it", at.0))
}

fn used(history: &History, key: &Key) -> Option<String> {
    let slot = history.slots.get(key)?;
    Some(format!("asks under `{}`, which entry {} already used", key.0, slot.asked.0))
}

fn not_open(history: &History, key: &Key) -> Option<String> {
    let Some(slot) = history.slots.get(key) else {
        return Some(format!("speaks of `{}`, which nobody had asked for", key.0));
    };
    if history.command(key).is_none() {
        return Some(format!("speaks of `{}`, which is a note and has no outcome of its own", key.0));
    }
    let ended = slot.ended?;
    Some(format!("speaks of `{}`, which had ended with entry {}", key.0, ended.0))
}

fn tried(history: &History, key: &Key, attempt: u32) -> Option<String> {
    if !matches!(
        history.command(key),
        Some(Command::Call { .. } | Command::Body { .. } | Command::Undo { .. })
    ) {
        return Some(format!("is an attempt at `{}`, which is not a step", key.0));
    }
    let made = history.tries(key).map_or(0, |tries| tries.made);
    (attempt <= made).then(|| format!("is attempt {attempt} at `{}`, but {made} was made already", key.0))
}

fn not_unclear(history: &History, key: &Key) -> Option<String> {
    let clear = history.unclear(key).is_none();
    clear.then(|| format!("sends `{}` again, of which no attempt is unclear", key.0))
}

fn not_a_block(history: &History, key: &Key) -> Option<String> {
    let block = matches!(history.command(key), Some(Command::Block { .. }));
    (!block).then(|| format!("cancels what runs in `{}`, which is no block", key.0))
}

fn not_unwound(history: &History, key: &Key) -> Option<String> {
    let undo = matches!(history.command(key), Some(Command::Undo { .. } | Command::UndoBlock { .. }));
    (undo && !history.unwound)
        .then(|| format!("ends the undo `{}`, but nobody had asked for an unwinding", key.0))
}

/// The word for an entry's kind.
pub(crate) fn name(entry: &Entry) -> &'static str {
    match entry {
        Entry::Began(_) => "began",
        Entry::Asked { .. } => "asked",
        Entry::Tried { .. } => "tried",
        Entry::Ended { .. } => "ended",
        Entry::Noted { .. } => "noted",
        Entry::Logged { .. } => "logged",
        Entry::CancelAsked { .. } => "cancel asked",
        Entry::Exposed { .. } => "exposed",
        Entry::ScopeCancelled { .. } => "scope cancelled",
        Entry::Moved { .. } => "moved",
        Entry::Acted { act: Act::Pause, .. } => "acted: pause",
        Entry::Acted { act: Act::Continue, .. } => "acted: continue",
        Entry::Acted { act: Act::Terminate, .. } => "acted: terminate",
        Entry::Acted { act: Act::Decide { .. }, .. } => "acted: decide",
        Entry::Acted { act: Act::Restart { .. }, .. } => "acted: restart",
        Entry::Acted { act: Act::Rewind { .. }, .. } => "acted: rewind",
        Entry::Acted { act: Act::Resend { .. }, .. } => "acted: resend",
        Entry::Sent { .. } => "sent",
        Entry::Finished { .. } => "finished",
    }
}
