//! Replay and journal disagree: the most important message that we have.

mod cause;
mod display;
mod fields;
mod side;

pub use fields::Difference;
pub(crate) use fields::Fields;
pub use side::Side;

use crate::{Key, Seq, command};

/// The code asks for something else than the journal says. Four parts: what is recorded, what was asked, the likely cause,
/// the place; and the fields that differ, where both speak of the same thing. [`Display`](std::fmt::Display) prints all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// What the journal says comes next, or stands under the same key.
    pub recorded: Box<Side>,
    /// What the guest did instead.
    pub asked: Box<Side>,
    /// What most likely happened, and what to do about it.
    pub cause: String,
    /// Where.
    pub at: Position,
    /// Field by field, where both are requests of the same kind; empty where they are not.
    pub difference: Vec<Difference>,
}

/// Where the two part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The key that the guest used; for an end or a wait the recorded one. `None` where neither has a key.
    pub key: Option<Key>,
    /// The recorded entry.
    pub seq: Seq,
}

impl std::error::Error for Divergence {}

/// How they disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// Something else under the same key.
    Other,
    /// Something new while recorded requests wait to be asked for.
    InFront,
    /// Something new where the recorded run is over.
    PastTheEnd,
    /// A wait for what has not ended, while recorded requests wait to be asked for.
    Waits,
    /// The end, while recorded requests wait to be asked for.
    TooEarly,
    /// Another end than the recorded one.
    OtherEnd,
}

pub(crate) fn of(case: Case, recorded: Side, asked: Side, key: Option<Key>, seq: Seq) -> Divergence {
    let mut fields = Fields::default();
    match (case, &recorded, &asked) {
        (Case::Other, Side::Command { command: recorded, .. }, Side::Command { command: asked, .. }) => {
            command::compare(&mut fields, recorded, asked);
        }
        (Case::OtherEnd, Side::End(recorded), Side::End(asked)) => {
            side::compare_ends(&mut fields, recorded, asked);
        }
        _ => {}
    }
    let difference = fields.done();
    let cause = cause::likely(case, &recorded, &asked, &difference);
    Divergence {
        recorded: Box::new(recorded),
        asked: Box::new(asked),
        cause,
        at: Position { key, seq },
        difference,
    }
}

#[cfg(test)]
mod tests;
