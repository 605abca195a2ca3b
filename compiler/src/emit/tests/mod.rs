//! IR written by hand, emitted and validated. What the code does is tried in the integration tests, where it runs.

mod beyond;
mod build;
mod corpus;
mod limits;
mod package;
mod whole;

use wasmparser::{Parser, Payload, Validator};

use super::emit;
use crate::ir::Program;

/// The component, which is valid.
fn valid(program: &Program) -> Vec<u8> {
    let component = match emit(program) {
        Ok(component) => component,
        Err(error) => unreachable!("{error}"),
    };
    let validated = Validator::new().validate_all(&component);
    assert_eq!(validated.map(drop).map_err(|e| e.to_string()), Ok(()));
    component
}

/// The content of a custom section at the component's top level.
fn custom<'a>(component: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        match payload.ok()? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::CustomSection(section) if depth == 0 && section.name() == name => {
                return Some(section.data());
            }
            _ => {}
        }
    }
    None
}
