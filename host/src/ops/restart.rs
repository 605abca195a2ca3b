//! Begins a run anew: from its start, or from one of its operations.

use std::sync::Arc;

use cairn_journal::{Head, InstanceId, Refusal};
use cairn_replay::{Act, Began, Entry, Key};
use serde::{Deserialize, Serialize};

use super::{
    Done, Order, is_over, keyed, named,
    order::{Past, done, past, put_back, seize, set_going},
    rewind::{self, Plan},
    terminate::cancel_children,
};
use crate::{
    Error, crash,
    host::Inner,
    run::{Append, Claim, Purpose, commit, leaves, store, told, value},
};

/// Begins a run anew.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Restart {
    /// Which, who and why.
    #[serde(flatten)]
    pub order: Order,
    /// From this operation on; from the start where none is given.
    pub from: Option<String>,
}

/// # Errors
/// A mistake, and nothing is changed: there is no such instance, an attempt is out, or what is to be taken back cannot be.
pub(super) async fn restart(inner: &Arc<Inner>, verb: Restart) -> Result<Done, Error> {
    let id = named(&verb.order.tenant, &verb.order.id)?;
    inner.head(&id)?;
    let claim = seize(inner, &id).await?;
    let begun = match &verb.from {
        None => from_start(inner, &claim, &verb.order).await,
        Some(key) => from_key(inner, &claim, &verb.order, &Key(key.clone())).await,
    };
    finished(inner, claim, &verb.order, begun)
}

pub(super) fn finished(
    inner: &Arc<Inner>,
    claim: Claim,
    order: &Order,
    begun: Result<String, Error>,
) -> Result<Done, Error> {
    let id = claim.id.clone();
    match begun {
        Ok(did) => {
            crash::point("operate:after-restart");
            set_going(inner, claim, order.drive);
            done(inner, &id, &did)
        }
        Err(error) => {
            put_back(inner, claim)?;
            Err(error)
        }
    }
}

async fn from_start(inner: &Arc<Inner>, claim: &Claim, order: &Order) -> Result<String, Error> {
    let id = &claim.id;
    let head = inner.head(id)?;
    let past = past(inner, id)?;
    cancel_children(inner, id, &past, "begins anew", &order.by).await?;
    let before = past.machine.began();
    let at = inner.ports.clock.now();
    let run = before.run.saturating_add(1);
    let began = Began { at, digest: past.machine.digest().to_owned(), run, ..before.clone() };
    let acted = order.who().acted(at, Act::Restart { dropped: past.history.len() as u64 });
    let entries = vec![Entry::Began(began), acted];
    begin(inner, &head, &past, entries).await?;
    Ok(format!("begins anew, as run {}", run + 1))
}

pub(super) async fn from_key(
    inner: &Arc<Inner>,
    claim: &Claim,
    order: &Order,
    key: &Key,
) -> Result<String, Error> {
    let id = &claim.id;
    let head = inner.head(id)?;
    let past = past(inner, id)?;
    let Plan { entries, dropped, events } = rewind::plan(inner, id, &past, key, order)?;
    for event in events {
        inner.ports.journal.put(event).await.map_err(|e| store(&e))?;
    }
    begin(inner, &head, &past, entries).await?;
    let taken = if dropped == 1 { "1 entry".to_owned() } else { format!("{dropped} entries") };
    Ok(format!("goes on from `{}`, with {taken} taken back", key.0))
}

/// Puts entries in the place of a journal.
async fn begin(inner: &Arc<Inner>, head: &Head, past: &Past, entries: Vec<Entry>) -> Result<(), Error> {
    let id = &head.id;
    let _one_at_a_time = inner.keyed.lock().await;
    let (mut along, news) = leaves(is_over(&head.status), &past.history, &entries);
    if is_over(&head.status) {
        along.locks.extend(turn(inner, id, past).await?);
    }
    let append = Append { id: id.clone(), expect: head.next, entries, wakes: false, along };
    crash::point("restart:before-commit");
    inner.lines.taken_by(id, &news);
    match told(inner, id, commit(&inner.ports, append, Purpose::Restarts), news).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Refusal::NoPlace(lock))) => Err(Error::mistake(format!(
            "`{}` held a place of `{lock}` at that point, and others have all of them now",
            id.instance
        ))
        .help(format!("wait until one is free, or go from an operation before the lock, or from the start: `cairn restart {}`", id.instance))),
        Ok(Err(refusal)) => Err(Error::fault(format!("the journal refused to begin `{}` anew: {refusal}", id.instance))),
        Err(error) => Err(store(&error)),
    }
}

/// One that is one by its key stands in the line of that again.
async fn turn(
    inner: &Inner,
    id: &InstanceId,
    past: &Past,
) -> Result<Option<cairn_journal::LockChange>, Error> {
    let began = past.machine.began();
    let code = inner.registry.code(&*inner.ports.journal, past.machine.digest()).await?;
    let Some(key) = code.component.meta.as_ref().and_then(|meta| meta.key.as_ref()) else { return Ok(None) };
    let name = keyed::name(&began.workflow, key, &value(&began.input))?;
    if keyed::turn_of(id) != Some(keyed::turn(&name)) {
        return Ok(None);
    }
    keyed::again(inner, id, &name, key.otherwise).map(Some)
}
