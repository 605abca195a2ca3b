//! Does a value fit a JSON Schema? Says where it does not, what was found, and what is wanted.

use jsonschema::Draft;
use serde_json::Value;

use crate::Error;

/// At most so many things that do not fit are told at once.
const SHOWN: usize = 5;

/// Lines such as `at /order/total: "12" is not of type "integer"`; empty if it fits.
///
/// # Errors
/// A mistake if the schema itself cannot be read.
pub(crate) fn misfits(schema: &Value, value: &Value) -> Result<Vec<String>, Error> {
    if schema.is_null() {
        return Ok(Vec::new());
    }
    let validator =
        jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true).build(schema);
    let validator = validator.map_err(|e| {
        Error::mistake(format!("a schema in the component's own section cannot be read: {e}"))
    })?;
    let lines = validator.iter_errors(value).take(SHOWN).map(|error| {
        let place = error.instance_path().to_string();
        if place.is_empty() { error.to_string() } else { format!("at {place}: {error}") }
    });
    Ok(lines.collect())
}
