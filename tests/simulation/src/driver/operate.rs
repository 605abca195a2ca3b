//! What operators do to instances, and what they are told.

use cairn_host::{
    Error,
    journal::Journal,
    ops::{Order, Purge, Reply, Request, Restart, Retry, Schedule, ScheduleAct, Skip},
    replay::Command,
};
use serde_json::{Value, json};

use super::{Doing, act::Act};
use crate::{
    catalog::{Program, grant},
    eye::{self, TENANT, Violation},
    plan::{Timing, Verb, What},
    world::Core,
};

impl Act {
    /// The request; none where there is nothing that it could be about.
    pub(super) fn operates(&self, id: &str, verb: Verb, by: &str) -> Option<Request> {
        let (tenant, id) = (TENANT.to_owned(), id.to_owned());
        let (by, why) = (by.to_owned(), eye::why(by));
        let order = Order { tenant: tenant.clone(), id: id.clone(), by, why, drive: true };
        Some(match verb {
            Verb::Pause => Request::Pause(order),
            Verb::Continue => Request::Continue(order),
            Verb::Terminate => Request::Terminate(order),
            Verb::Restart => Request::Restart(Restart { order, from: None }),
            Verb::Retry => Request::Retry(Retry { order, key: None }),
            Verb::Purge => Request::Purge(Purge { tenant, id }),
            Verb::From(number) => {
                let from = self.operation(&id, number, false)?.0;
                Request::Restart(Restart { order, from: Some(from) })
            }
            Verb::Skip(number) => {
                let (key, result) = self.operation(&id, number, true)?;
                Request::Skip(Skip { order, key, result })
            }
        })
    }

    /// One of an instance's operations, and what it could give.
    fn operation(&self, id: &str, number: u64, only_open: bool) -> Option<(String, Option<Value>)> {
        let all = self.world.core().eye.operations(id, only_open);
        let at = usize::try_from(number % (all.len() as u64).max(1)).unwrap_or(0);
        let (key, command) = all.into_iter().nth(at)?;
        Some((key.0, given(&command)))
    }
}

/// A result that the code takes.
fn given(command: &Command) -> Option<Value> {
    match command {
        Command::Call { request, .. } => Some(match request.tool.as_str() {
            "w.unmake" | "w.recall" | "w.enter" | "w.leave" | "t.back" => Value::Null,
            "t.text" => json!("skipped"),
            "t.rec" => json!({ "id": "skipped", "n": 1, "tags": [] }),
            "t.flaky" => json!({ "ok": true }),
            _ => json!(1),
        }),
        Command::Receive { subscriptions } => {
            let event = subscriptions.first().map(|one| one.event.as_str()).unwrap_or_default();
            Some(match event {
                "note" => json!({ "flag": true }),
                _ => json!({ "n": 1, "from": "ada", "text": "skipped" }),
            })
        }
        Command::Ask { .. } => Some(json!("yes")),
        _ => None,
    }
}

/// Something is done about a workflow that starts by itself.
pub(super) fn schedules(program: &Program, act: Timing, by: &str) -> Request {
    let name = program.name.clone();
    let act = match act {
        Timing::Register => ScheduleAct::Register {
            digest: program.digest.clone(),
            grant: grant(),
            peers: program.peers.clone(),
        },
        Timing::Pause => ScheduleAct::Pause { name },
        Timing::Continue => ScheduleAct::Continue { name },
    };
    Request::Schedule(Schedule { tenant: TENANT.to_owned(), act, by: by.to_owned(), why: eye::why(by) })
}

/// Who decides about a step that is unclear.
pub(super) fn decider(instance: &str, key: &str) -> String {
    format!("op of {key} of {instance}")
}

/// The step is made again, by somebody who has looked.
pub(super) fn decides(instance: &str, key: &str) -> Request {
    let by = decider(instance, key);
    let (tenant, id, why) = (TENANT.to_owned(), instance.to_owned(), eye::why(&by));
    let order = Order { tenant, id, by, why, drive: true };
    Request::Retry(Retry { order, key: Some(key.to_owned()) })
}

/// What an operator is told has to be so.
pub(super) fn told(core: &mut Core, doing: &Doing, answer: &Result<Reply, Error>) -> Result<(), Violation> {
    let done = match answer {
        Ok(Reply::Done(done)) => done,
        Ok(_) | Err(Error::Mistake(_)) => return Ok(()),
        Err(error) => return Err(Violation::new("host", format!("{doing:?} failed: {error}"))),
    };
    if done.before {
        return Ok(());
    }
    let (id, verb, by) = match doing {
        Doing::Planned(What::Operate { id, verb, by }) => (id, verb, by),
        Doing::Decide { instance, key, .. } => {
            return core.eye.act_acknowledged(&decider(instance, key), "resend");
        }
        _ => return Ok(()),
    };
    let kind = match verb {
        Verb::Retry if done.did.starts_with("makes ") => "resend",
        // It was mail alone, and the instance may have been started since.
        Verb::Purge if done.did.starts_with("was not there") => return Ok(()),
        Verb::Purge => {
            let there = core.disk.visible.head(&eye::id(id)).is_ok_and(|head| head.is_some());
            return core.eye.purge_acknowledged(id, there);
        }
        Verb::Pause => "pause",
        Verb::Continue => "continue",
        Verb::Terminate => "terminate",
        Verb::Restart => "restart",
        Verb::From(_) | Verb::Retry => "rewind",
        Verb::Skip(_) => "skip",
    };
    core.eye.act_acknowledged(by, kind)
}
