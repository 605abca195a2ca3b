//! Time that passes only when nobody has anything to do: a month takes as long as what happens in it.

use std::{future::Future, sync::mpsc, time::Duration};

use cairn_host::{
    port::{Clock, Wait},
    replay::Instant,
};
use tokio::time::Instant as Tick;

/// Every test begins at 2026-01-01T00:00:00Z.
const BEGINNING: u64 = 1_767_225_600_000;

/// A clock over the runtime's own time.
#[derive(Clone, Copy, Debug)]
pub(super) struct VirtualClock {
    began: Tick,
}

impl VirtualClock {
    /// It is the beginning of time.
    pub(super) fn new() -> Self {
        Self { began: Tick::now() }
    }

    /// Milliseconds since the beginning.
    pub(super) fn passed(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Milliseconds since the beginning, of a moment.
    pub(super) fn since(moment: u64) -> u64 {
        moment.saturating_sub(BEGINNING)
    }

    /// Resolves so many milliseconds after the beginning.
    pub(super) fn at(&self, passed: u64) -> Wait {
        self.until(Instant(BEGINNING.saturating_add(passed)))
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        Instant(BEGINNING.saturating_add(self.passed()))
    }

    fn until(&self, moment: Instant) -> Wait {
        let due = self.began.checked_add(Duration::from_millis(Self::since(moment.0)));
        let clock = *self;
        Box::pin(async move {
            let Some(due) = due else { return std::future::pending().await };
            while clock.now() < moment {
                tokio::time::sleep_until(due).await;
            }
        })
    }
}

/// Runs the work on a thread of its own, on virtual time; `None` if it took longer than this in real time: it is left alone then.
pub(super) fn virtually<T, F>(patience: Duration, work: impl FnOnce() -> F + Send + 'static) -> Option<T>
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    let (tell, told) = mpsc::channel();
    let began = std::thread::Builder::new().name("cairn-trial".into()).spawn(move || {
        // What goes wrong inside is told by the test, not by the log.
        let quiet = tracing::subscriber::NoSubscriber::default();
        tracing::subscriber::with_default(quiet, || {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            if let Ok(runtime) = builder.enable_time().start_paused(true).build() {
                let done = runtime.block_on(work());
                runtime.shutdown_background();
                let _ = tell.send(done);
            }
        });
    });
    began.ok().and_then(|_| told.recv_timeout(patience).ok())
}
