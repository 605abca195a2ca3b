//! Runs of instances.
//!
//! An activation loads the history, replays the code against it, answers what it asks for, and unloads it when it waits:
//! `drive` begins, `life` is the course of one activation, `core` is what it knows, `commit` is where it writes.

mod activation;
mod aftermath;
mod ask;
mod beside;
mod block;
mod body;
mod calendar;
mod child;
mod commit;
mod core;
mod drive;
mod effect;
mod emit;
mod ending;
mod expose;
mod face;
mod guest;
mod halt;
mod kept;
mod large;
mod leash;
mod life;
mod limits;
mod lock;
mod operate;
mod people;
mod prove;
mod restart;
mod retry;
mod scopes;
mod settle;
mod slots;
mod stays;
mod stop;
mod supervise;
mod turn;
mod unclear;
mod unwind;
mod wait;
mod words;

pub(crate) use self::core::{Begin, Mode};
pub(crate) use activation::Activation;
pub(crate) use aftermath::{put, written};
pub(crate) use ask::log_line;
pub(crate) use body::{Body, Turn};
pub(crate) use child::{instance_of as child_of, links};
pub(crate) use commit::{Along, Append, Purpose, commit, settled, store};
pub(crate) use drive::{can_go_on, drive_claimed, take_up_missed, wake};
pub(crate) use guest::{Guest, is_json};
pub(crate) use halt::Standing;
pub(crate) use lock::{Lines, told};
pub(crate) use operate::{Held, Who, children, leaves, pause, terminate, waited_for};
pub(crate) use people::{Question, chosen};
pub(crate) use prove::prove;
pub(crate) use slots::{Claim, Slots};
pub(crate) use stays::Stays;
pub(crate) use stop::Stop;
pub(crate) use unclear::waits_unclear;
pub(crate) use words::generation;
pub(crate) use words::{failure as failure_view, outcome as outcome_view, value, what};

#[cfg(test)]
mod tests;
