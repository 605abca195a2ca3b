//! The Cairn compiler: a syntax tree becomes checked [`ir`], and that a WebAssembly component of the world in `wit/`.

pub mod ir;
mod types;

pub use types::{Field, Lit, Type};
