//! Has a workflow start by itself.

use std::{collections::BTreeMap, sync::Arc};

use cairn_cron::Moments;
use serde::{Deserialize, Serialize};

use super::{ScheduleView, fits_grant, fits_tools, named, schedules::view};
use crate::{
    Error, ScheduleMeta, TriggerMeta, did_you_mean,
    host::Inner,
    registry::Code,
    schedules::{Act, OnEvent, OnTime, Row, arm, check_input, find, forget, keep, longest_name, rows},
    tool::Grant,
};

/// Has a workflow be started by what its head says (`on schedule`, `on event`), or changes how that is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Schedule {
    /// Whose.
    pub tenant: String,
    /// What is to be done.
    pub act: ScheduleAct,
    /// Who wants it.
    pub by: String,
    /// Why; may be empty.
    pub why: String,
}

/// What is to be done about a workflow that starts by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScheduleAct {
    /// From now on it starts, with this code. One of its name that was registered before is replaced: times that are written as before go on from where
    /// they were, and one that is paused stays so.
    Register {
        /// The component: `sha256:` and 64 hex digits.
        digest: String,
        /// What its runs may do.
        grant: Grant,
        /// The workflows that were deployed together with it: name and digest.
        peers: BTreeMap<String, String>,
    },
    /// It starts nothing until it goes on.
    Pause {
        /// The workflow.
        name: String,
    },
    /// It goes on from now: what was due meanwhile is not started. One that is not paused does the same: what a clock that was wrong has done to it is mended so.
    Continue {
        /// The workflow.
        name: String,
    },
    /// It starts no more. Its runs stay as they are.
    Remove {
        /// The workflow.
        name: String,
    },
}

/// It is on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ScheduleDone {
    /// As it stands; as it stood where it is removed.
    pub schedule: ScheduleView,
    /// What became of it, in words that stand behind its name.
    pub did: String,
    /// Whether this process is one that starts it.
    pub driven: bool,
}

/// # Errors
/// A mistake, and nothing is changed: the code is not deployed or nothing starts it, the grant does not suffice, what it is started with does not fit, or
/// there is none of that name.
pub(super) async fn schedule(inner: &Arc<Inner>, verb: Schedule) -> Result<ScheduleDone, Error> {
    named(&verb.tenant, "any")?;
    let code = match &verb.act {
        ScheduleAct::Register { digest, grant, .. } => {
            let code = inner.registry.code(&*inner.ports.journal, digest).await?;
            fits_tools(inner, &code, grant).await?;
            Some(code)
        }
        _ => None,
    };
    let _one_at_a_time = inner.schedules.turn.lock().await;
    let tenant = &verb.tenant;
    let now = inner.ports.clock.now().0;
    let (mut row, did) = match (verb.act, code) {
        (ScheduleAct::Register { digest: _, grant, peers }, Some(code)) => {
            fits_grant(&code, &grant)?;
            let before = find(inner, tenant, code.component.workflow())?;
            let did = did_register(before.as_ref(), &code);
            (Row { grant, peers, ..registered(tenant, &code, before, now)? }, did)
        }
        (ScheduleAct::Pause { name }, _) => {
            let row = existing(inner, tenant, &name)?;
            let did = if row.paused {
                "was paused already"
            } else {
                "is paused: it starts nothing until it goes on"
            };
            (Row { paused: true, ..row }, did.to_owned())
        }
        (ScheduleAct::Continue { name }, _) => {
            let mut row = existing(inner, tenant, &name)?;
            row.times.iter_mut().for_each(|time| time.after = now);
            (Row { paused: false, ..row }, "goes on from now".to_owned())
        }
        (ScheduleAct::Remove { name }, _) => return removed(inner, tenant, &name).await,
        (ScheduleAct::Register { digest, .. }, None) => {
            return Err(Error::fault(format!("the code {digest} was not looked for")));
        }
    };
    row.did(Act { at: now, by: verb.by.clone(), why: verb.why, did: did.clone() });
    keep(inner, tenant, &row).await?;
    tracing::info!(tenant, schedule = row.workflow, by = verb.by, did, "changed");
    arm(inner, tenant, &row);
    Ok(ScheduleDone { schedule: view(&row), did, driven: inner.drives_all(tenant) })
}

fn did_register(before: Option<&Row>, code: &Code) -> String {
    match before {
        None => "starts by itself from now on".to_owned(),
        Some(row) if row.digest == code.component.digest => "starts by itself, as before".to_owned(),
        Some(row) => format!("starts with the new code from now on, in the place of {}", row.digest),
    }
}

/// The row of what the code's head says.
fn registered(tenant: &str, code: &Code, before: Option<Row>, now: u64) -> Result<Row, Error> {
    let workflow = code.component.workflow();
    let triggers = code.component.meta.as_ref().map_or(&[][..], |meta| &meta.triggers);
    let mut row = Row::new(workflow, &code.component.digest);
    let old = before.unwrap_or_else(|| row.clone());
    for trigger in triggers {
        match trigger {
            TriggerMeta::Schedule(of) => {
                let time = on_time(of, &old, &row, now);
                moments(&time)?;
                row.times.push(time);
            }
            TriggerMeta::Event(of) => {
                let same = old.events.iter().find(|on| on.of.event == of.event);
                let (seen, last) = same.map(|on| (on.seen.clone(), on.last.clone())).unwrap_or_default();
                row.events.push(OnEvent { of: of.clone(), seen, last });
            }
            TriggerMeta::Http { .. } => {}
        }
    }
    if row.times.is_empty() && row.events.is_empty() {
        return Err(Error::mistake(format!("nothing starts `{workflow}` by itself"))
            .help("write it at its head: `on schedule \"30 2 * * MON-FRI\" zone \"Europe/Paris\" start (…)`, or `on event shop.placed as e start (…)`"));
    }
    named(tenant, &longest_name(workflow))?;
    for time in &row.times {
        let next = moments(time)?.behind(now).unwrap_or(now);
        check_input(code, &time.start, next)?;
    }
    (row.paused, row.acts) = (old.paused, old.acts);
    Ok(row)
}

/// One that is written as before goes on from where it was; a new one from now, under a number of its own.
fn on_time(of: &ScheduleMeta, old: &Row, new: &Row, now: u64) -> OnTime {
    let taken = |number| new.times.iter().any(|time| time.number == number);
    let same = |time: &&OnTime| time.cron == of.cron && time.zone == of.zone && !taken(time.number);
    let same = old.times.iter().find(same);
    let all = || old.times.iter().chain(&new.times).map(|time| time.number);
    let (number, after, last) = match same {
        Some(time) => (time.number, time.after, time.last.clone()),
        None => (all().max().unwrap_or(0) + 1, now, None),
    };
    let (cron, zone, start) = (of.cron.clone(), of.zone.clone(), of.start.clone());
    OnTime { number, cron, zone, missed: of.missed, start, after, last }
}

fn moments(time: &OnTime) -> Result<Moments, Error> {
    Moments::new(&time.cron, &time.zone)
        .map_err(|why| Error::mistake(format!("the schedule `{}` cannot be kept: {why}", time.cron)))
}

fn existing(inner: &Inner, tenant: &str, name: &str) -> Result<Row, Error> {
    if let Some(row) = find(inner, tenant, name)? {
        return Ok(row);
    }
    let error = Error::mistake(format!("no workflow `{name}` starts by itself here"));
    let all: Vec<Row> = rows(inner, tenant)?.into_iter().flatten().collect();
    let names: Vec<&str> = all.iter().map(|row| row.workflow.as_str()).collect();
    Err(match did_you_mean(name, &names) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if names.is_empty() => error.help("none does yet; to register one: `cairn schedule FILE`"),
        None => error.help(format!("these do: {}", names.join(", "))),
    })
}

/// One that cannot be read can be removed all the same.
async fn removed(inner: &Inner, tenant: &str, name: &str) -> Result<ScheduleDone, Error> {
    let row = match existing(inner, tenant, name) {
        Err(Error::Fault(_)) => Row::new(name, ""),
        row => row?,
    };
    forget(inner, tenant, name).await?;
    tracing::info!(tenant, schedule = name, "removed");
    arm(inner, tenant, &Row { times: Vec::new(), ..row.clone() });
    let did = "starts no more; its runs stay as they are".to_owned();
    Ok(ScheduleDone { schedule: view(&row), did, driven: inner.drives_all(tenant) })
}
