//! What an activation has taken so far, and where it is stopped.

use std::fmt;

use wasmtime::ResourceLimiter;

use super::TICK;
use crate::Limits;

/// Counts memory and time of one activation. Part of the store's data.
#[derive(Debug)]
pub(crate) struct Meter {
    memory_bytes: usize,
    memory_limit: usize,
    table_limit: usize,
    ticks: u64,
    tick_limit: u64,
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
        let ticks = limits.compute.as_millis().div_ceil(TICK.as_millis());
        Self {
            memory_bytes: 0,
            memory_limit: limits.memory_bytes,
            table_limit: limits.table_elements,
            ticks: 0,
            tick_limit: u64::try_from(ticks).unwrap_or(u64::MAX),
        }
    }

    /// A tick went by while the guest computed.
    pub(crate) fn tick(&mut self) -> Result<(), OverLimit> {
        self.ticks += 1;
        if self.ticks <= self.tick_limit {
            return Ok(());
        }
        let seconds = self.tick_limit * u64::try_from(TICK.as_millis()).unwrap_or(1) / 1000;
        Err(OverLimit(format!(
            "the code computed for {seconds} s without waiting for anything, more than it may: \
             do less between two steps, or let a tool do it"
        )))
    }

    /// It reached a wait: its time begins anew.
    pub(crate) fn waited(&mut self) {
        self.ticks = 0;
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
