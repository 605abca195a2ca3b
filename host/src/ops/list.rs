//! Which instances there are.

use serde::{Deserialize, Serialize};

use super::{Filter, view};
use crate::{Error, host::Inner, run::store};
use cairn_journal::InstanceId;

/// Lists a tenant's instances, by id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct List {
    /// Whose.
    pub tenant: String,
    /// Behind this id.
    pub after: Option<String>,
    /// At most so many, of which those are given that are meant.
    pub limit: usize,
    /// Which are meant.
    #[serde(default)]
    pub filter: Filter,
}

/// A page of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Listed {
    /// In order of id.
    pub instances: Vec<InstanceView>,
    /// Behind which the next page begins; none at the end.
    pub next: Option<String>,
}

/// An instance as it is shown in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceView {
    /// Its name.
    pub id: String,
    /// Of which workflow.
    pub workflow: String,
    /// Which code: `sha256:` and 64 hex digits.
    pub digest: String,
    /// Where it stands.
    pub state: State,
    /// Milliseconds since the Unix epoch.
    pub started: u64,
    /// Milliseconds since the Unix epoch.
    pub changed: u64,
    /// How many entries its journal has.
    pub entries: u64,
}

/// Where an instance stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum State {
    /// It can go on at once, and does so while its data directory is open for running.
    Ready,
    /// It waits.
    Waiting {
        /// The earliest moment at which it goes on by itself: milliseconds since the Unix epoch.
        until: Option<u64>,
        /// Events that it would take.
        events: Vec<String>,
        /// What else: `child ID`, `lock NAME`, `answer KEY from WHOM`, `unclear KEY` (a step of which nobody
        /// knows whether it was carried out), `turn` (those of its key that are before it).
        #[serde(default)]
        on: Vec<String>,
    },
    /// An operator paused it: nothing of it runs until one has it go on.
    Paused,
    /// It ended well.
    Finished,
    /// It ended with a failure.
    Failed {
        /// Its kind.
        kind: String,
    },
    /// Replay and journal disagree.
    Diverged {
        /// The whole message.
        message: String,
    },
}

pub(super) fn list(inner: &Inner, verb: &List) -> Result<Listed, Error> {
    let after = verb.after.as_ref();
    let after = after.map(|id| InstanceId { tenant: verb.tenant.clone(), instance: id.clone() });
    let page =
        inner.ports.journal.list(&verb.tenant, after.as_ref(), verb.limit.max(1)).map_err(|e| store(&e))?;
    let views = page.items.iter().map(|head| view(inner, head));
    let instances = views.filter(|view| verb.filter.fits(view)).collect();
    Ok(Listed { instances, next: page.next.map(|id| id.instance) })
}
