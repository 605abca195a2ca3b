//! What is done with a directory that nobody has open: looked through, and mended.

mod check;
mod finding;
mod instance;
mod lying;
mod named;
mod rebuild;
mod repair;
mod verify;

pub use finding::{Counts, Finding, Verified};
pub(super) use named::{digests, referred};
pub use repair::{Repair, Repaired, repair};
pub use verify::verify;

/// What the status of an instance begins with that a repair has set aside.
const ASIDE: &str = "set aside by a repair: ";
