//! What is special about each kind of request, a file a kind: what it changes in the activation, how it is told to
//! people, and in which fields two of them differ.

mod call;
mod log;
mod note;
mod receive;
mod sleep;
mod undo;
mod unwind;

pub(crate) use note::name as note_name;

use crate::{Command, Key, divergence::Fields, machine::Progress};

/// What a request changes in how far the code has come; the same whether it is recorded or news.
pub(crate) fn follow(progress: &mut Progress, key: &Key, command: &Command) {
    match command {
        Command::Undo { .. } => undo::follow(progress, key),
        Command::Unwind { depth } => unwind::follow(progress, key, *depth),
        Command::Call { .. } | Command::Until { .. } | Command::Span { .. } | Command::Receive { .. } => {}
    }
}

/// Two commands of one kind?
pub(crate) fn same_kind(one: &Command, other: &Command) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// A command in words, such as ``a call of `payments.charge` ``.
pub(crate) fn describe(command: &Command) -> String {
    match command {
        Command::Call { request, .. } => call::describe(request),
        Command::Undo { request, .. } => undo::describe(request),
        Command::Unwind { depth } => unwind::describe(*depth),
        Command::Until { due } => sleep::describe_until(*due),
        Command::Span { span } => sleep::describe_span(*span),
        Command::Receive { subscriptions } => receive::describe(subscriptions),
    }
}

/// The fields in which two commands of one kind differ; empty for two kinds.
pub(crate) fn compare(fields: &mut Fields, recorded: &Command, asked: &Command) {
    match (recorded, asked) {
        (Command::Call { request: r, options: o }, Command::Call { request, options })
        | (Command::Undo { request: r, options: o }, Command::Undo { request, options }) => {
            call::compare(fields, (r, o), (request, options));
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
        _ => {}
    }
}
