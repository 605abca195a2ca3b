//! The replay machine: history and requests in, decisions out. It knows no clock, no disk and no network.

mod entry;

pub use entry::{
    Backoff, Began, Command, Entry, Failure, Instant, Json, Key, Level, Note, Options, Outcome, Request,
    Retry, Seq, Span, Subscription,
};
