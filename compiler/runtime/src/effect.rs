//! Durable operations: requests made of values, outcomes as values or faults.

use alloc::{string::String, vec::Vec};

use crate::deadline;
use crate::decode::{Desc, Path, decode};
use crate::fault::{Failure, Fault};
use crate::fork::Block;
use crate::host::{self, Cached, HostFailure, Operation, Retry, Span, Step};
use crate::json::{parse, print};
use crate::number::push_int;
use crate::table::Table;
use crate::value::{self, NULL, V, count, keep};

/// What the next request says besides tool and arguments.
#[derive(Default)]
pub struct Options {
    /// In milliseconds.
    pub timeout: Option<i64>,
    /// How patiently.
    pub retry: Option<Retry>,
    /// An earlier outcome will do.
    pub cache: Option<Cached>,
    /// What is done about an attempt that had left and has no answer: 0 retry, 1 fail, 2 ask.
    pub unclear: u8,
    /// JSON pointers into the arguments, where secrets go.
    pub secrets: &'static [V],
}

/// Asks a tool and waits for its answer, as a value of the type if there is one.
pub fn call(
    key: V,
    tool: V,
    arguments: V,
    options: &Options,
    result: Option<&'static Desc>,
) -> Result<V, Fault> {
    deadline::check()?;
    let arguments = print(arguments)?;
    let secrets = pointers(options);
    let operation = host::call(&step(key, tool, &arguments, &secrets, options));
    typed(awaited(&operation)?, result)
}

/// The value as one of the type, if there is one.
fn typed(value: V, result: Option<&'static Desc>) -> Result<V, Fault> {
    result.map_or(Ok(value), |desc| decode(desc, value, &Path::Root("")))
}

/// Registers an undo.
pub fn undo(key: V, tool: V, arguments: V, options: &Options) -> Result<(), Fault> {
    let arguments = print(arguments)?;
    let secrets = pointers(options);
    host::undo(&step(key, tool, &arguments, &secrets, options));
    Ok(())
}

fn pointers(options: &Options) -> Vec<Span> {
    options.secrets.iter().map(|pointer| Span::text(pointer.as_text())).collect()
}

fn step(key: V, tool: V, arguments: &str, secrets: &[Span], options: &Options) -> Step {
    Step {
        key: Span::text(key.as_text()),
        tool: Span::text(tool.as_text()),
        arguments: Span::text(arguments),
        secrets: Span::list(secrets),
        timeout: options.timeout.map(|t| t.max(0).unsigned_abs()).into(),
        deadline: None.into(),
        retry: options.retry.into(),
        cache: options.cache.into(),
        unclear: options.unclear,
    }
}

/// How an operation ended, unless a deadline is first. Then it is given up; if it has ended well all the same, it has.
pub fn awaited(operation: &Operation) -> Result<V, Fault> {
    deadline::first(&[operation]).map_or_else(|late| given_up(operation, late), |_| settle(operation))
}

/// How an operation ended that is given up, because of a deadline that was first.
pub fn given_up(operation: &Operation, late: Fault) -> Result<V, Fault> {
    operation.cancel();
    let ended = settle(operation);
    if ended.is_ok() {
        deadline::pardon();
    }
    ended.map_err(|_| late)
}

impl Block for Operation {
    fn first(of: &[&Self]) -> Result<usize, Fault> {
        deadline::first(of)
    }

    fn cancel(&self) {
        Self::cancel(self);
    }

    fn outcome(&self) -> Result<V, Fault> {
        settle(self)
    }
}

/// How an operation ended, deadlines or not.
pub fn settle(operation: &Operation) -> Result<V, Fault> {
    read(operation.outcome())
}

fn read(outcome: Result<&'static str, HostFailure>) -> Result<V, Fault> {
    match outcome {
        Ok(json) => parse(json),
        Err(HostFailure { kind, message, detail }) => {
            let detail = parse(detail).unwrap_or(&NULL);
            Err(keep(Failure { kind, message, detail }))
        }
    }
}

/// Waits for a moment or as long as said.
pub fn sleep(key: V, until: bool, milliseconds: i64) -> Result<(), Fault> {
    deadline::check()?;
    awaited(&host::sleep(key.as_text(), until, milliseconds)).map(|_| ())
}

/// What runs the undos above a depth; nothing, and no entry in the journal, where there are none.
pub fn unwind(key: &str, depth: u32) -> Result<(), Fault> {
    if host::undo_depth() <= depth {
        return Ok(());
    }
    settle(&host::unwind(key, depth)).map(|_| ())
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

/// Two failures of undos as one.
pub fn both_undo_failed(first: Fault, second: Fault) -> Fault {
    let items = first.detail.items().iter().chain(second.detail.items()).copied().collect();
    keep(Failure { kind: first.kind, message: first.message, detail: value::list(items) })
}

/// What follows of `work` has so many milliseconds.
fn within(deadline: Option<(V, i64)>, work: impl FnOnce() -> Result<V, Fault>) -> Result<V, Fault> {
    deadline::check()?;
    let Some((key, span)) = deadline else {
        return work();
    };
    deadline::begin(key.as_text(), span);
    let ended = work();
    deadline::end();
    ended
}

/// Another workflow, and its result.
pub fn child(
    key: V,
    workflow: V,
    input: V,
    deadline: Option<(V, i64)>,
    result: Option<&'static Desc>,
) -> Result<V, Fault> {
    let input = print(input)?;
    let child = || awaited(&host::child(key.as_text(), workflow.as_text(), &input));
    typed(within(deadline, child)?, result)
}

/// A person, and the answer.
pub fn ask(
    key: V,
    whom: V,
    task: V,
    deadline: Option<(V, i64)>,
    result: Option<&'static Desc>,
) -> Result<V, Fault> {
    let task = print(task)?;
    let ask = || awaited(&host::ask(key.as_text(), whom.as_text(), &task));
    typed(within(deadline, ask)?, result)
}

/// Starts another workflow: its id.
pub fn spawn(key: V, workflow: V, input: V) -> Result<V, Fault> {
    settle(&host::spawn(key.as_text(), workflow.as_text(), &print(input)?))
}

/// Waits for a place; fewer than one are one.
pub fn lock(key: V, name: V, places: i64) -> Result<(), Fault> {
    deadline::check()?;
    let places = u32::try_from(places.max(1)).unwrap_or(u32::MAX);
    awaited(&host::lock(key.as_text(), name.as_text(), places)).map(|_| ())
}

/// Sends an event, to an instance or to all that know it.
pub fn emit(key: V, event: V, data: V, to: Option<V>) -> Result<(), Fault> {
    let data = print(data)?;
    settle(&host::emit(key.as_text(), event.as_text(), &data, to.map(|to| to.as_text()))).map(|_| ())
}

/// Calendar arithmetic, as a value of the type.
pub fn calendar(
    key: V,
    question: V,
    of: i64,
    zone: V,
    arguments: V,
    result: &'static Desc,
) -> Result<V, Fault> {
    let arguments = print(arguments)?;
    let answer = host::calendar(key.as_text(), question.as_text(), of, zone.as_text(), &arguments);
    typed(read(answer)?, Some(result))
}

/// Begins a block.
pub fn block(key: V, number: u32, captured: V) -> Result<Operation, Fault> {
    deadline::check()?;
    Ok(host::block(key.as_text(), number, &print(captured)?))
}

/// Registers a block as an undo.
pub fn undo_block(key: V, number: u32, captured: V) -> Result<(), Fault> {
    print(captured).map(|captured| host::undo_block(key.as_text(), number, &captured))
}
