//! Begins a run.

use std::{collections::BTreeMap, sync::Arc};

use cairn_journal::{Head, InstanceId, LockChange};
use cairn_replay::{Entry, Json, Seq};
use serde::{Deserialize, Serialize};

use super::{
    Birth, InstanceView, begin, fits_grant, fits_input, fits_tools, is_over, keyed, named, send::small, view,
};
use crate::{
    Error, KeyMeta,
    host::Inner,
    registry::Code,
    run::{can_go_on, store, value, wake},
    tool::Grant,
};

/// Begins a run of a component that was deployed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Start {
    /// Whose it is.
    pub tenant: String,
    /// Its name; where none is given it is that of the workflow's key, or made up.
    pub id: Option<String>,
    /// The component: `sha256:` and 64 hex digits.
    pub digest: String,
    /// What it is started with: a JSON object.
    pub input: serde_json::Value,
    /// What it may do, kept with the instance.
    pub grant: Grant,
    /// The workflows that were deployed together with it and that it may start: name and digest.
    #[serde(default)]
    pub peers: BTreeMap<String, String>,
}

/// It is on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Started {
    /// As it stands.
    pub instance: InstanceView,
    /// It was there before, with the same code and input: it goes on instead.
    pub existed: bool,
}

/// # Errors
/// A mistake, and nothing is written: the digest is not deployed, the input does not fit, the grant does not suffice, the id belongs
/// to another run, or the key of the workflow is in use and it says that this is refused.
pub(super) async fn start(inner: &Arc<Inner>, verb: Start) -> Result<Started, Error> {
    let code = inner.registry.code(&*inner.ports.journal, &verb.digest).await?;
    fits_tools(inner, &code, &verb.grant).await?;
    start_as(inner, &code, &verb, &How { note: &|_| Ok(Vec::new()), drives: true }).await
}

/// What is kept in the commit that begins a run, by its name.
pub(crate) type Note<'n> = &'n (dyn Fn(&str) -> Result<Vec<(String, Json)>, Error> + Send + Sync);

/// As [`Start`], of a workflow that starts by itself: where it has a key, that counts and not the name. What the note says is on disk with the beginning,
/// or neither is; a run that was there before notes nothing.
///
/// # Errors
/// As of [`Start`].
pub(crate) async fn start_noting(inner: &Arc<Inner>, verb: Start, note: Note<'_>) -> Result<Started, Error> {
    let code = inner.registry.code(&*inner.ports.journal, &verb.digest).await?;
    let how = How { note, drives: inner.drives_all(&verb.tenant) };
    if key(&code).is_some() {
        return start_as(inner, &code, &Start { id: None, ..verb }, &how).await;
    }
    start_as(inner, &code, &verb, &how).await
}

/// What comes of a start beside the run.
struct How<'n> {
    note: Note<'n>,
    /// This process takes it up.
    drives: bool,
}

fn key(code: &Code) -> Option<&KeyMeta> {
    code.component.meta.as_ref().and_then(|meta| meta.key.as_ref())
}

async fn start_as(
    inner: &Arc<Inner>,
    code: &Arc<Code>,
    verb: &Start,
    how: &How<'_>,
) -> Result<Started, Error> {
    if let (None, Some(key)) = (&verb.id, key(code)) {
        return keyed_start(inner, code, key, verb, how).await;
    }
    let name = verb.id.clone().unwrap_or_else(|| made_up(inner, code.component.workflow()));
    let id = named(&verb.tenant, &name)?;
    if let Some(head) = inner.find(&id)? {
        return existing(inner, &head, code, verb, how);
    }
    fits(inner, code, verb)?;
    if begin(inner, birth(code, verb, id.clone(), None, how)?).await? {
        return begun(inner, &id, how);
    }
    // Somebody else began it in the meantime.
    existing(inner, &inner.head(&id)?, code, verb, how)
}

/// Starts an instance that is one by its key.
async fn keyed_start(
    inner: &Arc<Inner>,
    code: &Arc<Code>,
    key: &KeyMeta,
    verb: &Start,
    how: &How<'_>,
) -> Result<Started, Error> {
    fits(inner, code, verb)?;
    let name = keyed::name(code.component.workflow(), key, &verb.input)?;
    named(&verb.tenant, &name)?;
    let _one_at_a_time = inner.keyed.lock().await;
    let place = keyed::place(inner, &verb.tenant, &name, key.otherwise)?;
    if place.turn.is_none() {
        let head = inner.head(&place.id)?;
        goes_on(inner, &head, how)?;
        return Ok(Started { instance: view(inner, &head), existed: true });
    }
    if !begin(inner, birth(code, verb, place.id.clone(), place.turn, how)?).await? {
        return Err(
            Error::fault(format!("`{}` was begun in between", place.id.instance)).help("start it again")
        );
    }
    begun(inner, &place.id, how)
}

fn birth(
    code: &Arc<Code>,
    verb: &Start,
    id: InstanceId,
    turn: Option<LockChange>,
    how: &How<'_>,
) -> Result<Birth, Error> {
    let grant = serde_json::to_string(&verb.grant).map_err(|e| Error::fault(format!("the grant: {e}")))?;
    let kept = (how.note)(&id.instance)?;
    Ok(Birth {
        id,
        code: Arc::clone(code),
        input: Json(verb.input.to_string().into()),
        grant: Json(grant.into()),
        peers: verb.peers.clone(),
        parent: None,
        turn,
        kept,
    })
}

fn begun(inner: &Arc<Inner>, id: &InstanceId, how: &How<'_>) -> Result<Started, Error> {
    if how.drives {
        inner.drive(id);
        wake(inner, id);
    }
    let head = inner.head(id)?;
    Ok(Started { instance: view(inner, &head), existed: false })
}

/// A name that nobody has: the workflow's, and 40 random bits.
fn made_up(inner: &Inner, workflow: &str) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let bits = inner.ports.entropy.bits();
    let letter = |n: u32| LETTERS.get((bits >> (5 * n) & 31) as usize).map_or('0', |byte| char::from(*byte));
    format!("{workflow}-{}", (0..8).map(letter).collect::<String>())
}

fn fits(inner: &Inner, code: &Code, verb: &Start) -> Result<(), Error> {
    small(inner, "the input", &verb.input)?;
    fits_input(code, &verb.input)?;
    fits_grant(code, &verb.grant)
}

fn existing(
    inner: &Arc<Inner>,
    head: &Head,
    code: &Code,
    verb: &Start,
    how: &How<'_>,
) -> Result<Started, Error> {
    let id = &head.id;
    let name = &id.instance;
    let workflow = code.component.workflow();
    if head.workflow != workflow {
        return Err(Error::mistake(format!("`{name}` is a run of another workflow, `{}`", head.workflow))
            .help("choose another id"));
    }
    if head.digest.0 != verb.digest {
        return Err(other_code(head));
    }
    let history = inner.ports.journal.load(id, Seq(0)).map_err(|e| store(&e))?;
    let Some(Entry::Began(began)) = history.first() else {
        return Err(Error::fault(format!("the journal of `{name}` does not begin with its start")));
    };
    // One that restarted has an input of its own since; what it was started with is gone with that journal.
    if began.run == 0 && value(&began.input) != verb.input {
        return Err(Error::mistake(format!("`{name}` was started with another input"))
            .help("choose another id, or leave the input as it was to go on with it"));
    }
    let granted: Grant = serde_json::from_str(&began.grant.0).unwrap_or_default();
    if let Some(differs) = granted.differs(&verb.grant) {
        return Err(Error::mistake(format!("`{name}` was started with other grants: {differs}"))
            .help("a run keeps what it was granted: choose another id, or grant the same to go on with it"));
    }
    goes_on(inner, head, how)?;
    Ok(Started { instance: view(inner, head), existed: true })
}

/// From now on this process drives it, if it does so at all.
fn goes_on(inner: &Arc<Inner>, head: &Head, how: &How<'_>) -> Result<(), Error> {
    if is_over(&head.status) || !how.drives {
        return Ok(());
    }
    inner.drive(&head.id);
    if can_go_on(inner, head)? {
        wake(inner, &head.id);
    }
    super::resume::wake_in_time(inner, head);
    Ok(())
}

fn other_code(head: &Head) -> Error {
    let name = &head.id.instance;
    let error = Error::mistake(format!("`{name}` runs other code of `{}`: {}", head.workflow, head.digest.0));
    if is_over(&head.status) {
        return error.help("it is over: choose another id");
    }
    error.help(format!(
        "choose another id, or move it to the new code, `cairn resume {name} --code FILE`: its {} entries are \
         replayed with that first, and only if they agree it goes on with it",
        head.next.0
    ))
}
