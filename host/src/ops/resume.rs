//! Takes up what can go on.

use std::sync::Arc;

use cairn_journal::{Digest, Head, InstanceId, Status};
use cairn_replay::{Entry, Seq};
use serde::{Deserialize, Serialize};

use super::{InstanceView, is_over, named, order::seize, view};
use crate::{
    Error,
    component::missing,
    host::Inner,
    registry::Code,
    run::{Along, Append, Claim, Purpose, can_go_on, commit, drive_claimed, prove, settled, store, wake},
    schedules::take_up,
    tool::Grant,
};

/// Takes up one instance, or all that can go on; with all of them also what starts by itself: what is due begins.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Resume {
    /// Whose.
    pub tenant: String,
    /// Which; all that are ready or due where none is given, and what starts by itself.
    pub id: Option<String>,
    /// Other code to go on with: it is first proven by replay, then the instance is moved to it.
    pub code: Option<String>,
}

/// What was taken up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Resumed {
    /// As they stood.
    pub instances: Vec<InstanceView>,
}

/// Instances that are looked at in one go.
const PAGE: usize = 500;

/// # Errors
/// A mistake: there is no such instance, or the other code is none for it. [`Error::Diverged`]: the other code does not
/// agree with what is recorded, and nothing was changed.
pub(super) async fn resume(inner: &Arc<Inner>, verb: Resume) -> Result<Resumed, Error> {
    match (verb.id, verb.code) {
        (None, None) => resume_all(inner, &verb.tenant).await,
        (None, Some(_)) => Err(Error::mistake("other code is for one instance").help("name the instance")),
        (Some(id), None) => resume_one(inner, &named(&verb.tenant, &id)?),
        (Some(id), Some(code)) => resume_with(inner, &named(&verb.tenant, &id)?, &code).await,
    }
}

async fn resume_all(inner: &Arc<Inner>, tenant: &str) -> Result<Resumed, Error> {
    inner.drive_all(tenant);
    let mut instances = driven(inner, tenant)?;
    instances.extend(take_up(inner, tenant).await?);
    Ok(Resumed { instances })
}

fn driven(inner: &Arc<Inner>, tenant: &str) -> Result<Vec<InstanceView>, Error> {
    let mut instances = Vec::new();
    let mut after = None;
    loop {
        let page = inner.ports.journal.list(tenant, after.as_ref(), PAGE).map_err(|e| store(&e))?;
        for head in &page.items {
            wake_in_time(inner, head);
            if can_go_on(inner, head)? {
                wake(inner, &head.id);
                instances.push(view(inner, head));
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(instances);
        }
    }
}

fn resume_one(inner: &Arc<Inner>, id: &InstanceId) -> Result<Resumed, Error> {
    let head = inner.head(id)?;
    if !is_over(&head.status) {
        inner.drive(id);
        wake_in_time(inner, &head);
        // One that diverged is tried again: the host, or what it was given, may be another.
        if can_go_on(inner, &head)? || matches!(head.status, Status::Diverged(_)) {
            wake(inner, id);
        }
    }
    Ok(Resumed { instances: vec![view(inner, &head)] })
}

/// The timer of a waiting instance counts from now on in this process.
pub(crate) fn wake_in_time(inner: &Inner, head: &Head) {
    if let Status::Waiting(waiting) = &head.status
        && let Some(until) = waiting.until
    {
        inner.timers.add(until, &head.id);
    }
}

async fn resume_with(inner: &Arc<Inner>, id: &InstanceId, digest: &str) -> Result<Resumed, Error> {
    let code = inner.registry.code(&*inner.ports.journal, digest).await?;
    inner.head(id)?;
    if inner.slots.is_at_work(id) {
        return Err(Error::mistake(format!("`{}` is at work", id.instance))
            .help("it can be given other code when it waits, or when it is not driven"));
    }
    let claim = seize(inner, id).await?;
    // With the claim nobody else changes it.
    let head = inner.head(id)?;
    if head.digest.0 != digest {
        may_move(&head, &code)?;
        move_to(inner, &claim, &head, code).await?;
    }
    inner.drive(id);
    let head = inner.head(id)?;
    let seen = view(inner, &head);
    drive_claimed(inner, claim);
    Ok(Resumed { instances: vec![seen] })
}

fn may_move(head: &Head, code: &Code) -> Result<(), Error> {
    let (name, workflow) = (&head.id.instance, code.component.workflow());
    if is_over(&head.status) {
        return Err(Error::mistake(format!("`{name}` is over")).help("start a new run of the new code"));
    }
    if head.workflow != workflow {
        return Err(Error::mistake(format!(
            "`{name}` is a run of `{}`, and that is code of `{workflow}`",
            head.workflow
        )));
    }
    Ok(())
}

async fn move_to(inner: &Arc<Inner>, claim: &Claim, head: &Head, code: Arc<Code>) -> Result<(), Error> {
    let history = inner.ports.journal.load(&claim.id, Seq(0)).map_err(|e| store(&e))?;
    granted(&history, &code)?;
    let digest = code.component.digest.clone();
    prove(inner, &claim.id, history, code).await?;
    let moved =
        Entry::Moved { at: inner.ports.clock.now(), digest: digest.clone(), by: "operator".to_owned() };
    let append = Append {
        id: claim.id.clone(),
        expect: head.next,
        entries: vec![moved],
        wakes: false,
        along: Along::default(),
    };
    settled(commit(&inner.ports, append, Purpose::Moves(Digest(digest)))).await
}

/// The instance's grant stays as it is: new code gets no more than the old.
fn granted(history: &[Entry], code: &Code) -> Result<(), Error> {
    let (Some(Entry::Began(began)), Some(meta)) = (history.first(), &code.component.meta) else {
        return Ok(());
    };
    let grant: Grant = serde_json::from_str(&began.grant.0).unwrap_or_default();
    let missing = missing(meta, &grant);
    if missing.is_empty() {
        return Ok(());
    }
    let needs: Vec<_> = missing.iter().map(|one| one.need.as_str()).collect();
    Err(Error::mistake(format!(
        "the other code needs {}, which the instance was not granted",
        needs.join(", ")
    ))
    .help("what an instance may do is fixed when it starts"))
}
