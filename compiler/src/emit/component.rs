//! A core module as a component of the world, with what the compiler says of it.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde::Serialize;
use wasm_encoder::{CustomSection, Encode, Section};
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::{Resolve, SourceMap, WorldId};

use super::EmitError;
use crate::ir::Program;

/// The world, by its files.
pub(super) const WIT: &[(&str, &str)] = &[
    ("blocks.wit", include_str!("../../../wit/blocks.wit")),
    ("context.wit", include_str!("../../../wit/context.wit")),
    ("event.wit", include_str!("../../../wit/event.wit")),
    ("flow.wit", include_str!("../../../wit/flow.wit")),
    ("sleep.wit", include_str!("../../../wit/sleep.wit")),
    ("step.wit", include_str!("../../../wit/step.wit")),
    ("types.wit", include_str!("../../../wit/types.wit")),
    ("world.wit", include_str!("../../../wit/world.wit")),
];

/// The component of a core module, with the sections `cairn-meta` and `cairn-map`, and the components of its tools.
pub(super) fn component(mut module: Vec<u8>, program: &Program) -> Result<Vec<u8>, EmitError> {
    let (resolve, worlds) = world()?;
    let world = if program.blocks.is_empty() { &worlds.0 } else { &worlds.1 };
    wit_component::embed_component_metadata(&mut module, resolve, *world, StringEncoding::UTF8)
        .map_err(in_full)?;
    let mut encoder =
        ComponentEncoder::default().validate(cfg!(debug_assertions)).module(&module).map_err(in_full)?;
    let mut component = encoder.encode().map_err(in_full)?;
    append(&mut component, "cairn-meta", &program.meta)?;
    append(&mut component, "cairn-map", &program.places)?;
    for tool in &program.meta.tools {
        if let Some(attached) = &tool.component {
            section(&mut component, &format!("cairn-tool:{}", tool.name), &attached.bytes);
        }
    }
    Ok(component)
}

fn append(component: &mut Vec<u8>, name: &str, content: &impl Serialize) -> Result<(), EmitError> {
    let data = serde_json::to_vec(content).map_err(EmitError::internal)?;
    section(component, name, &data);
    Ok(())
}

fn section(component: &mut Vec<u8>, name: &str, data: &[u8]) {
    let section = CustomSection { name: name.into(), data: Cow::Borrowed(data) };
    component.push(section.id());
    section.encode(component);
}

/// The worlds of workflows without blocks and with them.
pub(super) type Worlds = (WorldId, WorldId);

/// Read once.
pub(super) fn world() -> Result<&'static (Resolve, Worlds), EmitError> {
    static WORLD: OnceLock<Result<(Resolve, Worlds), EmitError>> = OnceLock::new();
    WORLD.get_or_init(read).as_ref().map_err(Clone::clone)
}

fn read() -> Result<(Resolve, Worlds), EmitError> {
    let mut files = SourceMap::default();
    for (name, text) in WIT {
        files.push_str(name, *text);
    }
    let mut resolve = Resolve::default();
    let package = files.parse().map_err(|(_, error)| EmitError::internal(error))?;
    let package = resolve.push_group(package).map_err(EmitError::internal)?;
    let plain = resolve.select_world(&[package], Some("workflow")).map_err(in_full)?;
    let with_blocks = resolve.select_world(&[package], Some("compiled")).map_err(in_full)?;
    Ok((resolve, (plain, with_blocks)))
}

/// The package, encoded.
pub(super) fn package() -> Result<Vec<u8>, EmitError> {
    let (resolve, (world, _)) = world()?;
    let package = resolve.worlds.get(*world).and_then(|world| world.package);
    let package = package.ok_or_else(|| EmitError::internal("the world is in no package"))?;
    wit_component::encode(resolve, package).map_err(in_full)
}

/// With its causes.
fn in_full(error: impl std::fmt::Debug) -> EmitError {
    EmitError::Internal(format!("{error:?}"))
}
