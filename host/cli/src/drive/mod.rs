//! Running things in the foreground: telling what happens, signals, and how it ended.

mod conclude;
mod follow;
mod report;
mod signal;
mod through;

pub(crate) use conclude::{conclude, exit, interrupted};
pub(crate) use follow::{Ending, Follow, Until};
pub(crate) use report::{Concluded, Report};
pub(crate) use signal::Signals;
pub(crate) use through::through;
