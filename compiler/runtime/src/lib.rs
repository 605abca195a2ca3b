//! The value runtime of a compiled workflow: what its code calls for everything that is not a machine number.
//!
//! It is compiled once, to a core module; the compiler appends the code of a workflow to it. Memory is an arena: nothing is freed
//! while an activation lasts, and so everything is `'static`.

#![cfg_attr(not(test), no_std)]
#![cfg_attr(test, expect(dead_code, reason = "only the guest's doors use all of it"))]
#![cfg_attr(
    not(any(test, target_arch = "wasm32")),
    expect(dead_code, unused_imports, reason = "only the guest's doors use all of it")
)]

extern crate alloc;

#[cfg(target_arch = "wasm32")]
mod abi;
#[cfg(target_arch = "wasm32")]
mod arena;
mod base64;
mod case;
#[cfg(target_arch = "wasm32")]
mod deadline;
mod decode;
mod draft;
mod draw;
#[cfg(target_arch = "wasm32")]
mod effect;
mod fault;
mod float;
mod fork;
mod glob;
mod hash;
#[cfg(target_arch = "wasm32")]
mod host;
mod json;
mod key;
mod list;
mod number;
mod order;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod value;
#[cfg(target_arch = "wasm32")]
mod wait;

/// How deep lists and records may nest where something walks them. A little less than what usual JSON readers take (127), so
/// that a host can put a value into an envelope.
const MAX_DEPTH: usize = 120;
