//! What an embedder chooses when it opens a host.

use std::{path::PathBuf, time::Duration};

/// Where a host keeps what it knows, and how much a guest may take.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The data directory; it is made if it is not there.
    pub data: PathBuf,
    /// What one activation may take.
    pub limits: Limits,
    /// How long an outcome may wait for the guest's next request, to be in one commit with it; longer, and it is kept for itself.
    /// Default: 1 ms.
    pub ride_along: Duration,
    /// Whether a guest that computes for longer than a tick lets others run in between. Without that what one thread does is the
    /// same every time: for simulations. Default: yes.
    pub preempts: bool,
}

impl Settings {
    /// The default limits, in this directory.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            limits: Limits::default(),
            ride_along: Duration::from_millis(1),
            preempts: true,
        }
    }
}

/// What one activation of an instance may take. A limit that is hit ends the instance with the kind `limit`.
///
/// They must not depend on load: a replay has to meet the same refusals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Memory of all its linear memories together, in bytes. Default: 256 MiB.
    pub memory_bytes: usize,
    /// Elements of one table. Default: 100,000.
    pub table_elements: usize,
    /// How long it may compute without reaching a wait, measured in ticks of 10 ms. Default: 10 s.
    pub compute: Duration,
    /// Its stack in bytes. Default: 1 MiB.
    pub stack_bytes: usize,
    /// The size of a component in bytes. Default: 64 MiB.
    pub component_bytes: usize,
    /// Functions in a component, all its modules together. Default: 100,000.
    pub functions: usize,
    /// The size of one function's body in bytes; compiling takes more than linear time in it. Default: 256 KiB.
    pub function_bytes: usize,
    /// One JSON text that the code gives or is given (arguments, results, fields of an event), in bytes. Default: 4 MiB.
    pub value_bytes: usize,
    /// Entries in the journal of one instance. Default: 100,000.
    pub entries: u64,
    /// Instances that are loaded at the same time; further ones wait for their turn. Default: 200.
    pub loaded: usize,
    /// Blocks that are loaded at the same time, of all instances; further ones wait for their turn. Default: 100.
    pub blocks: usize,
    /// How long one attempt at a step may take where the code says nothing. Default: 60 s.
    pub attempt: Duration,
    /// A delay before another attempt that is longer than this lets the instance be unloaded. Default: 2 s.
    pub short_delay: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 256 << 20,
            table_elements: 100_000,
            compute: Duration::from_secs(10),
            stack_bytes: 1 << 20,
            component_bytes: 64 << 20,
            functions: 100_000,
            function_bytes: 256 << 10,
            value_bytes: 4 << 20,
            entries: 100_000,
            loaded: 200,
            blocks: 100,
            attempt: Duration::from_secs(60),
            short_delay: Duration::from_secs(2),
        }
    }
}
