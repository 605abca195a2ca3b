//! What is special about each kind of request, a file a kind: what it changes in the activation, how it is told to
//! people, and in which fields two of them differ.

mod block;
mod calendar;
mod call;
mod child;
mod emit;
mod lock;
mod log;
mod note;

mod people;
mod receive;
mod sleep;
mod undo;
mod unwind;

pub(crate) use note::name as note_name;
pub use unwind::NextUndo;

use crate::{Command, divergence::Fields};

/// Two commands of one kind?
pub(crate) fn same_kind(one: &Command, other: &Command) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// A command in words, such as ``a call of `payments.charge` ``.
pub(crate) fn describe(command: &Command) -> String {
    match command {
        Command::Call { request, .. } => call::describe(request),
        Command::Body { .. } => "a step of the code's own".to_owned(),
        Command::Undo { request, .. } => undo::describe(request),
        Command::Unwind { depth } => unwind::describe(*depth),
        Command::Until { due } => sleep::describe_until(*due),
        Command::Span { span } => sleep::describe_span(*span),
        Command::Receive { subscriptions } => receive::describe(subscriptions),
        Command::Block { number, .. } => block::describe(*number),
        Command::UndoBlock { number, .. } => block::describe_undo(*number),
        Command::Child { workflow, .. } => child::describe_child(workflow),
        Command::Spawn { workflow, .. } => child::describe_spawn(workflow),
        Command::Lock { name, places } => lock::describe(name, *places),
        Command::Unlock => lock::describe_unlock(),
        Command::Ask { whom, .. } => people::describe(whom),
        Command::Emit { event, to, .. } => emit::describe(event, to.as_deref()),
        Command::Calendar { question, zone, .. } => calendar::describe(question, zone),
    }
}

/// The fields in which two commands of one kind differ; empty for two kinds.
pub(crate) fn compare(fields: &mut Fields, recorded: &Command, asked: &Command) {
    match (recorded, asked) {
        (Command::Call { request: r, options: o }, Command::Call { request, options })
        | (Command::Undo { request: r, options: o }, Command::Undo { request, options }) => {
            call::compare(fields, (r, o), (request, options));
        }
        (Command::Body { options: recorded }, Command::Body { options: asked }) => {
            call::compare_options(fields, recorded, asked);
        }
        (Command::Unwind { depth: recorded }, Command::Unwind { depth: asked }) => {
            fields.value("depth", recorded, asked);
        }
        (Command::Until { due: recorded }, Command::Until { due: asked }) => {
            fields.value("due", &recorded.0, &asked.0);
        }
        (Command::Span { span: recorded }, Command::Span { span: asked }) => {
            fields.value("span", &recorded.0, &asked.0);
        }
        (Command::Receive { subscriptions: recorded }, Command::Receive { subscriptions: asked }) => {
            receive::compare(fields, recorded, asked);
        }
        _ => compare_others(fields, recorded, asked),
    }
}

/// As [`compare`], of what runs elsewhere or is about others.
fn compare_others(fields: &mut Fields, recorded: &Command, asked: &Command) {
    match (recorded, asked) {
        (Command::Block { number: n, captured: c }, Command::Block { number, captured })
        | (Command::UndoBlock { number: n, captured: c }, Command::UndoBlock { number, captured }) => {
            block::compare(fields, (*n, c), (*number, captured));
        }
        (Command::Child { workflow: w, input: i }, Command::Child { workflow, input })
        | (Command::Spawn { workflow: w, input: i }, Command::Spawn { workflow, input }) => {
            child::compare(fields, (w, i), (workflow, input));
        }
        (Command::Lock { name: n, places: p }, Command::Lock { name, places }) => {
            lock::compare(fields, (n, *p), (name, *places));
        }
        (Command::Ask { whom: w, task: t }, Command::Ask { whom, task }) => {
            people::compare(fields, (w, t), (whom, task));
        }
        (Command::Emit { event: e, data: d, to: t }, Command::Emit { event, data, to }) => {
            emit::compare(fields, (e, d, t), (event, data, to));
        }
        (
            Command::Calendar { question: q, of: o, zone: z, arguments: a },
            Command::Calendar { question, of, zone, arguments },
        ) => calendar::compare(fields, (q, *o, z, a), (question, *of, zone, arguments)),
        _ => {}
    }
}
