//! A journal as it is shown: an entry a line.

use std::collections::HashMap;

use cairn_replay::{Act, Command, Entry, Failure, Instant, Key, Level, Note, Outcome};
use serde_json::{Value, json};

use super::Line;
use crate::{
    Component,
    component::find_place,
    run::{failure_view, log_line, value, what},
};

/// What was asked under a key, and how often it was tried.
struct Operation<'a> {
    command: &'a Command,
    asked: Instant,
    tried: u32,
}

/// An entry a line.
pub(super) fn timeline(history: &[Entry], component: Option<&Component>) -> Vec<Line> {
    let mut operations: HashMap<&Key, Operation<'_>> = HashMap::new();
    // Undos run one after the other from here on, however long ago they were registered.
    let mut undoing = Instant::default();
    let mut lines = Vec::with_capacity(history.len());
    for (seq, entry) in history.iter().enumerate() {
        match entry {
            Entry::Asked { key, at, command } => {
                undoing = *at;
                operations.insert(key, Operation { command, asked: *at, tried: 0 });
            }
            Entry::Ended { key, at, .. } => {
                if let Some(undo) =
                    operations.get_mut(key).filter(|op| matches!(op.command, Command::Undo { .. }))
                {
                    undo.asked = undoing;
                    undoing = *at;
                }
            }
            Entry::Tried { key, attempt: tried, .. } => {
                if let Some(operation) = operations.get_mut(key) {
                    operation.tried = *tried;
                }
            }
            Entry::Sent { key, attempt, .. } => {
                if let Some(operation) = operations.get_mut(key) {
                    operation.tried = attempt.saturating_sub(1);
                }
            }
            _ => {}
        }
        let mut line = line(entry, &operations);
        line.seq = seq as u64;
        line.place = line.key.as_deref().zip(component).and_then(|(key, component)| {
            find_place(&component.places, key).map(|place| (place.line, place.column))
        });
        lines.push(line);
    }
    lines
}

fn line(entry: &Entry, operations: &HashMap<&Key, Operation<'_>>) -> Line {
    match entry {
        Entry::Began(began) => {
            let data = json!({ "input": value(&began.input), "digest": began.digest });
            plain(began.at, "began", format!("start {}", began.workflow), Some(data))
        }
        Entry::Asked { key, at, command } => keyed(key, *at, "asked", what(command), data(command)),
        Entry::Tried { key, at, attempt, failure, again } => {
            let words = operations.get(key).map(|operation| what(operation.command)).unwrap_or_default();
            let line = keyed(key, *at, "tried", words, Some(json!({ "again": again.0 })));
            Line { attempt: Some(*attempt), failure: Some(failure_view(failure)), ..line }
        }
        Entry::Ended { key, at, outcome } => ended(key, *at, outcome, operations.get(key)),
        Entry::Noted { key, at, note } => {
            let (words, data) = match note {
                Note::Now(now) => ("now", json!(now)),
                Note::Random(bits) => ("random", json!(bits)),
            };
            keyed(key, *at, "noted", words.to_owned(), Some(data))
        }
        Entry::Logged { at, level, message, fields, .. } => logged(*at, *level, message, fields),
        Entry::Exposed { at, status, .. } => {
            plain(*at, "exposed", "show where it stands".to_owned(), Some(value(status)))
        }
        Entry::ScopeCancelled { key, at } => keyed(key, *at, "cancel", "cancel the block".to_owned(), None),
        Entry::Acted { at, by, why, act } => acted(*at, by, why, act),
        Entry::Sent { key, at, attempt } => {
            let words = operations.get(key).map(|operation| what(operation.command)).unwrap_or_default();
            Line { attempt: Some(*attempt), ..keyed(key, *at, "sent", words, None) }
        }
        Entry::CancelAsked { at, by, why } => {
            plain(*at, "cancel", format!("cancel by {by}"), Some(json!({ "by": by, "why": why })))
        }
        Entry::Moved { at, digest, by } => {
            plain(*at, "moved", format!("move to other code by {by}"), Some(json!({ "digest": digest })))
        }
        Entry::Finished { at, outcome } => {
            let (words, data, failure) = outcome_parts(outcome);
            let line = plain(*at, "finished", words, data);
            Line { failure: failure.map(failure_view), ..line }
        }
    }
}

/// What an operator did, by whom and why.
fn acted(at: Instant, by: &str, why: &str, act: &Act) -> Line {
    let words = |what: &str| format!("{what} by {by}");
    let mut data = json!({ "by": by, "why": why });
    let line = match act {
        Act::Pause => plain(at, "acted", words("pause"), None),
        Act::Continue => plain(at, "acted", words("continue"), None),
        Act::Terminate => plain(at, "acted", words("terminate"), None),
        Act::Decide { key } => keyed(key, at, "acted", words("outcome given"), None),
        Act::Resend { key } => keyed(key, at, "acted", words("sent again"), None),
        Act::Restart { dropped } => {
            data = json!({ "by": by, "why": why, "dropped": dropped });
            plain(at, "acted", words(&format!("restart ({dropped} entries taken back)")), None)
        }
        Act::Rewind { dropped, key } => {
            data = json!({ "by": by, "why": why, "dropped": dropped });
            keyed(key, at, "acted", words(&format!("rewind ({dropped} entries taken back)")), None)
        }
    };
    Line { data: Some(data), ..line }
}

fn logged(at: Instant, level: Level, message: &str, fields: &cairn_replay::Json) -> Line {
    let log = log_line(at, level, message, fields);
    plain(at, "logged", format!("{}: {message}", log.level), Some(log.fields))
}

fn ended(key: &Key, at: Instant, outcome: &Outcome, operation: Option<&Operation<'_>>) -> Line {
    let (_, data, failure) = outcome_parts(outcome);
    let words = operation.map(|operation| what(operation.command)).unwrap_or_default();
    let is_step =
        operation.is_some_and(|op| matches!(op.command, Command::Call { .. } | Command::Undo { .. }));
    let line = keyed(key, at, "ended", words, data);
    Line {
        attempt: operation.filter(|_| is_step).map(|operation| operation.tried + 1),
        took: operation.map(|operation| at.0.saturating_sub(operation.asked.0)),
        failure: failure.map(failure_view),
        ..line
    }
}

fn outcome_parts(outcome: &Outcome) -> (String, Option<Value>, Option<&Failure>) {
    match outcome {
        Ok(json) => ("finish".to_owned(), Some(value(json)), None),
        Err(failure) => (format!("fail {}", failure.kind), None, Some(failure)),
    }
}

fn data(command: &Command) -> Option<Value> {
    match command {
        Command::Call { request, .. } | Command::Undo { request, .. } => Some(value(&request.arguments)),
        Command::Unwind { depth } => Some(json!({ "depth": depth })),
        Command::Until { due } => Some(json!({ "until": due.0 })),
        Command::Span { span } => Some(json!({ "span": span.0 })),
        Command::Receive { subscriptions } => {
            let one = |one: &cairn_replay::Subscription| {
                let fields = one.fields.iter().map(|(field, wanted)| (field.clone(), value(wanted)));
                json!({ "event": one.event, "where": fields.collect::<serde_json::Map<_, _>>() })
            };
            Some(subscriptions.iter().map(one).collect())
        }
        Command::Block { captured: given, .. }
        | Command::UndoBlock { captured: given, .. }
        | Command::Child { input: given, .. }
        | Command::Spawn { input: given, .. }
        | Command::Ask { task: given, .. }
        | Command::Emit { data: given, .. }
        | Command::Calendar { arguments: given, .. } => Some(value(given)),
        Command::Lock { places, .. } => Some(json!({ "places": places })),
        Command::Unlock | Command::Body { .. } => None,
    }
}

fn plain(at: Instant, entry: &str, what: String, data: Option<Value>) -> Line {
    Line {
        seq: 0,
        at: at.0,
        entry: entry.to_owned(),
        key: None,
        what,
        data,
        place: None,
        attempt: None,
        took: None,
        failure: None,
    }
}

fn keyed(key: &Key, at: Instant, entry: &str, what: String, data: Option<Value>) -> Line {
    Line { key: Some(key.0.clone()), ..plain(at, entry, what, data) }
}
