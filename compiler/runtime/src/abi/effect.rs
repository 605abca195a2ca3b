//! Durable operations, and failures that are caught.

use alloc::{boxed::Box, vec::Vec};

use super::{current, fail, or, or_null, take};
use crate::decode::Desc;
use crate::effect::{self, Options, Timer, Wanted};
use crate::fault::{Failure, Fault};
use crate::host::{self, Retry, Span};
use crate::json::print;
use crate::value::{NULL, Slice, V, keep};

/// What is waited for, being built.
struct Subscriptions(Vec<Wanted>);

static mut OPTIONS: Options = Options { timeout: None, retry: None };
static mut EVENT: V = &NULL;

fn options() -> Options {
    // SAFETY: one thread.
    unsafe { core::ptr::replace(&raw mut OPTIONS, Options::default()) }
}

/// What failed on the way to its request sets nothing for the next one.
pub(super) fn forget_options() {
    options();
}

/// Of the next request.
#[unsafe(no_mangle)]
extern "C" fn rt_timeout(milliseconds: i64) {
    // SAFETY: one thread.
    unsafe { OPTIONS.timeout = Some(milliseconds) };
}

/// Of the next request. `on` is a list of texts in the data segment.
#[unsafe(no_mangle)]
extern "C" fn rt_retry(
    attempts: i64,
    delay: i64,
    backoff: u32,
    factor: f64,
    longest: i64,
    jitter: f64,
    on: &'static Slice<V>,
) {
    let on: Vec<Span> = on.get().iter().map(|kind| Span::text(kind.as_text())).collect();
    let retry = Retry {
        attempts: u32::try_from(attempts.max(1)).unwrap_or(u32::MAX),
        delay: delay.max(0).unsigned_abs(),
        backoff: backoff as u8,
        factor,
        longest_delay: longest.max(0).unsigned_abs(),
        jitter: jitter.clamp(0.0, 1.0),
        on: Span::list(on.leak()),
    };
    // SAFETY: one thread.
    unsafe { OPTIONS.retry = Some(retry) };
}

#[unsafe(no_mangle)]
extern "C" fn rt_call(key: V, tool: V, arguments: V, result: Option<&'static Desc>) -> V {
    or_null(effect::call(key, tool, arguments, &options(), result))
}

#[unsafe(no_mangle)]
extern "C" fn rt_undo(key: V, tool: V, arguments: V) {
    or(effect::undo(key, tool, arguments, &options()), ());
}

#[unsafe(no_mangle)]
extern "C" fn rt_undo_depth() -> u32 {
    host::undo_depth()
}

#[unsafe(no_mangle)]
extern "C" fn rt_unwind(key: V, depth: u32) {
    or(effect::unwind(key.as_text(), depth), ());
}

#[unsafe(no_mangle)]
extern "C" fn rt_sleep(key: V, until: u32, milliseconds: i64) {
    or(effect::sleep(key, until != 0, milliseconds), ());
}

#[unsafe(no_mangle)]
extern "C" fn rt_now(key: V) -> i64 {
    i64::try_from(host::now(key.as_text())).unwrap_or(i64::MAX)
}

#[unsafe(no_mangle)]
extern "C" fn rt_random(key: V) -> i64 {
    host::random(key.as_text()) as i64
}

#[unsafe(no_mangle)]
extern "C" fn rt_log(level: u32, message: V, fields: V) {
    let logged = print(fields).map(|fields| host::log(level, message.as_text(), &fields));
    or(logged, ());
}

#[unsafe(no_mangle)]
extern "C" fn rt_wanted_new() -> Box<Subscriptions> {
    Box::new(Subscriptions(Vec::new()))
}

#[unsafe(no_mangle)]
extern "C" fn rt_wanted_event(mut wanted: Box<Subscriptions>, event: V) -> Box<Subscriptions> {
    wanted.0.push(Wanted { event, fields: Vec::new() });
    wanted
}

#[unsafe(no_mangle)]
extern "C" fn rt_wanted_field(mut wanted: Box<Subscriptions>, name: V, value: V) -> Box<Subscriptions> {
    if let Some(last) = wanted.0.last_mut() {
        last.fields.push((name, value));
    }
    wanted
}

/// The place of the event that came, -1 where the timer was first.
#[unsafe(no_mangle)]
extern "C" fn rt_wait(
    key: V,
    wanted: Box<Subscriptions>,
    timer_key: Option<V>,
    until: u32,
    milliseconds: i64,
) -> i32 {
    let timer = timer_key.map(|key| Timer { key, until: until != 0, milliseconds });
    match or(effect::wait(key, &Box::leak(wanted).0, timer), None) {
        Some((which, data)) => {
            // SAFETY: one thread.
            unsafe { EVENT = data };
            which
        }
        None => -1,
    }
}

/// The fields of the event that came last.
#[unsafe(no_mangle)]
extern "C" fn rt_event() -> V {
    // SAFETY: one thread.
    unsafe { EVENT }
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
/// `cancelled`, which none has.
#[unsafe(no_mangle)]
extern "C" fn rt_catch(arms: &'static Slice<Slice<V>>) -> i32 {
    let Some(fault) = current().filter(|f| f.kind != "cancelled") else {
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
