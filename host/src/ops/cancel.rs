//! Stops an instance in good order: what it waits for fails with `cancelled`, its undos run, it ends.

use serde::{Deserialize, Serialize};

use super::InstanceView;

/// Asks an instance to stop.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cancel {
    /// Whose.
    pub tenant: String,
    /// Which.
    pub id: String,
    /// Who asks.
    pub by: String,
    /// Why; may be empty.
    pub why: String,
}

/// The wish is on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cancelled {
    /// As it stands now; it may still be undoing.
    pub instance: InstanceView,
    /// It had been asked before.
    pub before: bool,
}
