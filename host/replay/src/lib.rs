//! The replay machine: history and requests in, decisions out. It knows no clock, no disk and no network.
//!
//! [`Machine`] holds one activation of an instance: what its journal says, and how far the code has come since it was
//! loaded. The host asks it for every durable request of the guest; it answers from the history, or gives the entry that
//! is to be appended, or a [`Divergence`]. A history that breaks its own rules is [`Damage`], which is our fault and never
//! the guest's.

mod command;
mod damage;
mod divergence;
mod entry;
mod history;
mod machine;
mod rewind;

pub use command::NextUndo;
pub use damage::Damage;
pub use divergence::{Difference, Divergence, Position, Side};
pub use entry::{
    Act, Backoff, Began, Cached, Command, Entry, Failure, Instant, Json, Key, Level, Note, Options, Outcome,
    Request, Retry, Seq, Span, Subscription, Text, Unclear,
};
pub use history::Tries;
pub use machine::{Asked, Machine, Phase};
pub use rewind::{NoRewind, Rewound, rewind};
