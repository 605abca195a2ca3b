//! The Cairn compiler: a syntax tree becomes checked [`ir`], and that a WebAssembly component of the world in `wit/`.

mod check;
mod emit;
pub mod explain;
pub mod ir;
pub mod schema;
mod types;
pub mod view;

pub use check::{Checked, Index, check, check_with_index};
pub use emit::{EmitError, emit};
pub use types::{Field, Lit, Type};
