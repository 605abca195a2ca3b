//! The Cairn compiler: a syntax tree becomes checked [`ir`], and that a WebAssembly component of the world in `wit/`.

mod check;
mod emit;
pub mod explain;
pub mod ir;
mod load;

pub mod schema;
mod types;
pub mod view;

pub use check::{Checked, FAILURE_KINDS, Index, check, check_with, check_with_index, std_part};
pub use emit::{EmitError, WrapError, emit, wit, wit_package, wrap};
pub use load::{Alone, Disk, Found, Loader};
pub use types::{Field, Lit, Type};
