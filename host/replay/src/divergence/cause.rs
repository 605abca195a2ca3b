//! What most likely happened, by case. An instance is pinned to its code, so under unchanged code only something that the
//! host does not control can make a replay differ; under changed code the change is the first thing to look at.

use super::{Case, Difference, Side};
use crate::{Command, command::same_kind};

pub(super) fn likely(case: Case, recorded: &Side, asked: &Side, difference: &[Difference]) -> String {
    match case {
        Case::Other => other(recorded, asked, difference),
        Case::InFront => in_front(recorded, asked),
        Case::PastTheEnd => "the recorded run was over here: code that goes on longer was put under it; \
            a finished instance is never run again, so start a new one with the new code"
            .into(),
        Case::Waits => {
            "the recorded run did not have to wait here: the code was changed so that it waits for something \
            else, or a branch of it depends on something outside the journal"
                .into()
        }
        Case::TooEarly => {
            "the recorded run went on from here: a request was removed from the code, or a branch of it \
            depends on something outside the journal (a clock, a random number, the order of a map); \
            put the request back, or move only instances that have not come here"
                .into()
        }
        Case::OtherEnd => {
            "the same requests led to another end: what the code makes of their outcomes was changed, or \
            depends on something outside the journal (a clock, a random number, the order of a map)"
                .into()
        }
    }
}

fn other(recorded: &Side, asked: &Side, difference: &[Difference]) -> String {
    match (recorded, asked) {
        (Side::Command { command: one, .. }, Side::Command { command: two, .. }) if same_kind(one, two) => {
            arguments(one, two, difference)
        }
        _ => "the code was changed under a running instance: this key stood for something of another kind; \
            give the new request a name of its own"
            .into(),
    }
}

fn arguments(recorded: &Command, asked: &Command, difference: &[Difference]) -> String {
    if let [only] = difference {
        if reordered(text(recorded), text(asked)) {
            return "the same text in another order: the guest goes through a map or a set whose order is not fixed; \
                sort it, or use one that keeps its order"
                .into();
        }
        if only.field == "due" || only.field == "deadline" || (only.from.is_some() && digits(only)) {
            return "a number differs: the code was changed under a running instance; or, if it was not, a clock or a \
                random number was read past the host: take time and randomness from the workflow's own functions, \
                which are recorded"
                .into();
        }
    }
    if difference.iter().any(|one| one.field == "tool") {
        return "the code was changed under a running instance: this key stood for another tool; \
            give the new request a name of its own"
            .into();
    }
    "the code was changed under a running instance, or the guest computed other arguments from the same journal: \
        a clock, a random number or the order of a map, read past the host, does that"
        .into()
}

fn in_front(recorded: &Side, asked: &Side) -> String {
    match (recorded, asked) {
        (Side::Command { command: one, .. }, Side::Command { command: two, .. }) if one == two => {
            "the same request under another name: it was renamed in the code of a running instance; \
                keep the old name, or move only instances that have not come here"
                .into()
        }
        _ => "the code was changed under a running instance: a request was put in front of recorded ones, or one was \
            removed; or a branch of it depends on something outside the journal (a clock, a random number, \
            the order of a map)"
            .into(),
    }
}

/// What a request is given; of no other command a text is compared as a whole.
fn text(command: &Command) -> &str {
    match command {
        Command::Call { request, .. } | Command::Undo { request, .. } => &request.arguments.0,
        Command::Block { captured: text, .. }
        | Command::UndoBlock { captured: text, .. }
        | Command::Child { input: text, .. }
        | Command::Spawn { input: text, .. }
        | Command::Ask { task: text, .. }
        | Command::Emit { data: text, .. } => &text.0,
        _ => "",
    }
}

/// Two texts of the same characters; where only digits differ, it is a number.
fn reordered(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.sort_unstable();
        bytes
    };
    let parted =
        one.bytes().zip(other.bytes()).any(|(a, b)| a != b && !(a.is_ascii_digit() && b.is_ascii_digit()));
    parted && one.len() == other.len() && sorted(one) == sorted(other)
}

/// Both texts are at a number where they part.
fn digits(difference: &Difference) -> bool {
    let same =
        difference.recorded.chars().zip(difference.asked.chars()).take_while(|(one, two)| one == two).count();
    let at = |text: &str| text.chars().nth(same).is_some_and(|c| c.is_ascii_digit());
    at(&difference.recorded) && at(&difference.asked)
}
