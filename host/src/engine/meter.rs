//! What an activation has taken so far, and where it is stopped.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use wasmtime::ResourceLimiter;

use crate::Limits;

/// How long code may go on computing when it is to stop: enough to leave in good order, and less than anybody waits for.
const GRACE: Duration = Duration::from_millis(20);

/// Counts memory and time of one activation. Part of the store's data.
#[derive(Debug)]
pub(crate) struct Meter {
    memory_bytes: usize,
    memory_limit: usize,
    table_limit: usize,
    /// Since it last waited.
    computed: Duration,
    compute_limit: Duration,
    /// Since it was to stop.
    unwanted: Duration,
}

/// A limit was hit: the end of the activation, never something that the guest sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OverLimit(pub(crate) String);

impl fmt::Display for OverLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OverLimit {}

impl Meter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory_bytes: 0,
            memory_limit: limits.memory_bytes,
            table_limit: limits.table_elements,
            computed: Duration::ZERO,
            compute_limit: limits.compute,
            unwanted: Duration::ZERO,
        }
    }

    /// It has computed for so long.
    pub(crate) fn computed(&mut self, span: Duration) -> Result<(), OverLimit> {
        self.computed += span;
        if self.computed <= self.compute_limit {
            return Ok(());
        }
        let seconds = self.compute_limit.as_secs();
        Err(OverLimit(format!(
            "the code computed for {seconds} s without waiting for anything, more than it may: \
             do less between two steps, or let a tool do it"
        )))
    }

    /// It has computed for so long, and is to stop: has it had its time to do so? That is all the time that it computes from then on,
    /// waits in between or not.
    pub(crate) fn unwanted(&mut self, span: Duration) -> bool {
        self.unwanted += span;
        self.unwanted > GRACE
    }

    /// It reached a wait: its time begins anew.
    pub(crate) fn waited(&mut self) {
        self.computed = Duration::ZERO;
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let total = self.memory_bytes.saturating_add(desired.saturating_sub(current));
        if total > self.memory_limit {
            return Err(wasmtime::Error::new(OverLimit(format!(
                "the code wants {} MiB of memory, more than the {} MiB that it may have: keep less at a time",
                total.div_ceil(1 << 20),
                self.memory_limit >> 20
            ))));
        }
        self.memory_bytes = total;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.table_limit {
            return Err(wasmtime::Error::new(OverLimit(format!(
                "the code wants a table of {desired} elements, more than the {} that it may have",
                self.table_limit
            ))));
        }
        Ok(true)
    }
}

/// Since when a guest has the processor, without others having had it in between.
#[derive(Debug)]
pub(crate) struct Slice(Mutex<Instant>);

impl Default for Slice {
    fn default() -> Self {
        Self(Mutex::new(Instant::now()))
    }
}

impl Slice {
    /// It is given the processor, or what it has computed was counted.
    pub(crate) fn begins(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// How long it has computed.
    pub(crate) fn span(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}
