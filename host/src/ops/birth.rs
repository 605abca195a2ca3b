//! The beginning of an instance, whoever wants it: an operator, another run, or nobody yet.

use std::{collections::BTreeMap, sync::Arc};

use cairn_journal::{InstanceId, LockChange, Refusal};
use cairn_replay::{Began, Entry, Json, Key, Seq};
use serde_json::Value;

use crate::{
    Error,
    component::{missing, written as shown},
    crash,
    host::Inner,
    registry::Code,
    run::{Along, Append, Purpose, commit, wake, written},
    tool::Grant,
};

/// An instance that is to be begun.
#[derive(Clone)]
pub(crate) struct Birth {
    pub(crate) id: InstanceId,
    pub(crate) code: Arc<Code>,
    /// What it is started with: a JSON object that fits.
    pub(crate) input: Json,
    /// What it may do, in the host's own JSON.
    pub(crate) grant: Json,
    /// The workflows that were deployed together with it.
    pub(crate) peers: BTreeMap<String, String>,
    /// Which operation of which instance wants it.
    pub(crate) parent: Option<(String, Key)>,
    /// Its place in the line of its key.
    pub(crate) turn: Option<LockChange>,
    /// What is kept in the same commit: names within the tenant.
    pub(crate) kept: Vec<(String, Json)>,
}

/// Begins it; `false`: there is one of this name already, and nothing was changed.
///
/// # Errors
/// The journal's.
pub(crate) async fn begin(inner: &Arc<Inner>, birth: Birth) -> Result<bool, Error> {
    let Birth { id, code, input, grant, peers, parent, turn, kept } = birth;
    let began = Entry::Began(Began {
        at: inner.ports.clock.now(),
        tenant: id.tenant.clone(),
        workflow: code.component.workflow().to_owned(),
        instance: id.instance.clone(),
        digest: code.component.digest.clone(),
        input,
        grant,
        peers,
        parent,
        run: 0,
    });
    let along = Along { locks: turn.into_iter().collect(), kept };
    let append = Append { id: id.clone(), expect: Seq(0), entries: vec![began], wakes: false, along };
    crash::point("start:before-commit");
    let (receipt, of) = (commit(&inner.ports, append, Purpose::Start), id.clone());
    // One that is there runs, also if whoever wanted it is not there any more.
    let runs = move |inner: &Arc<Inner>, begun: &Result<(), Refusal>| {
        if begun.is_ok() {
            inner.drive(&of);
            wake(inner, &of);
        }
    };
    let answer = written(inner, receipt, runs).await?;
    crash::point("start:after-commit");
    match answer {
        Ok(()) => Ok(true),
        Err(Refusal::Conflict { .. }) => Ok(false),
        Err(refusal) => {
            Err(Error::fault(format!("the journal refused to begin `{}`: {refusal}", id.instance)))
        }
    }
}

/// # Errors
/// A mistake that says where the input does not fit.
pub(crate) fn fits_input(code: &Code, input: &Value) -> Result<(), Error> {
    if !input.is_object() {
        return Err(Error::mistake("the input is no JSON object").help("write it as `{ \"name\": value }`"));
    }
    let Some(meta) = &code.component.meta else { return Ok(()) };
    let misfits = code.input.misfits(&meta.input, input)?;
    if misfits.is_empty() {
        return Ok(());
    }
    Err(Error::mistake(format!(
        "the input does not fit the workflow `{}`: {}",
        meta.workflow,
        misfits.join("; ")
    ))
    .help(format!("it takes {}", shown(&meta.input))))
}

/// The components that the operator bound to tools have what the code calls.
///
/// # Errors
/// A mistake that names the tool and what does not agree, or says that the component is not kept.
pub(crate) async fn fits_tools(inner: &Inner, code: &Code, grant: &Grant) -> Result<(), Error> {
    if !inner.ports.tools.runs_components() {
        return Ok(());
    }
    for (name, bound) in &grant.bind {
        let Some(digest) = bound.strip_prefix("component:") else { continue };
        if !digest.starts_with("sha256:") {
            return Err(Error::mistake(format!("`{name}` is bound to `{bound}`, and a component is bound by its digest"))
                .help("`Host::deploy_tool` keeps its bytes and gives the digest; the command line does that for a path"));
        }
        let tool = inner.registry.tool(&*inner.ports.journal, digest).await?;
        if let Some(declared) = code.component.meta.as_ref().and_then(|meta| meta.tool(name)) {
            tool.agrees(declared)?;
        }
    }
    Ok(())
}

/// # Errors
/// A mistake that says what the grant lacks.
pub(crate) fn fits_grant(code: &Code, grant: &Grant) -> Result<(), Error> {
    let Some(meta) = &code.component.meta else { return Ok(()) };
    let missing = missing(meta, grant);
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
