//! Starts what an event starts.

use std::sync::Arc;

use cairn_journal::InstanceId;
use serde_json::Value;

use super::{
    Became, Last, Row, Seen, find,
    fire::{refused, wanted},
    input::input,
    keep, rows,
};
use crate::{
    Error,
    events::holds,
    host::Inner,
    ops::{Letter, short_digest, start_noting},
};

/// Starts a run of every registered workflow of the tenant that begins with this event; gives who is there for it. Done twice, it is as done once.
///
/// # Errors
/// The journal's; then some may be started.
pub(crate) async fn starts(inner: &Arc<Inner>, letter: &Letter) -> Result<Vec<Seen>, Error> {
    let mut started = Vec::new();
    for row in rows(inner, &letter.tenant)? {
        let Ok(row) = row.inspect_err(|error| tracing::error!(%error, "a schedule is left alone")) else {
            continue;
        };
        if row.paused || !row.events.iter().any(|on| on.of.event == letter.event) {
            continue;
        }
        started.extend(of_row(inner, letter, &row.workflow).await?);
    }
    Ok(started)
}

async fn of_row(inner: &Arc<Inner>, letter: &Letter, workflow: &str) -> Result<Vec<Seen>, Error> {
    let _one_at_a_time = inner.schedules.turn.lock().await;
    let mut started = Vec::new();
    let Some(mut row) = find(inner, &letter.tenant, workflow)?.filter(|row| !row.paused) else {
        return Ok(started);
    };
    let data: Value = serde_json::from_str(&letter.data.0).unwrap_or_default();
    for index in 0..row.events.len() {
        let Some(on) = row.events.get(index) else { break };
        let meant = on.of.event == letter.event
            && on.of.condition.as_ref().is_none_or(|condition| holds(condition, &data));
        if meant {
            started.extend(one(inner, letter, &mut row, index, &data).await?);
        }
    }
    Ok(started)
}

/// Starts the run of one event, and notes it; that none can be started is noted too.
async fn one(
    inner: &Arc<Inner>,
    letter: &Letter,
    row: &mut Row,
    index: usize,
    data: &Value,
) -> Result<Option<Seen>, Error> {
    let Some(on) = row.events.get(index).cloned() else { return Ok(None) };
    if let Some(seen) = on.seen.iter().find(|seen| seen.message == letter.message.0) {
        return Ok(Some(seen.clone()));
    }
    let name = run_name(&row.workflow, index, &letter.message.0);
    // It came so long ago that it is not known here any more; but its run is there.
    if inner.find(&InstanceId { tenant: letter.tenant.clone(), instance: name.clone() })?.is_some() {
        return Ok(Some(Seen { message: letter.message.0.clone(), id: name, started: true }));
    }
    let (tenant, message, now) = (&letter.tenant, &letter.message.0, inner.ports.clock.now());
    let noted = |became: Became, row: &Row| {
        let mut row = row.clone();
        if let Some(on) = row.events.get_mut(index) {
            on.saw(message, Last { due: now.0, at: now.0, became });
        }
        row
    };
    let before = row.clone();
    let note = |id: &str| Ok(vec![noted(Became::Started(id.to_owned()), &before).written()?]);
    let started = match input(&on.of.start, now, data) {
        Ok(input) => start_noting(inner, wanted(tenant, row, name, input), &note).await,
        Err(why) => Err(Error::mistake(why)),
    };
    match started {
        Ok(started) => {
            let id = started.instance.id;
            tracing::info!(
                tenant,
                schedule = row.workflow,
                event = letter.event,
                id,
                started.existed,
                "started"
            );
            *row = noted(if started.existed { Became::Joined(id) } else { Became::Started(id) }, row);
            if started.existed {
                keep(inner, tenant, row).await?;
            }
            Ok(row.events.get(index).and_then(|on| on.seen.last().cloned()))
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

/// `deploy-` and a digest of the message's id: the same message again is the same run.
fn run_name(workflow: &str, index: usize, message: &str) -> String {
    format!("{workflow}-{}", short_digest(&format!("{index}/{message}")))
}
