//! The Cairn compiler: a syntax tree becomes checked [`ir`], and that a WebAssembly component of the world in `wit/`.

mod emit;
pub mod ir;
mod types;

pub use emit::{EmitError, emit};
pub use types::{Field, Lit, Type};
