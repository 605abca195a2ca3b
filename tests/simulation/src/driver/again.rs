//! A journal is a proof: without its last entry, and with nobody to call, the same code comes to the same end.

use std::time::Duration;

use cairn_host::{
    Limits,
    journal::{Commit, HeadChange, InstanceId, Journal, Status, Sync, TimerChange},
    ops::{Request, Resume},
    replay::{Entry, Instant, Outcome, Seq},
};

use crate::{
    catalog::Catalog,
    disk,
    eye::{TENANT, Tight, Violation},
    trace::Trace,
    world::{Pace, World},
};

/// How long a replay may take: nothing in it has to be waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Replays all instances that are over.
pub(super) fn replays(catalog: &Catalog, world: &World) {
    let over: Vec<(InstanceId, Vec<Entry>, Outcome)> = {
        let core = world.core();
        // What a person has ended comes to that by nothing that stands in front of it.
        let terminated = |line: &crate::eye::Line| matches!(&line.outcome, Some(Err(failure)) if failure.kind == "terminated");
        let over = core.eye.lines().filter(|(_, line)| !terminated(line));
        let over = over.filter_map(|(id, line)| Some((id, line, line.outcome.clone()?)));
        over.map(|(id, line, outcome)| {
            (id.clone(), line.entries.iter().map(|(entry, _)| entry.clone()).collect(), outcome)
        })
        .collect()
    };
    let tight = world.core().eye.tight;
    for (id, entries, outcome) in over {
        let found = replay(catalog, &id, entries, tight);
        let mut core = world.core();
        let wrong = match found {
            Err(violation) => Err(violation),
            Ok(Some(found)) if found == outcome => Ok(()),
            Ok(found) => {
                let what = format!(
                    "{}: it had come to {outcome:?}, and replayed it comes to {found:?}",
                    id.instance
                );
                Err(Violation::new("11", what))
            }
        };
        world.checks(&mut core, wrong);
    }
}

fn replay(
    catalog: &Catalog,
    id: &InstanceId,
    mut entries: Vec<Entry>,
    tight: Option<Tight>,
) -> Result<Option<Outcome>, Violation> {
    let Some(Entry::Finished { at, .. }) = entries.pop() else { return Ok(None) };
    let world = World::new(1, Pace::Calm, None, Trace::default());
    let commit = Commit {
        id: id.clone(),
        expect: Seq(0),
        restart: false,
        entries,
        timer: TimerChange::Keep,
        consumed: Vec::new(),
        locks: Vec::new(),
        kept: Vec::new(),
        head: HeadChange { status: Some(Status::Ready), digest: None },
        at,
    };
    {
        let mut core = world.core();
        core.is_at(at);
        let journal = core.disk.visible.clone();
        drop(journal.commit(commit.clone(), Sync::Durable));
        core.eye.knows(&commit, Instant(at.0))?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let ports = world.begins(u64::MAX);
        tokio::spawn(disk::writes(world.clone()));
        let host = catalog.host().beside_with(ports, |settings| {
            settings.limits = tight.map_or_else(Limits::default, |tight| tight.limits(None));
        });
        let resume = Resume { tenant: TENANT.to_owned(), id: Some(id.instance.clone()), code: None };
        let resumed = host.handle(Request::Resume(resume)).await;
        resumed.map_err(|error| Violation::new("11", format!("{}: {error}", id.instance)))?;
        let over = async {
            while !world.core().eye.line(&id.instance).is_some_and(crate::eye::Line::is_over) {
                world.news().await;
            }
        };
        tokio::select! {
            biased;
            () = world.stopped() => {}
            () = over => {}
            () = tokio::time::sleep(PATIENCE) => {}
        }
        let core = world.core();
        match &core.found {
            Some(violation) => Err(violation.clone()),
            None => Ok(core.eye.line(&id.instance).and_then(|line| line.outcome.clone())),
        }
    })
}
