//! What starts by itself.

use cairn_cron::Moments;
use serde::{Deserialize, Serialize};

use super::named;
use crate::{
    Error, Missed,
    host::Inner,
    schedules::{self, Last, OnTime, Row, rows},
};

/// Lists the workflows of a tenant that start by themselves, by name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Schedules {
    /// Whose.
    pub tenant: String,
}

/// All of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SchedulesListed {
    /// By name.
    pub schedules: Vec<ScheduleView>,
    /// Whether this process is one that starts them.
    pub driven: bool,
}

/// A workflow that starts by itself, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleView {
    /// The workflow's name, and that of all that starts it.
    pub name: String,
    /// The code that its runs begin with.
    pub digest: String,
    /// It starts nothing until it goes on.
    pub paused: bool,
    /// What starts it.
    pub started_by: Vec<StartedBy>,
    /// What was done to it, the newest last; of many only the newest.
    pub acts: Vec<ActView>,
}

/// One of the things that start a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "on")]
pub enum StartedBy {
    /// A time.
    Schedule {
        /// Five fields, as cron has them.
        cron: String,
        /// A name of the tz database.
        zone: String,
        /// What is done about moments that were missed.
        missed: Missed,
        /// The next moment, in milliseconds; none where there is none, and while it is paused.
        next: Option<u64>,
        /// What became of the last one.
        last: Option<LastView>,
    },
    /// An event.
    Event {
        /// Its name.
        event: String,
        /// What became of the last one.
        last: Option<LastView>,
    },
}

/// What became of a moment, or an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastView {
    /// The moment that was due, or at which the event came, in milliseconds.
    pub due: u64,
    /// When that was done.
    pub at: u64,
    /// What.
    pub became: Became,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Became {
    /// A run of this name.
    Started(String),
    /// This run was there already, and by its key it is the one.
    Joined(String),
    /// No run; the reason.
    Refused(String),
    /// No run: nobody was there, and it says that this is left out.
    Missed,
}

/// Something that was done to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActView {
    /// When.
    pub at: u64,
    /// Who.
    pub by: String,
    /// Why; may be empty.
    pub why: String,
    /// What, in words that stand behind its name.
    pub did: String,
}

/// # Errors
/// The journal's; a fault where one cannot be read.
pub(super) fn schedules(inner: &Inner, verb: &Schedules) -> Result<SchedulesListed, Error> {
    named(&verb.tenant, "any")?;
    let rows: Vec<Row> = rows(inner, &verb.tenant)?.into_iter().collect::<Result<_, _>>()?;
    let schedules = rows.iter().map(view).collect();
    Ok(SchedulesListed { schedules, driven: inner.drives_all(&verb.tenant) })
}

pub(super) fn view(row: &Row) -> ScheduleView {
    let times = row.times.iter().map(|time| of_time(time, row.paused));
    let events = row
        .events
        .iter()
        .map(|on| StartedBy::Event { event: on.of.event.clone(), last: on.last.as_ref().map(last) });
    let act = |act: &schedules::Act| ActView {
        at: act.at,
        by: act.by.clone(),
        why: act.why.clone(),
        did: act.did.clone(),
    };
    ScheduleView {
        name: row.workflow.clone(),
        digest: row.digest.clone(),
        paused: row.paused,
        started_by: times.chain(events).collect(),
        acts: row.acts.iter().map(act).collect(),
    }
}

fn of_time(time: &OnTime, paused: bool) -> StartedBy {
    let moments = Moments::new(&time.cron, &time.zone).ok().filter(|_| !paused);
    StartedBy::Schedule {
        cron: time.cron.clone(),
        zone: time.zone.clone(),
        missed: time.missed,
        next: moments.and_then(|moments| moments.behind(time.after)),
        last: time.last.as_ref().map(last),
    }
}

fn last(last: &Last) -> LastView {
    let became = match &last.became {
        schedules::Became::Started(id) => Became::Started(id.clone()),
        schedules::Became::Joined(id) => Became::Joined(id.clone()),
        schedules::Became::Refused(why) => Became::Refused(why.clone()),
        schedules::Became::Missed => Became::Missed,
    };
    LastView { due: last.due, at: last.at, became }
}
