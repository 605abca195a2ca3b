//! Operations as something else describes them: an OpenAPI document, the list of an MCP server, a component's own interface.

mod component;
mod mcp;
mod openapi;
mod schema;

use super::decls::{Operation, Param};
use crate::types::{Field, Type};

/// Why a description could not be read.
#[derive(Debug)]
pub(super) struct Unread {
    /// Where in it: a JSON pointer, or the name of a function. Empty: it is not there, or nothing of it can be read.
    pub(super) place: String,
    pub(super) why: String,
}

impl Unread {
    fn at(place: impl Into<String>, why: impl Into<String>) -> Self {
        Self { place: place.into(), why: why.into() }
    }
}

/// Operations by name.
type Operations = Vec<(String, Operation)>;

/// The operations that a description holds; `scheme` says of which kind it is.
///
/// # Errors
///
/// Where and why it cannot be read.
pub(super) fn read(scheme: &str, path: &str, bytes: &[u8]) -> Result<Operations, Unread> {
    match scheme {
        "openapi" => openapi::read(&document(path, bytes)?),
        "mcp" => mcp::read(&document(path, bytes)?),
        _ => component::read(bytes),
    }
}

/// A description as JSON or, where its name ends so, as YAML.
fn document(path: &str, bytes: &[u8]) -> Result<serde_json::Value, Unread> {
    if !path.ends_with(".yaml") && !path.ends_with(".yml") {
        return serde_json::from_slice(bytes).map_err(|e| Unread::at("/", format!("it is no JSON: {e}")));
    }
    // Whoever wrote the file is not trusted: what aliases may unfold to is bounded.
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_slice_with_options(bytes, options)
        .map_err(|e| Unread::at("/", format!("it is no YAML: {e}")))
}

/// Parameters of the fields of a record.
fn params(fields: Vec<Field>) -> Vec<Param> {
    fields.into_iter().map(|field| param(field.name, field.ty, field.optional)).collect()
}

fn param(name: String, ty: Type, optional: bool) -> Param {
    Param { name, ty, optional, default: None, script: false, home: 0, span: None }
}

/// An operation that may fail with the kinds of the language alone.
fn operation(params: Vec<Param>, result: Type) -> Operation {
    Operation {
        params,
        result,
        fails: Vec::new(),
        readonly: false,
        idempotent: false,
        unclear: None,
        route: None,
        span: None,
    }
}

/// A name that can be written in the language.
fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `getPetById`, `get-pet-by-id` as `get_pet_by_id`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut small_before = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && small_before {
            out.push('_');
        }
        out.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
        small_before = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    out
}

#[cfg(test)]
mod tests;
