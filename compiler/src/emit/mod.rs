//! Checked IR to the bytes of a component.
//!
//! Code is generated straight from the structured source and appended to the value runtime, a core module that was built
//! beforehand; `wit-component` makes the component. Machine numbers live in locals, everything else is the address of a cell in
//! an arena. A failure is left with the runtime, and the code branches to the handler around it: no WebAssembly exceptions.

mod component;
mod convert;
mod data;
mod error;
mod expr;
mod func;
mod link;
mod program;
mod room;
mod runtime;
mod stmt;
#[cfg(test)]
mod tests;
mod wrap;

pub use error::EmitError;
pub use wrap::{WrapError, wrap};

use crate::ir::Program;

/// The component of a checked workflow: of the world in `wit/`, with the custom sections that `docs/component.md` describes.
/// The same program gives the same bytes.
///
/// # Errors
/// [`EmitError::TooLarge`] where WebAssembly's limits do not take it; [`EmitError::Internal`] where the compiler is at fault.
pub fn emit(program: &Program) -> Result<Vec<u8>, EmitError> {
    component::component(program::module(program)?, program)
}

/// The world as a package: WIT encoded as a component, which is what registries of packages have.
///
/// # Errors
/// [`EmitError::Internal`] where the compiler is at fault.
pub fn wit_package() -> Result<Vec<u8>, EmitError> {
    component::package()
}

/// The files of the world that components are made for, by name: `wit/`.
pub fn wit() -> impl Iterator<Item = (&'static str, &'static str)> {
    component::WIT.iter().copied()
}
