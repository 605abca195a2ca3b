//! What a run is started with.

use cairn_replay::Instant;
use serde_json::{Map, Value, json};

use crate::{Error, StartFrom, StartMeta, calendar, ops::fits_input, registry::Code};

/// The input of a run: the arguments in their order, as of a moment and of what came.
///
/// # Errors
/// What cannot be worked out, in words.
pub(super) fn input(start: &[StartMeta], moment: Instant, came: &Value) -> Result<Value, String> {
    let mut input = Map::new();
    for StartMeta { name, from } in start {
        let value = match from {
            StartFrom::Value(value) => value.clone(),
            StartFrom::Data(path) => came.pointer(path).cloned().unwrap_or(Value::Null),
            StartFrom::Time => calendar::moment(moment)?,
            StartFrom::Date(zone) => calendar::answer("date", moment, zone, &json!([]))?,
        };
        input.insert(name.clone(), value);
    }
    Ok(Value::Object(input))
}

/// Whether a workflow can be started so, as of a moment at which nothing came.
///
/// # Errors
/// A mistake that says why not.
pub(crate) fn check(code: &Code, start: &[StartMeta], moment: u64) -> Result<(), Error> {
    let input = input(start, Instant(moment), &Value::Null).map_err(Error::mistake)?;
    fits_input(code, &input)
}
