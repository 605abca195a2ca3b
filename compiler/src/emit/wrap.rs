//! Core modules of other compilers as components of the world.

use std::fmt;

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME as PREVIEW_1, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER as ADAPTER,
};
use wasmparser::{Encoding, Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding};

use super::{EmitError, component, room};

/// What a core module exports that has blocks: the function `run` of the interface `blocks`.
const BLOCKS: &str = "cairn:workflow/blocks@";

/// Why a module is no workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrapError {
    /// It is a component already.
    Component,
    /// It is no WebAssembly, or does not fit the world; in words.
    Unfit(String),
    /// Our fault.
    Internal(String),
}

impl fmt::Display for WrapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Component => f.write_str("it is a component already"),
            Self::Unfit(why) | Self::Internal(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for WrapError {}

impl From<EmitError> for WrapError {
    fn from(error: EmitError) -> Self {
        Self::Internal(error.to_string())
    }
}

/// Makes a component of a core module that imports the world's functions and, if it wants, WASI preview 1, as compilers for `wasm32-wasi` write
/// it. What the module says of its own world (as the generators of bindings let it) is kept. One that has no `cabi_realloc` but an arena gets the function.
///
/// # Errors
/// [`WrapError::Component`] and [`WrapError::Unfit`] where the module is not such a one.
pub fn wrap(core: &[u8]) -> Result<Vec<u8>, WrapError> {
    let seen = look(core)?;
    let (resolve, worlds) = component::world()?;
    let mut module = room::given(core).map_err(WrapError::Unfit)?.unwrap_or_else(|| core.to_vec());
    if !seen.described {
        let world = if seen.blocks { worlds.1 } else { worlds.0 };
        wit_component::embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)
            .map_err(|e| WrapError::Internal(format!("{e:?}")))?;
    }
    ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.adapter(PREVIEW_1, ADAPTER))
        .and_then(|mut encoder| encoder.encode())
        .map_err(|e| WrapError::Unfit(format!("{e:#}")))
}

/// What is seen from outside.
struct Seen {
    /// A generator of bindings has written the world into it.
    described: bool,
    /// It has blocks.
    blocks: bool,
}

fn look(core: &[u8]) -> Result<Seen, WrapError> {
    let mut seen = Seen { described: false, blocks: false };
    for payload in Parser::new(0).parse_all(core) {
        match payload.map_err(|e| WrapError::Unfit(format!("it is no WebAssembly: {e}")))? {
            Payload::Version { encoding: Encoding::Component, .. } => return Err(WrapError::Component),
            Payload::CustomSection(section) if section.name().starts_with("component-type") => {
                seen.described = true;
            }
            Payload::ExportSection(exports) => {
                for export in exports.into_iter().flatten() {
                    seen.blocks |= export.name.starts_with(BLOCKS);
                }
            }
            _ => {}
        }
    }
    Ok(seen)
}
