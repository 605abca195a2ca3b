//! Sweeps large values by itself where runs begin anew: those of the runs before would pile up until somebody purges something.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
};

use crate::{StoreError, Swept};

/// So many bytes of new values make it worth while to look through everything for old ones.
const ENOUGH: u64 = 64 << 20;

/// At most one sweep goes on at a time.
#[derive(Debug)]
pub(super) struct Sweeper {
    pub(super) enough: AtomicU64,
    busy: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Default for Sweeper {
    fn default() -> Self {
        Self { enough: AtomicU64::new(ENOUGH), busy: AtomicBool::new(false), thread: Mutex::default() }
    }
}

impl Sweeper {
    /// How many new bytes make a sweep worth while.
    pub(super) fn enough(&self) -> u64 {
        self.enough.load(Ordering::Relaxed)
    }

    pub(super) fn is_idle(&self) -> bool {
        !self.busy.load(Ordering::Acquire)
    }

    /// Sweeps on a thread of its own. That it could not is no reason to stop: the values stay, and the next sweep takes them.
    pub(super) fn start(
        self: &Arc<Self>,
        sweep: impl FnOnce() -> Result<Swept, StoreError> + Send + 'static,
    ) {
        if self.busy.swap(true, Ordering::AcqRel) {
            return;
        }
        let own = Arc::clone(self);
        let started = thread::Builder::new().name("cairn-sweep".into()).spawn(move || {
            match sweep() {
                Ok(swept) => tracing::debug!(removed = swept.removed, bytes = swept.bytes, "values swept"),
                Err(error) => tracing::warn!(%error, "large values were not swept"),
            }
            own.busy.store(false, Ordering::Release);
        });
        match started {
            Ok(thread) => *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread),
            Err(_) => self.busy.store(false, Ordering::Release),
        }
    }

    /// Waits for the one that goes on.
    pub(super) fn end(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}
