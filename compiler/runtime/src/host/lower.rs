//! Values of the world as they are lowered into memory.

#![expect(unsafe_code, reason = "what the host wrote is read by address")]

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
    /// Texts: JSON pointers into the arguments.
    pub secrets: Span,
    /// Of one attempt, in milliseconds.
    pub timeout: OptionLong,
    /// The language has none.
    pub deadline: OptionLong,
    /// How patiently.
    pub retry: OptionRetry,
    /// An earlier outcome will do.
    pub cache: OptionCached,
    /// 0 retry, 1 fail, 2 ask.
    pub unclear: u8,
}

/// `cached`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Cached {
    /// A text.
    pub key: Span,
    /// In milliseconds.
    pub age: u64,
}

/// `option<cached>`
#[repr(C)]
pub struct OptionCached {
    some: u8,
    value: MaybeUninit<Cached>,
}

impl From<Option<Cached>> for OptionCached {
    fn from(value: Option<Cached>) -> Self {
        Self { some: u8::from(value.is_some()), value: value.map_or(MaybeUninit::zeroed(), MaybeUninit::new) }
    }
}

/// `option<string>`
#[repr(C)]
pub struct OptionText {
    some: u8,
    value: Span,
}

impl From<Option<&str>> for OptionText {
    fn from(value: Option<&str>) -> Self {
        Self { some: u8::from(value.is_some()), value: Span::text(value.unwrap_or("")) }
    }
}

/// `subscription`
#[repr(C)]
pub struct Subscription {
    /// Its name.
    pub event: Span,
    /// Of [`Condition`]s.
    pub conditions: Span,
    /// A closed condition, as JSON.
    pub closed: OptionText,
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
pub struct Outcome {
    failed: u8,
    first: Span,
    message: Span,
    detail: Span,
}

impl Outcome {
    /// Where the host writes one to.
    pub fn room() -> Self {
        let none = Span::text("");
        Self { failed: 0, first: none, message: none, detail: none }
    }

    /// What the host wrote.
    pub fn get(&self) -> Result<&'static str, HostFailure> {
        let first = self.first.get();
        if self.failed == 0 {
            return Ok(first);
        }
        Err(HostFailure { kind: first, message: self.message.get(), detail: self.detail.get() })
    }
}

/// A failure that the host gave.
#[derive(Clone, Copy)]
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
