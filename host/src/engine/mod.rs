//! WebAssembly: one engine a process, made so that guests are deterministic and cannot take the host along.

mod cache;
mod config;
mod functions;
mod meter;
mod shared;

use std::io;

use rustix::io::Errno;
use wasmtime::OutOfMemory;

pub(crate) use cache::Cache;
pub(crate) use config::HURRIED;
pub(crate) use meter::{Meter, OverLimit, Slice};
pub(crate) use shared::{TICK, shared, shared_for_tools};

/// Whether an error is of the system under the host, such as no memory or no mapping left: no code can have caused it by what it does.
pub(crate) fn is_the_machines(error: &wasmtime::Error) -> bool {
    error.chain().any(|cause| cause.is::<io::Error>() || cause.is::<Errno>() || cause.is::<OutOfMemory>())
}
