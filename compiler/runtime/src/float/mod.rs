//! Floats to the shortest text that reads back the same, and exactly back again.
//!
//! By big integers: a quarter of the code and none of the tables of the usual fast ways, and a workflow reads and prints few floats.

mod big;
mod print;
mod read;

pub use print::push;
pub use read::read;
