//! What it takes to go back to an operation: what stays, what others have of it, and why it cannot be.

use cairn_journal::{Head, InstanceId, Message, MessageId, Status};
use cairn_replay::{Act, Command, Entry, Json, Key, Machine, NoRewind, Rewound, rewind};
use serde_json::Value;

use super::{
    Order,
    order::{Past, is_paused},
};
use crate::{
    Error, did_you_mean,
    host::Inner,
    run::{children, value},
};

/// What is to be done.
pub(super) struct Plan {
    /// The journal from then on.
    pub(super) entries: Vec<Entry>,
    /// How many entries were taken back.
    pub(super) dropped: u64,
    /// Events that had been taken by what is taken back.
    pub(super) events: Vec<Message>,
}

/// # Errors
/// A mistake that says why it cannot be, and what can.
pub(super) fn plan(
    inner: &Inner,
    id: &InstanceId,
    past: &Past,
    key: &Key,
    order: &Order,
) -> Result<Plan, Error> {
    let rewound = rewind(&past.history, key).map_err(|why| refused(id, past, key, &why))?;
    children_allow(inner, id, past, &rewound, key)?;
    let Rewound { mut entries, dropped, .. } = rewound;
    let (who, at) = (order.who(), inner.ports.clock.now());
    let left = Machine::new(entries.clone()).map_err(|e| Error::fault(e.to_string()))?;
    entries.push(who.acted(at, Act::Rewind { dropped, key: key.clone() }));
    if left.paused() {
        entries.push(who.acted(at, Act::Continue));
    }
    let events = given_back(id, past, &rewound.ended, left.rewinds(key));
    Ok(Plan { entries, dropped, events })
}

/// Events are there again for whoever waits for them anew; answers of people are not: they are asked again.
fn given_back(
    id: &InstanceId,
    past: &Past,
    ended: &[(Key, cairn_replay::Outcome)],
    rewinds: u64,
) -> Vec<Message> {
    let run = past.machine.began().run;
    let taken = ended.iter().filter_map(|(key, outcome)| {
        let Command::Receive { .. } = past.machine.command(key)? else { return None };
        let received = value(outcome.as_ref().ok()?);
        let text = |name: &str| received.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Message {
            id: MessageId(format!("{}!again:{run}.{rewinds}:{}", text("id")?, key.0)),
            to: id.clone(),
            event: text("event")?,
            data: Json(received.get("data")?.to_string().into()),
            at: ended_at(past, key)?,
            // Somebody had taken it in time.
            expires: None,
        })
    });
    taken.collect()
}

fn ended_at(past: &Past, of: &Key) -> Option<cairn_replay::Instant> {
    past.history.iter().find_map(|entry| match entry {
        Entry::Ended { key, at, .. } if key == of => Some(*at),
        _ => None,
    })
}

fn refused(id: &InstanceId, past: &Past, key: &Key, why: &NoRewind) -> Error {
    let (name, key) = (&id.instance, &key.0);
    let whole = format!("from the start: `cairn restart {name}`");
    match why {
        NoRewind::Unknown => unknown(name, past, key),
        NoRewind::NoOperation => {
            Error::mistake(format!("`{key}` of `{name}` is no operation that can be done again"))
                .help(format!("it has {}", operations(past).join(", ")))
        }
        NoRewind::Undone { undo, step } => Error::mistake(format!(
            "`{name}` cannot go on from `{key}`: `{}` was undone by `{}`, and would count as done",
            step.0, undo.0
        ))
        .help(format!(
            "go on from there: `cairn restart {name} --from '{}'`, or {whole}",
            first_undone(past, step).0
        )),
        NoRewind::Undoing(unwinding) => Error::mistake(format!(
            "`{name}` cannot go on from `{key}`: its undos are running, as `{}`",
            unwinding.0
        ))
        .help("wait for its end"),
        NoRewind::Cancelled(at) => Error::mistake(format!(
            "`{name}` cannot go on from `{key}`: it had been cancelled before (entry {})",
            at.0
        ))
        .help(format!("go from an operation in front of that, or {whole}")),
        NoRewind::GivenUp(block) => Error::mistake(format!(
            "`{name}` cannot go on from `{key}`: the block `{}` around it had been given up before",
            block.0
        ))
        .help(format!("go from `{}`: `cairn restart {name} --from '{}'`", block.0, block.0)),
        NoRewind::Damaged(damage) => Error::fault(format!(
            "what is left of `{name}` in front of `{key}` breaks the journal's rules: {damage}"
        )),
    }
}

/// The first of all operations that were undone.
fn first_undone<'a>(past: &'a Past, step: &'a Key) -> &'a Key {
    let undone = past.history.iter().find_map(|entry| match entry {
        Entry::Asked { key, .. } => {
            let undo = Key(format!("{}.undo", key.0));
            past.machine.outcome(&undo).is_some().then_some(key)
        }
        _ => None,
    });
    undone.unwrap_or(step)
}

fn unknown(name: &str, past: &Past, key: &str) -> Error {
    let operations = operations(past);
    let names: Vec<&str> = operations.iter().map(|name| name.trim_matches('`')).collect();
    let error = Error::mistake(format!("`{name}` has not asked for anything under the key `{key}`"));
    match did_you_mean(key, &names) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if operations.is_empty() => error.help("it has not asked for anything yet"),
        None => error.help(format!("it has {}", operations.join(", "))),
    }
}

/// How many are listed.
const LISTED: usize = 20;

fn operations(past: &Past) -> Vec<String> {
    let asked = past.history.iter().filter_map(|entry| match entry {
        Entry::Asked {
            command: Command::Undo { .. } | Command::UndoBlock { .. } | Command::Unlock, ..
        } => None,
        Entry::Asked { key, .. } if !key.0.contains('!') => Some(format!("`{}`", key.0)),
        _ => None,
    });
    asked.take(LISTED).collect()
}

/// Runs that it has started must not be there twice, and those that stay must not have been stopped.
fn children_allow(
    inner: &Inner,
    id: &InstanceId,
    past: &Past,
    rewound: &Rewound,
    key: &Key,
) -> Result<(), Error> {
    let dropped = |of: &Key| rewound.requests.iter().any(|(key, _)| key == of);
    let open = Machine::new(rewound.entries.clone()).map_err(|e| Error::fault(e.to_string()))?;
    for (of, child) in children(inner, id, &past.machine, &past.history)? {
        let Some(head) = inner.find(&child)? else { continue };
        let (name, other) = (&id.instance, &child.instance);
        let over = super::is_over(&head.status);
        if dropped(&of) && !over {
            return Err(Error::mistake(format!(
                "`{name}` cannot go on from `{}`: `{other}`, which it had started behind that, is not over",
                key.0
            ))
            .help(format!("cancel it first: `cairn cancel {other}`")));
        }
        let stopped =
            matches!(&head.status, Status::Failed(kind) if kind == "cancelled" || kind == "terminated");
        if !dropped(&of) && open.outcome(&of).is_none() && stopped {
            return Err(Error::mistake(format!(
                "`{name}` cannot go on from `{}`: `{other}`, which it had started before and waits for, was stopped since",
                key.0
            ))
            .help(format!("go from where it was started: `cairn restart {name} --from '{}'`", of.0)));
        }
    }
    Ok(())
}

/// The operation that an instance failed of.
///
/// # Errors
/// A mistake if it has not failed, or not of an operation.
pub(super) fn failed(head: &Head, past: &Past) -> Result<Key, Error> {
    let name = &head.id.instance;
    let Some(Entry::Finished { outcome: Err(failure), .. }) = past.history.last() else {
        let error = Error::mistake(format!("`{name}` has not failed"));
        return Err(if is_paused(head) {
            error.help(format!("it is paused: `cairn continue {name}`"))
        } else {
            error.help(format!("to do a part of it again: `cairn restart {name} --from KEY`"))
        });
    };
    let ends = past.history.iter().rev().filter_map(|entry| match entry {
        Entry::Ended { key, outcome: Err(failure), .. } => Some((key, failure)),
        _ => None,
    });
    let of_operation = |key: &Key| {
        let command = past.machine.command(key);
        command.is_some_and(|command| {
            !matches!(
                command,
                Command::Undo { .. }
                    | Command::UndoBlock { .. }
                    | Command::Unwind { .. }
                    | Command::Block { .. }
            )
        })
    };
    let mut ends = ends.filter(|(key, _)| of_operation(key));
    let same = ends.find(|(_, ended)| ended.kind == failure.kind && ended.message == failure.message);
    match same {
        Some((key, _)) if failure.kind != "cancelled" => Ok(key.clone()),
        Some((key, _)) => Err(Error::mistake(format!("`{name}` was cancelled while `{}` was open", key.0)).help(
            format!("to do that again: `cairn restart {name} --from '{}'`", key.0),
        )),
        None => Err(Error::mistake(format!(
            "`{name}` did not fail of an operation: it ended with `{}`{}",
            failure.kind,
            if failure.message.is_empty() { String::new() } else { format!(", {}", failure.message) }
        ))
        .help(format!(
            "say where it is to go on: `cairn restart {name} --from KEY`, or from the start: `cairn restart {name}`"
        ))),
    }
}
