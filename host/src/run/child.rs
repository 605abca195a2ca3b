//! Other workflows that this one starts: instances of their own, begun once everything before them is on disk.
//!
//! Which instance belongs to which operation follows from their names; where a key of the workflow decides about that, the
//! journal keeps it under [`link`] before anything begins.

use std::sync::Arc;

use cairn_journal::{InstanceId, Status};
use cairn_replay::{Command, Entry, Failure, Instant, Json, Key, Machine, Outcome, Seq};
use serde_json::Value;

use super::{
    Activation, Stop,
    commit::{Purpose, settled, store},
    core::Core,
    drive::{can_go_on, wake},
    words,
};
use crate::{
    Error, crash,
    host::Inner,
    ops::{self, Birth, Cancel},
    tool::Grant,
};

/// Longer names of instances are cut, in bytes; see [`name`].
const LONGEST: usize = 180;

/// An instance that this one waits for.
#[derive(Clone, Debug, Default)]
pub(super) struct Child {
    /// Which, once it is begun.
    pub(super) id: Option<InstanceId>,
    /// It is not wanted any more.
    unwanted: bool,
}

impl Core {
    /// A child, or a start, is asked for and not ended.
    pub(super) fn begin_child(&mut self, key: &Key) -> Result<(), Stop> {
        if self.beside.children.contains_key(key) {
            return Ok(());
        }
        if self.stops(key) && !self.was_begun(key)? {
            return self.end(key, Err(self.cancellation()));
        }
        let Some((workflow, input)) = wanted(self.machine.command(key)) else { return Ok(()) };
        let (workflow, input) = (workflow.to_owned(), input.clone());
        self.beside.children.insert(key.clone(), Child { id: None, unwanted: self.stops(key) });
        let receipt = self.commit(Purpose::EffectLeaves);
        let (me, inner, of) = (self.me.clone(), Arc::clone(&self.inner), key.clone());
        let task = tokio::spawn(async move {
            let durable = settled(receipt).await;
            let Some(activation) = me.upgrade() else { return };
            let started = match durable {
                Ok(()) => start(&inner, &activation, &of, &workflow, &input).await,
                Err(error) => Err(error),
            };
            activation.started(&of, started).await;
        });
        self.effects.insert(key.clone(), task.abort_handle());
        Ok(())
    }

    /// Is its instance there, whatever has become of it?
    fn was_begun(&self, key: &Key) -> Result<bool, Stop> {
        let id = InstanceId { tenant: self.id.tenant.clone(), instance: self.child_name(key) };
        let fault = |error| Stop::Fault(store(&error));
        if self.inner.ports.journal.head(&id).map_err(fault)?.is_some() {
            return Ok(true);
        }
        Ok(self.inner.ports.journal.kept(&id.tenant, &self.link(key)).map_err(fault)?.is_some())
    }

    fn child_name(&self, key: &Key) -> String {
        name(&self.id.instance, words::generation(&self.machine, key).as_deref(), key)
    }

    /// Under which name the journal keeps the instance of an operation whose workflow has a key.
    fn link(&self, key: &Key) -> String {
        link(&self.id, &self.machine, key)
    }

    /// What it came to, and when, once it is over.
    pub(super) fn child_ended(&self, key: &Key) -> Result<Option<(Instant, Outcome)>, Stop> {
        let Some(id) = self.beside.children.get(key).and_then(|child| child.id.as_ref()) else {
            return Ok(None);
        };
        outcome(&self.inner, id).map_err(Stop::Fault)
    }

    /// The child is not wanted any more: it is cancelled, and the operation ends when it has.
    pub(super) fn cancel_child(&mut self, key: &Key) -> Result<(), Stop> {
        let Some(child) = self.beside.children.get_mut(key) else {
            return self.end(key, Err(self.cancellation()));
        };
        child.unwanted = true;
        let id = child.id.clone();
        if let Some(id) = id {
            self.send_cancel(id);
        }
        Ok(())
    }

    pub(super) fn send_cancel(&self, id: InstanceId) {
        let (inner, by) = (Arc::clone(&self.inner), self.id.instance.clone());
        // It goes on also if this instance is unloaded; if the process ends, the next activation does it again.
        tokio::spawn(async move {
            let why = "the run that started it does not want it any more".to_owned();
            let verb = Cancel { tenant: id.tenant.clone(), id: id.instance.clone(), by, why };
            // One that is over needs no cancelling.
            let _ = ops::cancel(&inner, verb).await;
        });
    }

    /// An instance was begun for an operation, or cannot be.
    fn child_started(&mut self, key: &Key, started: Result<InstanceId, Failure>) -> Result<bool, Stop> {
        self.is_back(key);
        if self.closed || self.machine.outcome(key).is_some() {
            return Ok(false);
        }
        let id = match started {
            Ok(id) => id,
            Err(failure) => return self.end(key, Err(failure)).map(|()| true),
        };
        if matches!(self.machine.command(key), Some(Command::Spawn { .. })) {
            return self.end(key, Ok(Json(Value::String(id.instance).to_string().into()))).map(|()| true);
        }
        let unwanted = self.beside.children.get_mut(key).is_some_and(|child| {
            child.id = Some(id.clone());
            child.unwanted
        });
        if unwanted {
            self.send_cancel(id);
        }
        Ok(true)
    }
}

impl Activation {
    async fn started(&self, key: &Key, started: Result<Result<InstanceId, Failure>, Error>) {
        let started = match started {
            Ok(started) => started,
            Err(error) => return self.broke(error),
        };
        let taken = self.core().child_started(key, started);
        match taken {
            Ok(true) => self.keeps().await,
            Ok(false) => {}
            Err(stop) => self.broke(Error::fault(stop.to_string())),
        }
    }
}

fn wanted(command: Option<&Command>) -> Option<(&str, &Json)> {
    match command? {
        Command::Child { workflow, input } | Command::Spawn { workflow, input } => Some((workflow, input)),
        _ => None,
    }
}

/// Under which name the journal keeps the instance of an operation whose workflow has a key.
fn link(id: &InstanceId, machine: &Machine, key: &Key) -> String {
    format!("!child {}", words::idempotency_key(id, machine, key))
}

/// All names that a history has had kept for its children.
pub(crate) fn links(id: &InstanceId, machine: &Machine, history: &[Entry]) -> Vec<String> {
    let keys = history.iter().filter_map(|entry| match entry {
        Entry::Asked { key, command, .. } => wanted(Some(command)).map(|_| key),
        _ => None,
    });
    keys.map(|key| link(id, machine, key)).collect()
}

/// The instance that was begun for an operation, if there is one.
///
/// # Errors
/// The journal's.
pub(crate) fn instance_of(
    inner: &Inner,
    id: &InstanceId,
    machine: &Machine,
    key: &Key,
) -> Result<Option<InstanceId>, Error> {
    if wanted(machine.command(key)).is_none() {
        return Ok(None);
    }
    let kept = inner.ports.journal.kept(&id.tenant, &link(id, machine, key)).map_err(|e| store(&e))?;
    let instance = match kept {
        Some((_, Json(name))) => String::from(&*name),
        None => name(&id.instance, words::generation(machine, key).as_deref(), key),
    };
    let child = InstanceId { tenant: id.tenant.clone(), instance };
    Ok(inner.find(&child)?.map(|head| head.id))
}

/// `PARENT~KEY`; in later runs of the parent, and behind what was taken back, which one this is stands in front of the key. One
/// that is too long keeps its beginning, and a digest of the rest.
fn name(parent: &str, generation: Option<&str>, key: &Key) -> String {
    let key: String = key.0.chars().filter(|c| !c.is_control()).collect();
    let whole = match generation {
        None => format!("{parent}~{key}"),
        Some(generation) => format!("{parent}~{generation}!{key}"),
    };
    if whole.len() <= LONGEST {
        return whole;
    }
    let end = (0..=LONGEST - 20).rev().find(|at| whole.is_char_boundary(*at)).unwrap_or(0);
    format!("{}%%{}", whole.get(..end).unwrap_or_default(), ops::short_digest(&whole))
}

/// How an instance ended, and when, if it has.
fn outcome(inner: &Inner, id: &InstanceId) -> Result<Option<(Instant, Outcome)>, Error> {
    let journal = &inner.ports.journal;
    let Some(head) = journal.head(id).map_err(|e| store(&e))? else { return Ok(None) };
    if !matches!(head.status, Status::Finished | Status::Failed(_)) {
        return Ok(None);
    }
    let last = journal.load(id, Seq(head.next.0.saturating_sub(1))).map_err(|e| store(&e))?;
    match last.into_iter().next() {
        Some(Entry::Finished { at, outcome }) => Ok(Some((at, outcome))),
        _ => Err(Error::fault(format!("`{}` is over, but its journal does not end so", id.instance))),
    }
}

/// What a start needs of whoever wants it.
struct By {
    id: InstanceId,
    key: Key,
    birth: Birth,
    link: String,
    waits: bool,
}

/// Begins the instance of an operation, or finds it begun; the inner failure is the operation's.
async fn start(
    inner: &Arc<Inner>,
    activation: &Arc<Activation>,
    key: &Key,
    workflow: &str,
    input: &Json,
) -> Result<Result<InstanceId, Failure>, Error> {
    let by = match by(inner, activation, key, workflow, input).await? {
        Ok(by) => by,
        Err(failure) => return Ok(Err(failure)),
    };
    crash::point("child:before-start");
    let id = match begun(inner, activation, &by).await {
        Ok(id) => id,
        Err(Error::Mistake(mistake)) => return Ok(Err(words::fail("duplicate_key", mistake.message))),
        Err(error) => return Err(error),
    };
    crash::point("child:after-start");
    if by.waits {
        inner.waits_for(&id, &by.id);
    }
    inner.drive(&id);
    if let Some(head) = inner.find(&id)?
        && (can_go_on(inner, &head)? || matches!(head.status, Status::Ready))
    {
        wake(inner, &id);
    } else if let Some(head) = inner.find(&id)? {
        ops::wake_in_time(inner, &head);
    }
    Ok(Ok(id))
}

/// Is everything there that it needs?
async fn by(
    inner: &Arc<Inner>,
    activation: &Arc<Activation>,
    key: &Key,
    workflow: &str,
    input: &Json,
) -> Result<Result<By, Failure>, Error> {
    let (id, began, digest, link, name, waits, depth) = {
        let core = activation.core();
        let waits = matches!(core.machine.command(key), Some(Command::Child { .. }));
        let began = core.machine.began().clone();
        (
            core.id.clone(),
            began,
            core.machine.digest().to_owned(),
            core.link(key),
            core.child_name(key),
            waits,
            core.beside.depth,
        )
    };
    // A run may always start its like: also where nobody said what else there is.
    let own = (began.workflow == workflow).then_some(digest);
    let Some(digest) = began.peers.get(workflow).cloned().or(own) else {
        return Ok(Err(words::fail(
            "missing",
            format!("no workflow `{workflow}` was deployed together with this one"),
        )));
    };
    let depth = match depth {
        Some(depth) => depth,
        None => depth_of(inner, &id)?,
    };
    let too_deep = {
        let mut core = activation.core();
        core.beside.depth = Some(depth);
        core.too_deep(depth, workflow)
    };
    if let Some(limit) = too_deep {
        return Ok(Err(limit));
    }
    let code = inner.registry.code(&*inner.ports.journal, &digest).await?;
    let value = words::value(input);
    if let Err(wrong) = ops::fits_input(&code, &value) {
        return Ok(Err(words::fail("bad_data", wrong.to_string())));
    }
    let grant: Grant = serde_json::from_str(&began.grant.0).unwrap_or_default();
    if let Err(lacks) = ops::fits_grant(&code, &grant) {
        return Ok(Err(words::fail("denied", lacks.to_string())));
    }
    let child = InstanceId { tenant: id.tenant.clone(), instance: name };
    let parent = Some((id.instance.clone(), key.clone()));
    let birth = Birth {
        id: child,
        code,
        input: input.clone(),
        grant: began.grant,
        peers: began.peers,
        parent,
        turn: None,
        kept: Vec::new(),
    };
    Ok(Ok(By { id, key: key.clone(), birth, link, waits }))
}

/// Begins it, unless it was begun before.
async fn begun(inner: &Arc<Inner>, activation: &Arc<Activation>, by: &By) -> Result<InstanceId, Error> {
    let meta = by.birth.code.component.meta.as_ref().and_then(|meta| meta.key.as_ref());
    let Some(key) = meta else { return born(inner, by, by.birth.clone()).await };
    let _one_at_a_time = inner.keyed.lock().await;
    let journal = &inner.ports.journal;
    let tenant = &by.id.tenant;
    if let Some((_, Json(name))) = journal.kept(tenant, &by.link).map_err(|e| store(&e))? {
        let id = InstanceId { tenant: tenant.clone(), instance: String::from(&*name) };
        if inner.find(&id)?.is_some() {
            return Ok(id);
        }
    }
    let input = words::value(&by.birth.input);
    let name = ops::keyed_name(by.birth.code.component.workflow(), key, &input)?;
    let place = ops::keyed_place(inner, tenant, &name, key.otherwise)?;
    let answer = {
        let mut core = activation.core();
        core.beside.keep(by.link.clone(), Json(place.id.instance.as_str().into()));
        core.commit(Purpose::EffectLeaves)
    };
    settled(answer).await?;
    match place.turn {
        None => Ok(place.id),
        turn => born(inner, by, Birth { id: place.id, turn, ..by.birth.clone() }).await,
    }
}

async fn born(inner: &Arc<Inner>, by: &By, birth: Birth) -> Result<InstanceId, Error> {
    let id = birth.id.clone();
    if ops::begin(inner, birth).await? {
        return Ok(id);
    }
    let first = inner.ports.journal.load(&id, Seq(0)).map_err(|e| store(&e))?.into_iter().next();
    match first {
        Some(Entry::Began(began)) if began.parent == Some((by.id.instance.clone(), by.key.clone())) => Ok(id),
        _ => Err(Error::mistake(format!(
            "`{}` is the name of a run that was begun by somebody else",
            id.instance
        ))),
    }
}

/// How many instances have started each other up to this one.
fn depth_of(inner: &Inner, id: &InstanceId) -> Result<u32, Error> {
    let (mut depth, mut id) = (0, id.clone());
    while depth < inner.limits.depth {
        let first = inner.ports.journal.load(&id, Seq(0)).map_err(|e| store(&e))?.into_iter().next();
        let Some(Entry::Began(began)) = first else { break };
        let Some((parent, _)) = began.parent else { break };
        id.instance = parent;
        depth += 1;
    }
    Ok(depth)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn names_of_children_are_names_and_stay_apart(parent in "[a-z~]{1,200}", one in ".{1,200}", other in ".{1,200}", run in prop::option::of("[1-3](\\.[1-3])?")) {
            let of = |key: &str| name(&parent, run.as_deref(), &Key(key.to_owned()));
            prop_assert!(of(&one).len() <= 200 && !of(&one).chars().any(char::is_control));
            let plain = |text: &str| text.chars().filter(|c| !c.is_control()).collect::<String>();
            prop_assert_eq!(of(&one) == of(&other), plain(&one) == plain(&other));
            prop_assert!(name(&parent, None, &Key("k".into())) != name(&parent, Some("1"), &Key("k".into())));
        }
    }
}
