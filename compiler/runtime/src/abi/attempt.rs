//! Failures that are raised and caught, undos, deadlines, and what is done at last.

use alloc::vec::Vec;

use super::{current, fail, or, take};
use crate::deadline;
use crate::effect::{both_undo_failed, unwind, with_undo_failed};
use crate::fault::{Failure, Fault};
use crate::host;
use crate::value::{NULL, Slice, V, keep};

/// What is set aside while something is done at last.
struct Aside {
    failed: Option<Fault>,
    undo_failed: Option<Fault>,
    mark: usize,
    floor: usize,
}

static mut ASIDE: Vec<Aside> = Vec::new();

/// Undos that were run before anybody caught the failure under way, and failed: told by whoever runs undos next.
static mut UNDO_FAILED: Option<Fault> = None;

fn aside() -> &'static mut Vec<Aside> {
    let aside = &raw mut ASIDE;
    // SAFETY: one thread, and nobody keeps it.
    unsafe { &mut *aside }
}

fn take_undo_failed() -> Option<Fault> {
    // SAFETY: one thread.
    unsafe { core::ptr::replace(&raw mut UNDO_FAILED, None) }
}

fn set_undo_failed(fault: Option<Fault>) {
    // SAFETY: one thread.
    unsafe { UNDO_FAILED = fault };
}

/// Runs undos; fails also with those that failed before.
fn undone(key: &str, depth: u32) -> Result<(), Fault> {
    let before = take_undo_failed();
    match (before, unwind(key, depth)) {
        (None, ended) => ended,
        (Some(before), Ok(())) => Err(before),
        (Some(before), Err(now)) => Err(both_undo_failed(before, now)),
    }
}

/// What a whole run or block fails with, whose undos are run.
pub(super) fn at_the_end(fault: Fault) -> Fault {
    undone("undo", 0).map_or_else(|undo| with_undo_failed(fault, undo), |()| fault)
}

/// The undos of something that a failure leaves are run where it leaves: they are the newest, and so would be the first whoever
/// catches it.
fn leave(key: V, depth: u32) {
    if current().is_some() {
        let failed = undone(key.as_text(), depth).err();
        set_undo_failed(failed);
    }
}

#[unsafe(no_mangle)]
extern "C" fn rt_undo_depth() -> u32 {
    host::undo_depth()
}

#[unsafe(no_mangle)]
extern "C" fn rt_unwind(key: V, depth: u32) {
    or(undone(key.as_text(), depth), ());
}

#[unsafe(no_mangle)]
extern "C" fn rt_raise(kind: V, message: V, detail: V) {
    fail(keep(Failure { kind: kind.as_text(), message: message.as_text(), detail }));
}

#[unsafe(no_mangle)]
extern "C" fn rt_raise_again(caught: V) {
    fail(Failure::from_value(caught));
}

/// Which of several lists of kinds has that of the failure under way; -1 where none has. An empty list has all but
/// `cancelled`, which none has, as none has that of a deadline further out.
#[unsafe(no_mangle)]
extern "C" fn rt_catch(arms: &'static Slice<Slice<V>>) -> i32 {
    let Some(fault) = current().filter(|f| f.kind != "cancelled" && !deadline::is_marked()) else {
        return -1;
    };
    let takes = |kinds: &Slice<V>| listed(kinds.get(), fault);
    arms.get().iter().position(takes).and_then(|at| i32::try_from(at).ok()).unwrap_or(-1)
}

fn listed(kinds: &[V], fault: Fault) -> bool {
    kinds.is_empty() || kinds.iter().any(|kind| fault.is_a(kind.as_text()))
}

/// The failure under way as a value; then there is none any more.
#[unsafe(no_mangle)]
extern "C" fn rt_caught() -> V {
    take().map_or(&NULL, Failure::to_value)
}

#[unsafe(no_mangle)]
extern "C" fn rt_deadline_begin(key: V, span: i64) {
    let begun = deadline::check().map(|()| deadline::begin(key.as_text(), span));
    or(begun, ());
}

#[unsafe(no_mangle)]
extern "C" fn rt_deadline_end() {
    deadline::end();
}

/// What follows is done whatever fails, and no deadline around it holds. A failure under way has its undos above `depth` run first, and
/// is set aside.
#[unsafe(no_mangle)]
extern "C" fn rt_finally(key: V, depth: u32) {
    leave(key, depth);
    aside().push(Aside {
        failed: take(),
        undo_failed: take_undo_failed(),
        mark: deadline::take_mark(),
        floor: deadline::suspend(),
    });
}

/// The failure that was set aside is under way again, unless what was done at last failed; but that does not hide that it was cancelled
/// or is over.
#[unsafe(no_mangle)]
extern "C" fn rt_finally_end() {
    let Some(aside) = aside().pop() else {
        return;
    };
    deadline::restore(aside.floor);
    let Some(failed) = aside.failed else {
        return;
    };
    if current().is_none() || failed.kind == "cancelled" || aside.mark != 0 {
        fail(failed);
        deadline::mark(aside.mark);
    }
    set_undo_failed(aside.undo_failed);
}

/// Gives a place back, after the undos above `depth` where a failure leaves.
#[unsafe(no_mangle)]
extern "C" fn rt_unlock(key: V, undo_key: V, depth: u32) {
    leave(undo_key, depth);
    host::unlock(key.as_text());
}
