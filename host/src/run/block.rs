//! Parts of the code that run side by side.

use cairn_replay::Key;

use super::{Stop, core::Core, words};

impl Core {
    /// A block is asked for and not ended.
    pub(super) fn begin_block(&mut self, key: &Key) -> Result<(), Stop> {
        self.end(key, Err(words::fail("missing", "blocks cannot be run here")))
    }
}
