//! Reads a component's bytes: is it one, how big are its parts, what does it import and say of itself. Refuses in
//! microseconds what would take a compiler minutes.

use sha2::{Digest, Sha256};
use wasmparser::{ComponentTypeRef, Encoding, Parser, Payload, Validator, WasmFeatures};

use super::{Component, Meta, Place};
use crate::{Error, Limits};

/// Reads and checks.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Component, Error> {
    is_component(bytes)?;
    let too_large = |bytes: usize| {
        let most = limits.component_bytes;
        Err(Error::mistake(format!(
            "the component has {bytes} bytes, more than the {most} that this host takes"
        )))
    };
    if bytes.len() > limits.component_bytes.saturating_mul(WITH_TOOLS) {
        return too_large(bytes.len());
    }
    let mut found = Found::default();
    for payload in Parser::new(0).parse_all(bytes) {
        found.take(&payload.map_err(|e| invalid(&e))?, limits)?;
    }
    // Those are measured for themselves.
    let own = bytes.len().saturating_sub(found.attached);
    if own > limits.component_bytes {
        return too_large(own);
    }
    Validator::new_with_features(features()).validate_all(bytes).map_err(|e| invalid(&e))?;
    Ok(Component { digest: digest(bytes), meta: found.meta, places: found.places, imports: found.imports })
}

/// So many times the size of a component it may have together with those of its tools.
const WITH_TOOLS: usize = 8;

/// What the name of a section begins with that holds the component of a tool.
const TOOL: &str = "cairn-tool:";

/// The components of tools that lie in a component, by the tool's name.
pub(crate) fn attached(bytes: &[u8]) -> Vec<(&str, &[u8])> {
    let mut depth = 0_usize;
    let mut all = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::ModuleSection { .. } | Payload::ComponentSection { .. }) => depth += 1,
            Ok(Payload::End(_)) => depth = depth.saturating_sub(1),
            Ok(Payload::CustomSection(section)) if depth == 0 => {
                all.extend(section.name().strip_prefix(TOOL).map(|name| (name, section.data())));
            }
            _ => {}
        }
    }
    all
}

/// What guests may use of WebAssembly: all that is the same on every machine and on every replay.
pub(crate) fn features() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::SIMD
        | WasmFeatures::FLOATS
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::COMPONENT_MODEL
        | WasmFeatures::GC_TYPES
}

/// `sha256:` and 64 hex digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn is_component(bytes: &[u8]) -> Result<(), Error> {
    if Parser::is_component(bytes) {
        return Ok(());
    }
    if Parser::is_core_wasm(bytes) {
        return Err(Error::mistake("this is a core WebAssembly module, not a component").help(
            "make it one: `wasm-tools component embed wit/ MODULE.wasm -o EMBEDDED.wasm`, then \
             `wasm-tools component new EMBEDDED.wasm -o COMPONENT.wasm`; it has to have the world `cairn:workflow/workflow`",
        ));
    }
    let text = bytes.trim_ascii_start();
    if text.starts_with(b"(component") || text.starts_with(b"(module") {
        return Err(Error::mistake("this is the text form of WebAssembly, not a component")
            .help("make it binary: `wasm-tools parse FILE.wat -o FILE.wasm`"));
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Err(Error::mistake("this is a text, not a WebAssembly component")
            .help("a workflow in the Cairn language is built first: `cairn build FILE.cairn -o FILE.wasm`"));
    }
    Err(Error::mistake("this is no WebAssembly component: its first bytes are not those of one"))
}

fn invalid(error: &wasmparser::BinaryReaderError) -> Error {
    Error::mistake(format!("the component is not valid: {} at byte {}", error.message(), error.offset()))
        .help("build it anew; if it was copied or downloaded, compare its size with the original's")
}

#[derive(Default)]
struct Found {
    /// How many modules and components the reader is inside of, beside the outermost.
    depth: usize,
    functions: usize,
    meta: Option<Meta>,
    places: Vec<Place>,
    imports: Vec<String>,
    /// Bytes of the components of its tools.
    attached: usize,
}

impl Found {
    fn take(&mut self, payload: &Payload<'_>, limits: &Limits) -> Result<(), Error> {
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => self.depth += 1,
            Payload::Version { encoding: Encoding::Module, .. } if self.depth == 0 => {
                return Err(Error::mistake("this is a core WebAssembly module, not a component"));
            }
            Payload::End(_) => self.depth = self.depth.saturating_sub(1),
            Payload::CodeSectionStart { count, .. } => self.functions(*count as usize, limits)?,
            Payload::CodeSectionEntry(body) => body_size(body.range().len(), limits)?,
            Payload::ComponentImportSection(section) if self.depth == 0 => {
                for import in section.clone() {
                    let import = import.map_err(|e| invalid(&e))?;
                    // A type that is named beside the world's interfaces asks nothing of a host.
                    if !matches!(import.ty, ComponentTypeRef::Type(_)) {
                        self.imports.push(import.name.name.to_owned());
                    }
                }
            }
            Payload::CustomSection(section) if self.depth == 0 => match section.name() {
                "cairn-meta" => self.meta = Some(known_format(json("cairn-meta", section.data())?)?),
                "cairn-map" => self.places = json("cairn-map", section.data())?,
                name if name.starts_with(TOOL) => self.attached += section.data().len(),
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }

    fn functions(&mut self, more: usize, limits: &Limits) -> Result<(), Error> {
        self.functions += more;
        if self.functions > limits.functions {
            return Err(Error::mistake(format!(
                "the component has more than {} functions, which is what this host compiles",
                limits.functions
            )));
        }
        Ok(())
    }
}

fn body_size(bytes: usize, limits: &Limits) -> Result<(), Error> {
    if bytes > limits.function_bytes {
        return Err(Error::mistake(format!(
            "a function of the component has {bytes} bytes, more than the {} that this host compiles",
            limits.function_bytes
        ))
        .help("split it: the time that compiling takes grows faster than a function's size"));
    }
    Ok(())
}

fn json<T: serde::de::DeserializeOwned>(section: &str, data: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(data).map_err(|e| {
        Error::mistake(format!("the section `{section}` of the component cannot be read: {e}"))
            .help("docs/component.md says what it looks like; without it the host takes any input")
    })
}

/// The form of the section that this host reads.
const FORMAT: u32 = 1;

fn known_format(meta: Meta) -> Result<Meta, Error> {
    if meta.format == FORMAT {
        return Ok(meta);
    }
    Err(Error::mistake(format!(
        "the section `cairn-meta` of the component has format {}, and this host reads {FORMAT}",
        meta.format
    ))
    .help("build the component with the compiler that belongs to this host"))
}
