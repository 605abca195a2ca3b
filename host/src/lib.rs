//! The Cairn host: components become durable runs. A library for those who embed it; the binary is in `host/cli`.

mod error;
pub mod ops;
pub mod tool;

pub use error::{Error, Fault, Mistake};
