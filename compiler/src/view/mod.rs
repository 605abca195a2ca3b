//! What people see of a file: pictures, pages, differences.

mod graph;
mod reads;

pub use graph::{Graph, Painting, State, workflows};
