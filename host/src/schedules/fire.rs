//! Starts what is due.

use std::sync::Arc;

use cairn_cron::Moments;
use cairn_replay::Instant;
use jiff::Timestamp;
use serde_json::Value;

use super::{
    Became, Last, OnTime, Row,
    due::{Due, due},
    find,
    input::input,
    keep, rows,
};
use crate::{
    Error, crash,
    host::Inner,
    ops::{InstanceView, Progress, Start, Update, start_noting},
};

/// Takes up all registered workflows of a tenant: what is due is started, and the rest when it is. Gives the runs that were started.
///
/// # Errors
/// The journal's.
pub(crate) async fn take_up(inner: &Arc<Inner>, tenant: &str) -> Result<Vec<InstanceView>, Error> {
    let mut started = Vec::new();
    for row in rows(inner, tenant)? {
        match row {
            Ok(row) => started.extend(fire(inner, tenant, &row.workflow).await?),
            Err(error) => tracing::error!(tenant, %error, "a schedule is left alone"),
        }
    }
    Ok(started)
}

/// Looks at one again when it is due next; if this process is one that starts such runs.
pub(crate) fn arm(inner: &Inner, tenant: &str, row: &Row) {
    if inner.drives_all(tenant) {
        let next = row.times.iter().filter_map(next).min().filter(|_| !row.paused);
        inner.schedules.set(tenant, &row.workflow, next.map(Instant));
    }
}

fn next(time: &OnTime) -> Option<u64> {
    Moments::new(&time.cron, &time.zone).ok()?.behind(time.after)
}

/// Starts what is due of one, and sees when it is next. Gives the runs that were started.
///
/// # Errors
/// The journal's: then it is due still.
pub(super) async fn fire(inner: &Arc<Inner>, tenant: &str, name: &str) -> Result<Vec<InstanceView>, Error> {
    let _one_at_a_time = inner.schedules.turn.lock().await;
    let Some(mut row) = find(inner, tenant, name)?.filter(|row| !row.paused) else {
        inner.schedules.set(tenant, name, None);
        return Ok(Vec::new());
    };
    let now = inner.ports.clock.now();
    let (mut started, mut next) = (Vec::new(), None::<u64>);
    for index in 0..row.times.len() {
        let Some((time, Ok(moments))) =
            row.times.get(index).map(|time| (time, Moments::new(&time.cron, &time.zone)))
        else {
            continue;
        };
        let Due { start, skipped, next: behind } = due(time, &moments, now.0);
        if let Some(moment) = skipped {
            tracing::warn!(tenant, schedule = row.workflow, due = moment, "missed");
            note(&mut row, index, Last { due: moment, at: now.0, became: Became::Missed });
            keep(inner, tenant, &row).await?;
        }
        for moment in start {
            started.extend(start_one(inner, tenant, &mut row, index, moment).await?);
        }
        next = next.into_iter().chain(behind).min();
    }
    inner.schedules.set(tenant, name, next.map(Instant));
    Ok(started)
}

/// A moment is dealt with.
fn note(row: &mut Row, index: usize, last: Last) {
    if let Some(time) = row.times.get_mut(index) {
        time.after = time.after.max(last.due);
        time.last = Some(last);
    }
}

/// Starts the run of one moment, and notes it; that none can be started is noted too.
async fn start_one(
    inner: &Arc<Inner>,
    tenant: &str,
    row: &mut Row,
    index: usize,
    moment: u64,
) -> Result<Option<InstanceView>, Error> {
    let Some(time) = row.times.get(index).cloned() else { return Ok(None) };
    let name = run_name(&row.workflow, time.number, moment);
    let noted = |became: Became, row: &Row| {
        let mut row = row.clone();
        note(&mut row, index, Last { due: moment, at: inner.ports.clock.now().0, became });
        row
    };
    let before = row.clone();
    let noting = |id: &str| Ok(vec![noted(Became::Started(id.to_owned()), &before).written()?]);
    crash::point("schedule:before-start");
    let started = match input(&time.start, Instant(moment), &Value::Null) {
        Ok(input) => start_noting(inner, wanted(tenant, row, name, input), &noting).await,
        Err(why) => Err(Error::mistake(why)),
    };
    crash::point("schedule:after-start");
    match started {
        Ok(started) => {
            let id = started.instance.id.clone();
            tracing::info!(
                tenant,
                schedule = row.workflow,
                due = moment,
                id,
                existed = started.existed,
                "started"
            );
            if started.existed {
                *row = noted(Became::Joined(id), row);
                keep(inner, tenant, row).await?;
                return Ok(None);
            }
            *row = noted(Became::Started(id), row);
            Ok(Some(started.instance))
        }
        Err(Error::Mistake(mistake)) => {
            refused(inner, tenant, row, &mistake.message);
            *row = noted(Became::Refused(mistake.message), row);
            keep(inner, tenant, row).await?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// What a run of it is started with; its name counts where the workflow has no key.
pub(super) fn wanted(tenant: &str, row: &Row, name: String, input: Value) -> Start {
    Start {
        tenant: tenant.to_owned(),
        id: Some(name),
        digest: row.digest.clone(),
        input,
        grant: row.grant.clone(),
        peers: row.peers.clone(),
    }
}

/// `nightly-20261123T0100Z`: the moment in UTC, so that the hour that comes twice has two names. Behind a second `on schedule`: `nightly.2-…`.
fn run_name(workflow: &str, number: u32, moment: u64) -> String {
    let at = i64::try_from(moment).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let at = at.map_or_else(|| moment.to_string(), |at| at.strftime("%Y%m%dT%H%MZ").to_string());
    if number <= 1 { format!("{workflow}-{at}") } else { format!("{workflow}.{number}-{at}") }
}

/// As long as the names of a workflow's runs get.
pub(crate) fn longest_name(workflow: &str) -> String {
    run_name(workflow, 1_000, 0)
}

/// Told to whoever looks on.
pub(super) fn refused(inner: &Inner, tenant: &str, row: &Row, why: &str) {
    tracing::warn!(tenant, schedule = row.workflow, why, "not started");
    let progress = Progress::Refused { why: why.to_owned() };
    let update = Update { tenant: tenant.to_owned(), id: row.workflow.clone(), progress };
    // Nobody need look on.
    let _ = inner.updates.send(update);
}
