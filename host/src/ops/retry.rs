//! Does again what an instance stands still at: the operation that it failed of, or a step of which nobody knows whether it was carried
//! out.

use std::sync::Arc;

use cairn_journal::{Head, InstanceId};
use cairn_replay::{Act, Entry, Key};
use serde::{Deserialize, Serialize};

use super::{
    Done, Order, is_over, named,
    order::{Grip, Past, a_moment, done, grip, is_paused, past, seize, set_going},
    restart::{finished, from_key},
    rewind,
};
use crate::{
    Error, crash, did_you_mean,
    host::Inner,
    run::{Along, Append, Purpose, commit, settled, waits_unclear},
};

/// Does again what an instance stands still at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Retry {
    /// Which, who and why.
    #[serde(flatten)]
    pub order: Order,
    /// Of an instance with unclear steps: which of them. Where there is one only, it need not be said.
    #[serde(default)]
    pub key: Option<String>,
}

/// # Errors
/// A mistake, and nothing is changed: there is no such instance, none of its steps is unclear and it has not failed, or no operation of it
/// did.
pub(super) async fn retry(inner: &Arc<Inner>, verb: Retry) -> Result<Done, Error> {
    let id = named(&verb.order.tenant, &verb.order.id)?;
    if let Some(done) = resend(inner, &id, &verb).await? {
        return Ok(done);
    }
    let claim = seize(inner, &id).await?;
    let begun = match rewind::failed(&inner.head(&id)?, &past(inner, &id)?) {
        Ok(key) => from_key(inner, &claim, &verb.order, &key).await,
        Err(error) => Err(error),
    };
    finished(inner, claim, &verb.order, begun)
}

/// Sends an unclear step again; none where there is none.
async fn resend(inner: &Arc<Inner>, id: &InstanceId, verb: &Retry) -> Result<Option<Done>, Error> {
    loop {
        let grip = grip(inner, id).await;
        let head = inner.head(id)?;
        let unclear = match &grip {
            _ if is_over(&head.status) => Vec::new(),
            Grip::Loaded(activation) => activation.unclear(),
            Grip::Free(_) => unclear(&past(inner, id)?),
        };
        let Some(key) = chosen(id, verb, unclear)? else { return Ok(None) };
        let kept = match &grip {
            Grip::Loaded(activation) => match activation.resend(&verb.order.who(), &key)? {
                Some(Some(answer)) => Some(settled(answer).await?),
                Some(None) | None => None,
            },
            Grip::Free(_) => Some(unloaded(inner, &head, verb, &key).await?),
        };
        if kept.is_some() {
            crash::point("resend:after-commit");
            if let (Grip::Free(claim), false) = (grip, is_paused(&head)) {
                set_going(inner, claim, verb.order.drive);
            }
            return done(inner, id, &format!("makes `{}` again", key.0)).map(Some);
        }
        drop(grip);
        a_moment().await;
    }
}

async fn unloaded(inner: &Inner, head: &Head, verb: &Retry, key: &Key) -> Result<(), Error> {
    let resend = verb.order.who().acted(inner.ports.clock.now(), Act::Resend { key: key.clone() });
    let append = Append {
        id: head.id.clone(),
        expect: head.next,
        entries: vec![resend],
        wakes: false,
        along: Along::default(),
    };
    let purpose = if is_paused(head) { Purpose::Pauses } else { Purpose::Wakes };
    settled(commit(&inner.ports, append, purpose)).await
}

/// Steps that wait for a person, of an instance that is not loaded.
fn unclear(past: &Past) -> Vec<Key> {
    let keys = past.history.iter().filter_map(|entry| match entry {
        Entry::Asked { key, .. } if waits_unclear(&past.machine, key) => Some(key.clone()),
        _ => None,
    });
    keys.collect()
}

/// Which of them is meant.
fn chosen(id: &InstanceId, verb: &Retry, unclear: Vec<Key>) -> Result<Option<Key>, Error> {
    let name = &id.instance;
    let names: Vec<&str> = unclear.iter().map(|key| key.0.as_str()).collect();
    let list = names.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    match (&verb.key, names.as_slice()) {
        (Some(key), _) if names.contains(&key.as_str()) => Ok(Some(Key(key.clone()))),
        (Some(key), _) => {
            let error =
                Error::mistake(format!("`{key}` of `{name}` is no step that waits because it is unclear"));
            Err(match did_you_mean(key, &names) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None if names.is_empty() => {
                    error.help(format!("to do it again all the same: `cairn restart {name} --from '{key}'`"))
                }
                None => error.help(format!("those are {list}")),
            })
        }
        (None, [_, _, ..]) => Err(Error::mistake(format!("several steps of `{name}` are unclear: {list}"))
            .help(format!("say which of them is to be made again: `cairn retry {name} --key KEY`"))),
        (None, _) => Ok(unclear.into_iter().next()),
    }
}
