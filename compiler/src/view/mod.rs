//! What people see of a file: pictures, pages, differences.

mod compat;
mod doc;
mod graph;
mod guide;
mod reads;

pub use compat::{Change, Comparison, Verdict, Waiting, compare};
pub use doc::doc;
pub use graph::{Graph, Painting, State, workflows};
pub use guide::{Granted, guide};
