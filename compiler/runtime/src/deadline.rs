//! Deadlines of what is being tried: each a durable timer, the innermost last.
//!
//! Whatever waits, waits for the timers too. When one of them is first, what was waited for is given up, and the failure `timeout` is
//! marked with the deadline: nobody inside of it catches that. What had ended by then all the same has ended: its outcome is taken, and
//! the deadline fails the next thing that would begin.

#![expect(unsafe_code, reason = "the state of the one thread")]

use alloc::{string::String, vec::Vec};

use crate::fault::{Failure, Fault};
use crate::host::{self, Operation};
use crate::time;
use crate::value::{NULL, keep};

struct Deadline {
    timer: Operation,
    span: i64,
    over: bool,
}

struct State {
    running: Vec<Deadline>,
    /// Those below are not looked at.
    floor: usize,
    /// How many deadlines there were when the failure under way was marked with the last of them; 0: it is not marked.
    mark: usize,
}

static mut STATE: State = State { running: Vec::new(), floor: 0, mark: 0 };

fn state() -> &'static mut State {
    let state = &raw mut STATE;
    // SAFETY: one thread, and nobody keeps it.
    unsafe { &mut *state }
}

/// What follows has so many milliseconds.
pub fn begin(key: &str, span: i64) {
    let timer = host::sleep(key, false, span);
    state().running.push(Deadline { timer, span, over: false });
}

/// The innermost deadline is none any more; a failure that is marked with it becomes one like others.
pub fn end() {
    let state = state();
    if state.mark == state.running.len() {
        state.mark = 0;
    }
    if let Some(deadline) = state.running.pop().filter(|deadline| !deadline.over) {
        deadline.timer.cancel();
    }
}

/// The failure under way is that of a deadline around this place.
pub fn is_marked() -> bool {
    state().mark != 0
}

/// The mark of the failure under way, which then has none.
pub fn take_mark() -> usize {
    core::mem::take(&mut state().mark)
}

/// Marks the failure under way as it was.
pub fn mark(mark: usize) {
    state().mark = mark;
}

/// Deadlines that run now do not hold for what follows; gives what [`restore`] wants.
pub fn suspend() -> usize {
    let state = state();
    core::mem::replace(&mut state.floor, state.running.len())
}

/// Undoes [`suspend`].
pub fn restore(floor: usize) {
    state().floor = floor;
}

/// Nothing begins behind a deadline.
pub fn check() -> Result<(), Fault> {
    let state = state();
    let over = state.running.iter().skip(state.floor).position(|deadline| deadline.over);
    over.map_or(Ok(()), |at| Err(expired(state.floor + at)))
}

/// The place of the operation that ended first.
///
/// # Errors
/// A marked `timeout` where a deadline was first.
pub fn first(of: &[&Operation]) -> Result<usize, Fault> {
    let state = state();
    let timers = state.running.get(state.floor..).unwrap_or(&[]);
    if timers.is_empty() && of.len() == 1 {
        return Ok(0);
    }
    let all: Vec<&Operation> = of.iter().copied().chain(timers.iter().map(|d| &d.timer)).collect();
    match host::first(&all) {
        which if which < of.len() => Ok(which),
        which => Err(expired(state.floor + which - of.len())),
    }
}

/// The failure that [`first`] gave is dropped.
pub fn pardon() {
    state().mark = 0;
}

fn expired(at: usize) -> Fault {
    let state = state();
    state.mark = at + 1;
    let mut message = String::from("it did not end within ");
    if let Some(deadline) = state.running.get_mut(at) {
        deadline.over = true;
        time::push_duration(&mut message, deadline.span);
    }
    keep(Failure { kind: "timeout", message: message.leak(), detail: &NULL })
}
