//! WebAssembly: one engine a process, made so that guests are deterministic and cannot take the host along.

mod cache;
mod config;
mod functions;
mod meter;
mod shared;

pub(crate) use cache::Cache;
pub(crate) use config::HURRIED;
pub(crate) use meter::{Meter, OverLimit, Slice};
pub(crate) use shared::{TICK, shared, shared_for_tools};
