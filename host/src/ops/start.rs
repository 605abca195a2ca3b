//! Begins a run.

use std::{collections::BTreeMap, sync::Arc};

use cairn_journal::{Head, InstanceId, Refusal};
use cairn_replay::{Began, Entry, Json, Seq};
use serde::{Deserialize, Serialize};

use super::{InstanceView, is_over, named, view};
use crate::{
    Error,
    component::{misfits, missing, written},
    crash,
    host::Inner,
    registry::Code,
    run::{Append, Purpose, can_go_on, commit, store, value, wake},
    tool::Grant,
};

/// Begins a run of a component that was deployed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Start {
    /// Whose it is.
    pub tenant: String,
    /// Its name; made up where none is given.
    pub id: Option<String>,
    /// The component: `sha256:` and 64 hex digits.
    pub digest: String,
    /// What it is started with: a JSON object.
    pub input: serde_json::Value,
    /// What it may do, kept with the instance.
    pub grant: Grant,
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
/// A mistake, and nothing is written: the digest is not deployed, the input does not fit, the grant does not suffice, or the
/// id belongs to another run.
pub(super) async fn start(inner: &Arc<Inner>, verb: Start) -> Result<Started, Error> {
    let code = inner.registry.code(&*inner.ports.journal, &verb.digest).await?;
    let name = verb.id.clone().unwrap_or_else(|| made_up(inner, code.component.workflow()));
    let id = named(&verb.tenant, &name)?;
    if let Some(head) = inner.find(&id)? {
        return existing(inner, &head, &code, &verb);
    }
    fits(&code, &verb)?;
    if begin(inner, &id, &code, &verb).await? {
        inner.drive(&id);
        wake(inner, &id);
        let head = inner.head(&id)?;
        return Ok(Started { instance: view(inner, &head), existed: false });
    }
    // Somebody else began it in the meantime.
    existing(inner, &inner.head(&id)?, &code, &verb)
}

/// A name that nobody has: the workflow's, and 40 random bits.
fn made_up(inner: &Inner, workflow: &str) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let bits = inner.ports.entropy.bits();
    let letter = |n: u32| LETTERS.get((bits >> (5 * n) & 31) as usize).map_or('0', |byte| char::from(*byte));
    format!("{workflow}-{}", (0..8).map(letter).collect::<String>())
}

fn fits(code: &Code, verb: &Start) -> Result<(), Error> {
    if !verb.input.is_object() {
        return Err(Error::mistake("the input is no JSON object").help("write it as `{ \"name\": value }`"));
    }
    let Some(meta) = &code.component.meta else { return Ok(()) };
    let misfits = misfits(&meta.input, &verb.input)?;
    if !misfits.is_empty() {
        return Err(Error::mistake(format!(
            "the input does not fit the workflow `{}`: {}",
            meta.workflow,
            misfits.join("; ")
        ))
        .help(format!("it takes {}", written(&meta.input))));
    }
    let missing = missing(meta, &verb.grant);
    if missing.is_empty() {
        return Ok(());
    }
    let needs: Vec<_> = missing.iter().map(|one| one.need.as_str()).collect();
    let flags: Vec<_> = missing.iter().map(|one| one.flag.as_str()).collect();
    Err(Error::mistake(format!(
        "the workflow `{}` needs {}, which is not granted",
        meta.workflow,
        needs.join(", ")
    ))
    .help(format!("if you trust it, add {}", flags.join(" "))))
}

/// Gives whether it was made; `false`: it is there already.
async fn begin(inner: &Inner, id: &InstanceId, code: &Code, verb: &Start) -> Result<bool, Error> {
    let grant = serde_json::to_string(&verb.grant).map_err(|e| Error::fault(format!("the grant: {e}")))?;
    let began = Entry::Began(Began {
        at: inner.ports.clock.now(),
        tenant: id.tenant.clone(),
        workflow: code.component.workflow().to_owned(),
        instance: id.instance.clone(),
        digest: verb.digest.clone(),
        input: Json(verb.input.to_string()),
        grant: Json(grant),
        peers: BTreeMap::new(),
        parent: None,
        run: 0,
    });
    let append = Append { id: id.clone(), expect: Seq(0), entries: vec![began], wakes: false };
    crash::point("start:before-commit");
    let answer = commit(&inner.ports, append, Purpose::Start).await.map_err(|e| store(&e))?;
    crash::point("start:after-commit");
    match answer {
        Ok(()) => Ok(true),
        Err(Refusal::Conflict { .. }) => Ok(false),
        Err(refusal) => {
            Err(Error::fault(format!("the journal refused to begin `{}`: {refusal}", id.instance)))
        }
    }
}

fn existing(inner: &Arc<Inner>, head: &Head, code: &Code, verb: &Start) -> Result<Started, Error> {
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
    let same = matches!(history.first(), Some(Entry::Began(began)) if value(&began.input) == verb.input);
    if !same {
        return Err(Error::mistake(format!("`{name}` was started with another input"))
            .help("choose another id, or leave the input as it was to go on with it"));
    }
    if !is_over(&head.status) {
        inner.drive(id);
        if can_go_on(inner, head)? {
            wake(inner, id);
        }
        super::resume::wake_in_time(inner, head);
    }
    Ok(Started { instance: view(inner, head), existed: true })
}

fn other_code(head: &Head) -> Error {
    let name = &head.id.instance;
    let error = Error::mistake(format!("`{name}` runs other code of `{}`: {}", head.workflow, head.digest.0));
    if is_over(&head.status) {
        return error.help("it is over: choose another id");
    }
    error.help(format!(
        "choose another id, or resume `{name}` with the new code: its {} entries are replayed with it first, and only if \
         they agree it goes on with that",
        head.next.0
    ))
}
