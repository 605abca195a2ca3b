//! Durable operations: requests made of values, outcomes as values or faults.

use alloc::{string::String, vec::Vec};

use crate::decode::{Desc, Path, decode};
use crate::fault::{Failure, Fault};
use crate::host::{self, Condition, HostFailure, Operation, Retry, Span, Step, Subscription};
use crate::json::{parse, print};
use crate::number::{Number, push_int};
use crate::table::Table;
use crate::value::{self, NULL, V, count, keep};

/// `timeout` and `retry` of the next request.
#[derive(Default)]
pub struct Options {
    /// In milliseconds.
    pub timeout: Option<i64>,
    /// How patiently.
    pub retry: Option<Retry>,
}

/// Asks a tool and waits for its answer, as a value of the type if there is one.
pub fn call(
    key: V,
    tool: V,
    arguments: V,
    options: &Options,
    result: Option<&'static Desc>,
) -> Result<V, Fault> {
    let arguments = print(arguments)?;
    let operation = host::call(&step(key, tool, &arguments, options));
    let value = settle(&operation)?;
    result.map_or(Ok(value), |desc| decode(desc, value, &Path::Root("")))
}

/// Registers an undo.
pub fn undo(key: V, tool: V, arguments: V, options: &Options) -> Result<(), Fault> {
    let arguments = print(arguments)?;
    host::undo(&step(key, tool, &arguments, options));
    Ok(())
}

fn step(key: V, tool: V, arguments: &str, options: &Options) -> Step {
    Step {
        key: Span::text(key.as_text()),
        tool: Span::text(tool.as_text()),
        arguments: Span::text(arguments),
        timeout: options.timeout.map(|t| t.max(0).unsigned_abs()).into(),
        deadline: None.into(),
        retry: options.retry.into(),
    }
}

/// How an operation ended.
fn settle(operation: &Operation) -> Result<V, Fault> {
    match operation.outcome() {
        Ok(json) => parse(json),
        Err(HostFailure { kind, message, detail }) => {
            let detail = parse(detail).unwrap_or(&NULL);
            Err(keep(Failure { kind, message, detail }))
        }
    }
}

/// Waits for a moment or as long as said.
pub fn sleep(key: V, until: bool, milliseconds: i64) -> Result<(), Fault> {
    settle(&host::sleep(key.as_text(), until, milliseconds)).map(|_| ())
}

/// What runs the undos above a depth; nothing, and no entry in the journal, where there are none.
pub fn unwind(key: &str, depth: u32) -> Result<(), Fault> {
    if host::undo_depth() <= depth {
        return Ok(());
    }
    settle(&host::unwind(key, depth)).map(|_| ())
}

/// An event and what its fields have to equal.
pub struct Wanted {
    /// Its name.
    pub event: V,
    /// Names and values.
    pub fields: Vec<(V, V)>,
}

/// A moment or a span under a key.
pub struct Timer {
    /// Of the sleep.
    pub key: V,
    /// It is a moment.
    pub until: bool,
    /// Since the epoch, or from now on.
    pub milliseconds: i64,
}

/// Which of the wanted events came, and its fields; none where the timer was first.
pub fn wait(key: V, wanted: &[Wanted], timer: Option<Timer>) -> Result<Option<(i32, V)>, Fault> {
    let mut conditions = Vec::with_capacity(wanted.len());
    for want in wanted {
        conditions.push(lower(&want.fields)?);
    }
    let subscription = |(want, conditions): (&Wanted, &Vec<Condition>)| Subscription {
        event: Span::text(want.event.as_text()),
        conditions: Span::list(conditions),
    };
    let subscriptions: Vec<Subscription> = wanted.iter().zip(&conditions).map(subscription).collect();
    let event = host::receive(key.as_text(), &subscriptions);
    if let Some(timer) = timer {
        let sleep = host::sleep(timer.key.as_text(), timer.until, timer.milliseconds);
        if !host::first(&event, &sleep) {
            event.cancel();
            settle(&sleep)?;
            return Ok(None);
        }
        sleep.cancel();
    }
    came(settle(&event)?, wanted.len()).map(Some)
}

fn lower(fields: &[(V, V)]) -> Result<Vec<Condition>, Fault> {
    let mut out = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        let value = print(value)?.leak();
        out.push(Condition { name: Span::text(name.as_text()), value: Span::text(value) });
    }
    Ok(out)
}

fn came(outcome: V, wanted: usize) -> Result<(i32, V), Fault> {
    let Some(table) = outcome.as_record() else {
        return Err(Failure::bad_data(String::new(), "an event of the host".into(), "something else".into()));
    };
    let which = Number::of(table.get_or_null("subscription")).and_then(|n| n.to_int());
    match which.and_then(|n| i32::try_from(n).ok()).filter(|n| (0..count(wanted)).contains(&i64::from(*n))) {
        Some(which) => Ok((which, table.get("data").filter(|data| !data.is_null()).unwrap_or_else(nothing))),
        None => Err(Failure::bad_data(
            "subscription".into(),
            "the number of a subscription".into(),
            "another".into(),
        )),
    }
}

/// The fields of an event that was sent without any.
fn nothing() -> V {
    value::record(Table::new(0))
}

/// The failure that a run ends with, when its undos have been run: if some of them failed too, it says so.
pub fn with_undo_failed(fault: Fault, undo: Fault) -> Fault {
    let list =
        undo.detail.as_record().map_or(undo.detail, |t| t.entries().first().map_or(undo.detail, |e| e.value));
    let mut message = String::from(fault.message);
    message.push_str("; and of its undos ");
    match list.items().len() {
        0 => message.push_str("some"),
        n => push_int(&mut message, count(n)),
    }
    message.push_str(" failed");
    let mut detail = Table::new(4);
    match fault.detail.as_record() {
        Some(old) => old.entries().iter().for_each(|e| detail.put(e.name, e.value)),
        None if fault.detail.is_null() => {}
        None => detail.put("detail", fault.detail),
    }
    detail.put("undo_failed", list);
    keep(Failure { kind: fault.kind, message: message.leak(), detail: value::record(detail) })
}
