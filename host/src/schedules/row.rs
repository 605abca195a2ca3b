//! What the journal keeps of a registered workflow: one row under its name, as JSON.

use std::collections::BTreeMap;

use cairn_journal::Keep;
use cairn_replay::{Instant, Json};
use serde::{Deserialize, Serialize};

use crate::{Error, Missed, StartMeta, StartingEventMeta, host::Inner, run::store, tool::Grant};

/// In front of the names of rows; no other name that something is kept under begins so.
const BEGINNING: &str = "!schedule ";

/// The version of this form.
const FORMAT: u32 = 1;

/// So many of the newest acts are kept.
const ACTS: usize = 20;

/// So many messages that started something are known again. Whoever repeats one does so soon; and a run without a key is found by its name for as long as it is
/// kept.
const SEEN: usize = 100;

/// A registered workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) format: u32,
    pub(crate) workflow: String,
    /// The code that it is started with.
    pub(crate) digest: String,
    /// What its runs may do.
    pub(crate) grant: Grant,
    /// The workflows that were deployed together with it.
    pub(crate) peers: BTreeMap<String, String>,
    pub(crate) paused: bool,
    pub(crate) times: Vec<OnTime>,
    pub(crate) events: Vec<OnEvent>,
    /// What was done to it, the newest last.
    pub(crate) acts: Vec<Act>,
}

/// One `on schedule`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OnTime {
    /// From 1, the same for as long as it is there: part of the names of its runs.
    pub(crate) number: u32,
    pub(crate) cron: String,
    pub(crate) zone: String,
    pub(crate) missed: Missed,
    pub(crate) start: Vec<StartMeta>,
    /// Moments up to this one are dealt with, in milliseconds.
    pub(crate) after: u64,
    /// What became of the last one.
    pub(crate) last: Option<Last>,
}

/// One `on event`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OnEvent {
    #[serde(flatten)]
    pub(crate) of: StartingEventMeta,
    /// Messages that it is dealt with for, the newest last.
    pub(crate) seen: Vec<Seen>,
    /// What became of the last one.
    pub(crate) last: Option<Last>,
}

/// A message that a run is there for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) message: String,
    pub(crate) id: String,
    /// It was begun with it; else it was there by its key.
    pub(crate) started: bool,
}

/// What became of something that was to start a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Last {
    /// The moment that was due, or at which the event came.
    pub(crate) due: u64,
    /// When that was done.
    pub(crate) at: u64,
    pub(crate) became: Became,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Became {
    /// This run was started.
    Started(String),
    /// This run was there, and by its key it is the one.
    Joined(String),
    /// None was started, because of this.
    Refused(String),
    /// Nobody was there, and it says that this is left out.
    Missed,
}

/// Somebody did something to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Act {
    pub(crate) at: u64,
    pub(crate) by: String,
    pub(crate) why: String,
    pub(crate) did: String,
}

impl OnEvent {
    pub(crate) fn saw(&mut self, message: &str, last: Last) {
        let seen = |id: &String, started| Seen { message: message.to_owned(), id: id.clone(), started };
        match &last.became {
            Became::Started(id) => self.seen.push(seen(id, true)),
            Became::Joined(id) => self.seen.push(seen(id, false)),
            Became::Refused(_) | Became::Missed => {}
        }
        self.last = Some(last);
        let old = self.seen.len().saturating_sub(SEEN);
        self.seen.drain(..old);
    }
}

impl Row {
    pub(crate) fn new(workflow: &str, digest: &str) -> Self {
        Self {
            format: FORMAT,
            workflow: workflow.to_owned(),
            digest: digest.to_owned(),
            grant: Grant::default(),
            peers: BTreeMap::new(),
            paused: false,
            times: Vec::new(),
            events: Vec::new(),
            acts: Vec::new(),
        }
    }

    pub(crate) fn did(&mut self, act: Act) {
        self.acts.push(act);
        let old = self.acts.len().saturating_sub(ACTS);
        self.acts.drain(..old);
    }

    /// Under which name it is kept, and what.
    ///
    /// # Errors
    /// A fault of ours: it cannot be written as JSON.
    pub(crate) fn written(&self) -> Result<(String, Json), Error> {
        let text = serde_json::to_string(self).map_err(|e| {
            Error::fault(format!("the schedule of `{}` cannot be written: {e}", self.workflow))
        })?;
        Ok((kept(&self.workflow), Json(text.into())))
    }
}

fn kept(workflow: &str) -> String {
    format!("{BEGINNING}{workflow}")
}

fn read(name: &str, json: &Json) -> Result<Row, Error> {
    let row: Row = serde_json::from_str(&json.0).map_err(|e| unreadable(name, &e.to_string()))?;
    if row.format == FORMAT {
        return Ok(row);
    }
    Err(unreadable(name, &format!("it has format {}, and this host reads {FORMAT}", row.format)))
}

fn unreadable(name: &str, why: &str) -> Error {
    let name = name.strip_prefix(BEGINNING).unwrap_or(name);
    Error::fault(format!("what is kept of the schedule of `{name}` cannot be read: {why}"))
        .help("a newer version of cairn may have written it; to have it anew: remove it, and register the workflow again")
}

/// One, if the workflow is registered.
pub(crate) fn find(inner: &Inner, tenant: &str, workflow: &str) -> Result<Option<Row>, Error> {
    let name = kept(workflow);
    let found = inner.ports.journal.kept(tenant, &name).map_err(|e| store(&e))?;
    found.map(|(_, json)| read(&name, &json)).transpose()
}

/// All of a tenant, by name; one that cannot be read does not hide the others.
pub(crate) fn rows(inner: &Inner, tenant: &str) -> Result<Vec<Result<Row, Error>>, Error> {
    let kept = inner.ports.journal.kept_under(tenant, BEGINNING).map_err(|e| store(&e))?;
    Ok(kept.iter().map(|(name, json)| read(name, json)).collect())
}

/// Puts it on disk.
pub(crate) async fn keep(inner: &Inner, tenant: &str, row: &Row) -> Result<(), Error> {
    let (name, json) = row.written()?;
    put(inner, tenant, name, Some(json)).await
}

/// There is none any more.
pub(crate) async fn forget(inner: &Inner, tenant: &str, workflow: &str) -> Result<(), Error> {
    put(inner, tenant, kept(workflow), None).await
}

async fn put(inner: &Inner, tenant: &str, name: String, json: Option<Json>) -> Result<(), Error> {
    let at: Instant = inner.ports.clock.now();
    let keep = Keep { tenant: tenant.to_owned(), name, json, at };
    inner.ports.journal.keep(keep).await.map_err(|e| store(&e))
}
