//! Does a value fit a JSON Schema? Says where it does not, what was found, and what is wanted.

use std::sync::OnceLock;

use jsonschema::{
    Draft, ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind},
};
use serde_json::Value;

use super::written::{scalar, written};
use crate::Error;

/// At most so many things that do not fit are told at once.
const SHOWN: usize = 5;
/// A value that is longer than this is cut in a message, in characters.
const LONGEST: usize = 60;

/// Lines such as `order.total is "12", and not of type int`; empty if it fits.
///
/// # Errors
/// A mistake if the schema itself cannot be read.
pub(crate) fn misfits(schema: &Value, value: &Value) -> Result<Vec<String>, Error> {
    if schema.is_null() {
        return Ok(Vec::new());
    }
    Ok(found(&validator(schema)?, schema, value))
}

/// A schema that many values are compared with: it is read once, when the first of them comes.
#[derive(Default)]
pub(crate) struct Often(OnceLock<Validator>);

impl Often {
    /// As [`misfits`]; the schema has to be the same each time.
    ///
    /// # Errors
    /// As of [`misfits`].
    pub(crate) fn misfits(&self, schema: &Value, value: &Value) -> Result<Vec<String>, Error> {
        if schema.is_null() {
            return Ok(Vec::new());
        }
        if let Some(read) = self.0.get() {
            return Ok(found(read, schema, value));
        }
        let read = validator(schema)?;
        Ok(found(self.0.get_or_init(|| read), schema, value))
    }
}

fn validator(schema: &Value) -> Result<Validator, Error> {
    let validator =
        jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true).build(schema);
    validator
        .map_err(|e| Error::mistake(format!("a schema in the component's own section cannot be read: {e}")))
}

fn found(validator: &Validator, schema: &Value, value: &Value) -> Vec<String> {
    validator.iter_errors(value).take(SHOWN).map(|error| told(&error, schema)).collect()
}

fn told(error: &ValidationError<'_>, schema: &Value) -> String {
    let place = place(&error.instance_path().to_string());
    let found = brief(error.instance());
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            format!("`{}` is missing", field(&place, name))
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let names: Vec<String> =
                unexpected.iter().map(|name| format!("`{}`", field(&place, name))).collect();
            format!("{} is not known", names.join(", "))
        }
        ValidationErrorKind::Type { kind: TypeKind::Single(wanted) } => {
            format!("{} is {found}, and has to be {}", subject(&place), scalar(&wanted.to_string()))
        }
        ValidationErrorKind::Format { .. } => {
            format!("{} is {found}, and has to be a time such as \"2026-01-31T00:00:00Z\"", subject(&place))
        }
        ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::Constant { .. } => {
            let wanted = wanted(schema, error).map_or_else(|| "something else".into(), |of| written(&of));
            format!("{} is {found}, and has to be {wanted}", subject(&place))
        }
        _ => format!("{}: {error}", subject(&place)),
    }
}

/// The part of the schema that was not kept.
fn wanted(schema: &Value, error: &ValidationError<'_>) -> Option<Value> {
    let path = error.schema_path().to_string();
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    schema.pointer(parent).cloned()
}

/// A JSON pointer as it would be written in the language: `/order/items/0/sku` is `order.items[0].sku`.
fn place(pointer: &str) -> String {
    let mut out = String::new();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if part.bytes().all(|b| b.is_ascii_digit()) {
            out.push_str(&format!("[{part}]"));
        } else {
            out = field(&out, &part);
        }
    }
    out
}

fn field(of: &str, name: &str) -> String {
    if of.is_empty() { name.to_owned() } else { format!("{of}.{name}") }
}

fn subject(place: &str) -> String {
    if place.is_empty() { "it".into() } else { format!("`{place}`") }
}

fn brief(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::misfits;
    use serde_json::json;

    #[test]
    fn each_misfit_says_where_what_was_found_and_what_is_wanted() {
        let schema = json!({
            "type": "object",
            "properties": {
                "id": { "type": "string" },
                "items": { "type": "array", "items": {
                    "type": "object", "properties": { "qty": { "type": "integer" } }, "required": ["qty"] } },
                "state": { "anyOf": [{ "const": "open" }, { "const": "shut" }] },
                "at": { "type": "string", "format": "date-time" }
            },
            "required": ["id"],
            "additionalProperties": false
        });
        let value = json!({ "items": [{ "qty": "2" }], "state": "ajar", "at": "noon", "extra": 1 });
        let mut told = misfits(&schema, &value).expect("a good schema");
        told.sort();
        assert_eq!(
            told,
            [
                r#"`at` is "noon", and has to be a time such as "2026-01-31T00:00:00Z""#,
                "`extra` is not known",
                "`id` is missing",
                r#"`items[0].qty` is "2", and has to be int"#,
                r#"`state` is "ajar", and has to be "open" | "shut""#,
            ]
        );
    }
}
