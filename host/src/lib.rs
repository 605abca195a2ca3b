//! The Cairn host: components become durable runs. A library for those who embed it; the binary is in `host/cli`.

mod bindings;
mod calendar;
mod component;
pub mod crash;
mod engine;
mod error;
mod events;
mod host;
mod link;
pub mod oci;
pub mod ops;
pub mod port;
mod registry;
mod run;
mod schedules;
mod settings;
mod similar;
mod timers;
pub mod tool;
mod wasi;

/// The journal that a host is opened on, for those who bring their own.
pub use cairn_journal as journal;
/// What journals consist of.
pub use cairn_replay as replay;
pub use component::{
    BodyMeta, Component, Deployed, EventMeta, FailsMeta, KeyMeta, KeyPart, Meta, Missed, Missing, Needs,
    OperationMeta, Otherwise, Place, RouteMeta, ScheduleMeta, StartFrom, StartMeta, StartingEventMeta,
    ToolMeta, TriggerMeta, missing,
};
pub use error::{Error, Fault, Mistake};
pub use host::Host;
pub use settings::{Limits, Settings};
pub(crate) use similar::did_you_mean;
