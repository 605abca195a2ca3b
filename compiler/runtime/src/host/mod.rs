//! The host's functions, by the canonical ABI of the world in `wit/`: what is lowered flat is an argument, what is more than
//! sixteen words goes by address.

#![expect(unsafe_code, reason = "imports of the host")]

use core::mem::MaybeUninit;

/// A `string` or `list` as it is lowered.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Span {
    at: *const u8,
    len: usize,
}

impl Span {
    /// Of a text.
    pub fn text(text: &str) -> Self {
        Self { at: text.as_ptr(), len: text.len() }
    }

    /// Of a list of lowered items.
    pub fn list<T>(items: &[T]) -> Self {
        Self { at: items.as_ptr().cast(), len: items.len() }
    }

    /// The text that the host put into memory; it stays.
    fn get(self) -> &'static str {
        // SAFETY: the canonical ABI lowers valid UTF-8 into memory that came of our allocator and is never freed.
        unsafe { core::str::from_utf8_unchecked(core::slice::from_raw_parts(self.at, self.len)) }
    }
}

/// `option<u64>`
#[repr(C)]
pub struct OptionLong {
    some: u8,
    value: u64,
}

impl From<Option<u64>> for OptionLong {
    fn from(value: Option<u64>) -> Self {
        Self { some: u8::from(value.is_some()), value: value.unwrap_or(0) }
    }
}

/// `retry`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Retry {
    /// In all.
    pub attempts: u32,
    /// In milliseconds.
    pub delay: u64,
    /// 0 constant, 1 linear, 2 exponential.
    pub backoff: u8,
    /// Of an exponential delay.
    pub factor: f64,
    /// In milliseconds.
    pub longest_delay: u64,
    /// 0 to 1.
    pub jitter: f64,
    /// Texts.
    pub on: Span,
}

/// `option<retry>`
#[repr(C)]
pub struct OptionRetry {
    some: u8,
    value: MaybeUninit<Retry>,
}

impl From<Option<Retry>> for OptionRetry {
    fn from(value: Option<Retry>) -> Self {
        Self { some: u8::from(value.is_some()), value: value.map_or(MaybeUninit::zeroed(), MaybeUninit::new) }
    }
}

/// The parameters of `step.call` and `step.undo`: key, request, options.
#[repr(C)]
pub struct Step {
    /// Of the operation.
    pub key: Span,
    /// `payments.charge`
    pub tool: Span,
    /// A JSON object.
    pub arguments: Span,
    /// Of one attempt, in milliseconds.
    pub timeout: OptionLong,
    /// The language has none.
    pub deadline: OptionLong,
    /// How patiently.
    pub retry: OptionRetry,
}

/// `subscription`
#[repr(C)]
pub struct Subscription {
    /// Its name.
    pub event: Span,
    /// Of [`Condition`]s.
    pub conditions: Span,
}

/// `tuple<string, json>`
#[repr(C)]
pub struct Condition {
    /// The field.
    pub name: Span,
    /// What it has to equal, as JSON.
    pub value: Span,
}

/// `result<json, failure>` as it lies in memory.
#[repr(C)]
struct Outcome {
    failed: u8,
    first: Span,
    message: Span,
    detail: Span,
}

/// A failure that the host gave.
pub struct HostFailure {
    /// The kind.
    pub kind: &'static str,
    /// For people.
    pub message: &'static str,
    /// JSON.
    pub detail: &'static str,
}

/// What `run` gives, as it lies in memory.
#[repr(C)]
pub struct Finished(Outcome);

impl Finished {
    /// It went well.
    pub fn well(json: &str) -> Self {
        let none = Span::text("");
        Self(Outcome { failed: 0, first: Span::text(json), message: none, detail: none })
    }

    /// It failed.
    pub fn failed(kind: &str, message: &str, detail: &str) -> Self {
        Self(Outcome {
            failed: 1,
            first: Span::text(kind),
            message: Span::text(message),
            detail: Span::text(detail),
        })
    }
}

#[link(wasm_import_module = "cairn:workflow/types@0.1.0")]
unsafe extern "C" {
    #[link_name = "[method]operation.outcome"]
    fn operation_outcome(operation: u32, outcome: *mut Outcome);
    #[link_name = "[method]operation.cancel"]
    fn operation_cancel(operation: u32);
    #[link_name = "[resource-drop]operation"]
    fn operation_drop(operation: u32);
}

#[link(wasm_import_module = "cairn:workflow/step@0.1.0")]
unsafe extern "C" {
    #[link_name = "call"]
    fn step_call(step: *const Step) -> u32;
    #[link_name = "undo"]
    fn step_undo(step: *const Step);
    #[link_name = "undo-depth"]
    fn step_undo_depth() -> u32;
    #[link_name = "unwind"]
    fn step_unwind(key: *const u8, len: usize, depth: u32) -> u32;
}

#[link(wasm_import_module = "cairn:workflow/sleep@0.1.0")]
unsafe extern "C" {
    #[link_name = "until"]
    fn sleep_until(key: *const u8, len: usize, due: u64) -> u32;
    #[link_name = "span"]
    fn sleep_span(key: *const u8, len: usize, span: u64) -> u32;
}

#[link(wasm_import_module = "cairn:workflow/event@0.1.0")]
unsafe extern "C" {
    #[link_name = "receive"]
    fn event_receive(key: *const u8, len: usize, subscriptions: *const u8, count: usize) -> u32;
}

#[link(wasm_import_module = "cairn:workflow/flow@0.1.0")]
unsafe extern "C" {
    #[link_name = "first"]
    fn flow_first(of: *const u32, count: usize) -> u32;
}

#[link(wasm_import_module = "cairn:workflow/context@0.1.0")]
unsafe extern "C" {
    #[link_name = "now"]
    fn context_now(key: *const u8, len: usize) -> u64;
    #[link_name = "random"]
    fn context_random(key: *const u8, len: usize) -> u64;
    #[link_name = "log"]
    fn context_log(level: u32, message: *const u8, len: usize, fields: *const u8, fields_len: usize);
}

/// Something durable under way.
pub struct Operation(u32);

impl Operation {
    /// Waits for how it ends.
    pub fn outcome(&self) -> Result<&'static str, HostFailure> {
        let none = Span::text("");
        let mut outcome = Outcome { failed: 0, first: none, message: none, detail: none };
        // SAFETY: the address is of an outcome as the canonical ABI lays it out.
        unsafe { operation_outcome(self.0, &raw mut outcome) };
        let first = outcome.first.get();
        if outcome.failed == 0 {
            return Ok(first);
        }
        Err(HostFailure { kind: first, message: outcome.message.get(), detail: outcome.detail.get() })
    }

    /// Gives up waiting.
    pub fn cancel(&self) {
        // SAFETY: a handle that the host gave.
        unsafe { operation_cancel(self.0) };
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        // SAFETY: a handle that the host gave, dropped once.
        unsafe { operation_drop(self.0) };
    }
}

/// `step.call`
pub fn call(step: &Step) -> Operation {
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe { step_call(step) })
}

/// `step.undo`
pub fn undo(step: &Step) {
    // SAFETY: lowered as the canonical ABI says.
    unsafe { step_undo(step) };
}

/// `step.undo-depth`
pub fn undo_depth() -> u32 {
    // SAFETY: takes nothing.
    unsafe { step_undo_depth() }
}

/// `step.unwind`
pub fn unwind(key: &str, depth: u32) -> Operation {
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe { step_unwind(key.as_ptr(), key.len(), depth) })
}

/// `sleep.until` or `sleep.span`; before the epoch and less than nothing are nothing.
pub fn sleep(key: &str, until: bool, milliseconds: i64) -> Operation {
    let milliseconds = milliseconds.max(0).unsigned_abs();
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe {
        if until {
            sleep_until(key.as_ptr(), key.len(), milliseconds)
        } else {
            sleep_span(key.as_ptr(), key.len(), milliseconds)
        }
    })
}

/// `event.receive`
pub fn receive(key: &str, subscriptions: &[Subscription]) -> Operation {
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe {
        event_receive(key.as_ptr(), key.len(), subscriptions.as_ptr().cast(), subscriptions.len())
    })
}

/// `flow.first` of two: whether it was the first.
pub fn first(a: &Operation, b: &Operation) -> bool {
    let of = [a.0, b.0];
    // SAFETY: lowered as the canonical ABI says.
    unsafe { flow_first(of.as_ptr(), of.len()) == 0 }
}

/// `context.now`
pub fn now(key: &str) -> u64 {
    // SAFETY: lowered as the canonical ABI says.
    unsafe { context_now(key.as_ptr(), key.len()) }
}

/// `context.random`
pub fn random(key: &str) -> u64 {
    // SAFETY: lowered as the canonical ABI says.
    unsafe { context_random(key.as_ptr(), key.len()) }
}

/// `context.log`
pub fn log(level: u32, message: &str, fields: &str) {
    // SAFETY: lowered as the canonical ABI says.
    unsafe { context_log(level, message.as_ptr(), message.len(), fields.as_ptr(), fields.len()) };
}
