//! The Cairn language up to its syntax tree: text in, [`tree::File`] with spans out, and [`Diagnostic`]s as data.
//!
//! The only room that knows pest. Nothing here knows what a name means: that is the compiler's.

mod diagnostic;
pub mod tree;

pub use diagnostic::{Code, Diagnostic, Edit, Label, Severity};
