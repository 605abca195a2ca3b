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
    /// Whether a guest that computes for longer than a tick lets others run in between, and is stopped if it goes on when its run was
    /// cancelled. Without that what one thread does is the same every time, whatever else the machine does: for simulations. Default: yes.
    pub preempts: bool,
    /// How long an instance that waits stays loaded: what comes meanwhile finds it where it is, and nothing is replayed. It costs the
    /// memory of its guest. At most [`Limits::loaded`] less one stay; the one that stayed longest is unloaded when another one is to be
    /// loaded. Default: none, whoever waits is unloaded at once.
    pub stay: Duration,
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
            stay: Duration::ZERO,
        }
    }
}

/// What a run may take. A limit that is hit is an outcome of the kind `limit`, recorded as such; `docs/limits.md` says of each what
/// becomes of the run.
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
    /// The size of one function's body in bytes; compiling takes more than linear time in it. Default: 1 MiB.
    pub function_bytes: usize,
    /// One JSON text that the code gives or is given (arguments, results, fields of an event), in bytes. Default: 100 MiB.
    pub value_bytes: usize,
    /// Entries in the journal of one run. Default: 100,000.
    pub entries: u64,
    /// Bytes of the texts in the journal of one run, and 64 for each entry; a value over 64 KiB is kept apart, and counts 80. Default: 128 MiB.
    pub journal_bytes: u64,
    /// Operations of one run that are under way at once: timers, waits, steps, blocks, children. Default: 20,000.
    pub operations: u64,
    /// Messages for one instance that nobody has taken; whoever sends another is refused. Default: 10,000.
    pub inbox: usize,
    /// Steps of one run; a workflow may set itself less. Default: 100,000.
    pub steps: u64,
    /// Other runs that one run starts. Default: 10,000.
    pub children: u64,
    /// How many runs may have started each other. Default: 16.
    pub depth: u32,
    /// How long a run may take, by the clock; a workflow may set itself less. Default: none, as long as it takes.
    pub time: Option<Duration>,
    /// How long all code of a run may compute between being loaded and waiting so that it could be unloaded. Default: 1 h.
    pub cpu: Duration,
    /// How long one undo of a run that was cancelled, or that the host ends, may take with all its attempts; then the next one has its turn.
    /// Default: 24 h.
    pub undo: Duration,
    /// Instances that are loaded at the same time; further ones wait for their turn. Default: 200.
    pub loaded: usize,
    /// Blocks that are loaded at the same time, of all instances; further ones wait for their turn. Default: 100.
    pub blocks: usize,
    /// Components that are kept ready to be instantiated, workflows and tools each; what was not used for longest is read from the directory of
    /// compiled code when it is wanted again. Each takes a few mappings of the process, of which Linux gives 65,530. Default: 1,000.
    pub components: usize,
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
            function_bytes: 1 << 20,
            value_bytes: 100 << 20,
            entries: 100_000,
            journal_bytes: 128 << 20,
            operations: 20_000,
            inbox: 10_000,
            steps: 100_000,
            children: 10_000,
            depth: 16,
            time: None,
            cpu: Duration::from_secs(3_600),
            undo: Duration::from_secs(24 * 3_600),
            loaded: 200,
            blocks: 100,
            components: 1_000,
            attempt: Duration::from_secs(60),
            short_delay: Duration::from_secs(2),
        }
    }
}
