//! Steps, waits and recorded readings.

use alloc::{boxed::Box, vec::Vec};

use super::{or, or_null};
use crate::decode::Desc;
use crate::effect::{self, Options};
use crate::host::{self, Cached, Retry, Span};
use crate::json::print;
use crate::value::{NULL, Slice, V};
use crate::wait::{Timer, Wanted, wait};

/// What is waited for, being built.
struct Subscriptions(Vec<Wanted>);

static mut OPTIONS: Options = Options { timeout: None, retry: None, cache: None, unclear: 0, secrets: &[] };
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

/// Of the next request.
#[unsafe(no_mangle)]
extern "C" fn rt_cache(key: V, age: i64) {
    let cached = Cached { key: Span::text(key.as_text()), age: age.max(0).unsigned_abs() };
    // SAFETY: one thread.
    unsafe { OPTIONS.cache = Some(cached) };
}

/// Of the next request: 1 fail, 2 ask.
#[unsafe(no_mangle)]
extern "C" fn rt_unclear(policy: u32) {
    // SAFETY: one thread.
    unsafe { OPTIONS.unclear = policy as u8 };
}

/// Of the next request: JSON pointers, a list of texts in the data segment.
#[unsafe(no_mangle)]
extern "C" fn rt_secrets(pointers: &'static Slice<V>) {
    // SAFETY: one thread.
    unsafe { OPTIONS.secrets = pointers.get() };
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
    wanted.0.push(Wanted { event, fields: Vec::new(), condition: &NULL });
    wanted
}

#[unsafe(no_mangle)]
extern "C" fn rt_wanted_field(mut wanted: Box<Subscriptions>, name: V, value: V) -> Box<Subscriptions> {
    if let Some(last) = wanted.0.last_mut() {
        last.fields.push((name, value));
    }
    wanted
}

/// A closed condition on the fields of the event named last.
#[unsafe(no_mangle)]
extern "C" fn rt_wanted_where(mut wanted: Box<Subscriptions>, condition: V) -> Box<Subscriptions> {
    if let Some(last) = wanted.0.last_mut() {
        last.condition = condition;
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
    match or(wait(key, &Box::leak(wanted).0, timer), None) {
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
