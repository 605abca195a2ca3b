//! The Cairn host: components become durable runs. A library for those who embed it; the binary is in `host/cli`.

mod component;
mod error;
mod host;
pub mod ops;
pub mod port;
mod settings;
pub mod tool;

pub use component::{
    Component, Deployed, EventMeta, FailsMeta, Meta, Missing, Needs, OperationMeta, Place, ToolMeta, missing,
};
pub use error::{Error, Fault, Mistake};
pub use host::Host;
pub use settings::{Limits, Settings};
