//! Operations in words, for terminals and timelines.

use cairn_journal::InstanceId;
use cairn_replay::{Command, Failure, Json, Key, Level, Machine, Outcome, Span};
use serde_json::Value;

use crate::ops::{FailureView, OutcomeView};

/// `call payments.charge`, `sleep 3s`, `wait order_cancelled`, `undo payments.refund`, `run the undos`.
pub(crate) fn what(command: &Command) -> String {
    match command {
        Command::Call { request, .. } => format!("call {}", request.tool),
        Command::Body { .. } => "step".to_owned(),
        Command::Undo { request, .. } => format!("undo {}", request.tool),
        Command::Unwind { .. } => "run the undos".to_owned(),
        Command::Until { .. } => "sleep".to_owned(),
        Command::Span { span } => format!("sleep {}", self::span(*span)),
        Command::Receive { subscriptions } => {
            let names: Vec<_> = subscriptions.iter().map(|one| one.event.as_str()).collect();
            format!("wait {}", names.join(" or "))
        }
        Command::Block { .. } => "block".to_owned(),
        Command::UndoBlock { .. } => "undo".to_owned(),
        Command::Child { workflow, .. } => format!("run {workflow}"),
        Command::Spawn { workflow, .. } => format!("spawn {workflow}"),
        Command::Lock { name, .. } => format!("lock {name}"),
        Command::Unlock => "unlock".to_owned(),
        Command::Ask { whom, .. } => format!("ask {whom}"),
        Command::Emit { event, .. } => format!("emit {event}"),
        Command::Calendar { question, .. } => format!("calendar {question}"),
    }
}

/// `250ms`, `3s`, `1h30m`: as the language writes it.
fn span(span: Span) -> String {
    duration(span.0)
}

/// As [`span`], of milliseconds.
pub(super) fn duration(millis: u64) -> String {
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
    let mut left = millis;
    let mut text = String::new();
    for (unit, size) in units {
        if left >= size {
            text.push_str(&format!("{}{unit}", left / size));
            left %= size;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

pub(crate) fn level(level: Level) -> &'static str {
    match level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    }
}

/// Which of several operations that an instance asks for under the same key this is: nothing in its first run, `RUN` in later ones
/// (from 1), and `RUN.REWINDS` behind so many times that a part of the run was taken back.
pub(crate) fn generation(machine: &Machine, key: &Key) -> Option<String> {
    match (machine.began().run, machine.rewinds(key)) {
        (0, 0) => None,
        (run, 0) => Some(run.to_string()),
        (run, rewinds) => Some(format!("{run}.{rewinds}")),
    }
}

/// `tenant/instance/key`: the same for every attempt at a step, and for no other step of any tenant; of later ones under the same
/// key `tenant/instance/!GENERATION/key`, see [`generation`].
pub(crate) fn idempotency_key(id: &InstanceId, machine: &Machine, key: &Key) -> String {
    let (tenant, instance) = (encoded(&id.tenant), encoded(&id.instance));
    match generation(machine, key) {
        None => format!("{tenant}/{instance}/{}", key.0),
        Some(generation) => format!("{tenant}/{instance}/!{generation}/{}", key.0),
    }
}

fn encoded(part: &str) -> String {
    part.replace('%', "%25").replace('/', "%2F")
}

/// A kept JSON text; what is none is shown as the text that it is.
pub(crate) fn value(json: &Json) -> Value {
    serde_json::from_str(&json.0).unwrap_or_else(|_| Value::String(String::from(&*json.0)))
}

pub(crate) fn failure(failure: &Failure) -> FailureView {
    FailureView {
        kind: failure.kind.clone(),
        message: failure.message.clone(),
        detail: value(&failure.detail),
    }
}

pub(crate) fn kept(failure: FailureView) -> Failure {
    Failure { kind: failure.kind, message: failure.message, detail: Json(failure.detail.to_string().into()) }
}

pub(crate) fn outcome(outcome: &Outcome) -> OutcomeView {
    match outcome {
        Ok(json) => OutcomeView::Result(value(json)),
        Err(failed) => OutcomeView::Failure(failure(failed)),
    }
}

/// A failure of the host's own making, without detail.
pub(crate) fn fail(kind: &str, message: impl Into<String>) -> Failure {
    Failure { kind: kind.to_owned(), message: message.into(), detail: Json("null".into()) }
}
