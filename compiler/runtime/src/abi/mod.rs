//! The doors that compiled code comes in by: `rt_…` functions that only translate.
//!
//! A function that can fail leaves the failure in [`rt_failed`] and gives null or zero; compiled code looks there.

#![expect(unsafe_code, reason = "exported symbols, and the state of the one thread")]

mod attempt;
mod build;
mod convert;
mod effect;
mod entry;
mod flow;
mod lists;
mod maps;
mod numbers;
mod texts;

use crate::fault::Fault;
use crate::value::{NULL, V};

/// The failure under way, or null.
#[unsafe(no_mangle)]
pub static mut rt_failed: Option<Fault> = None;

/// Begins to fail.
fn fail(fault: Fault) {
    effect::forget_options();
    // SAFETY: one thread.
    unsafe { rt_failed = Some(fault) };
}

/// The failure under way, which then is none any more.
fn take() -> Option<Fault> {
    // SAFETY: one thread.
    unsafe {
        let failed = rt_failed;
        rt_failed = None;
        failed
    }
}

fn current() -> Option<Fault> {
    // SAFETY: one thread.
    unsafe { rt_failed }
}

/// What is there, or `otherwise` and a failure under way.
fn or<T>(result: Result<T, Fault>, otherwise: T) -> T {
    match result {
        Ok(it) => it,
        Err(fault) => {
            fail(fault);
            otherwise
        }
    }
}

fn or_null(result: Result<V, Fault>) -> V {
    or(result, &NULL)
}
