//! The language server: what editors ask about a file in the Cairn language, over the protocol that they all speak.
//!
//! Nothing here knows more of the language than the parser, the checker and the formatter tell: a message in an editor is the
//! message of `cairn check`, a mend the one of `cairn fix`.

mod document;
mod error;
mod feature;
mod names;
mod server;
mod text;

pub use error::Error;
pub use server::{serve, stdio};

#[cfg(test)]
mod tests;
