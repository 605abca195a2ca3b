//! Crash points by name, for tests.

use std::io;

/// What happens at the journal's crash points. A test may end the process there, or give an error as a disk would.
///
/// The points, all in the thread that writes: `journal:before-write`, in front of a batch; `journal:after-write`, behind one
/// that was not synced; `journal:after-sync`, behind one that was; none of its commits is answered yet.
pub trait Faults: Send + std::marker::Sync + 'static {
    /// A point is reached.
    ///
    /// # Errors
    /// What is given counts as a failure of the disk: the store closes.
    fn point(&self, name: &'static str) -> io::Result<()>;
}

/// Nothing ever happens.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFaults;

impl Faults for NoFaults {
    fn point(&self, _name: &'static str) -> io::Result<()> {
        Ok(())
    }
}
