//! What a call came to: a function's `result` is a result, or a failure.

use serde_json::{Map, Value};
use wasmtime::component::{
    Val,
    types::{ComponentFunc, Type},
};

use super::{functions::snake, values::json};
use crate::{
    ops::FailureView,
    tool::failure::{failure, failure_with},
};

/// Declared kinds of failure; statuses mean nothing here.
type Declared = [(String, Option<u16>)];

/// The result of an operation.
///
/// # Errors
/// The error of the function's `result` as a failure; `tool_failed` where what it gave cannot be written as JSON.
pub(super) fn answer(
    what: &str,
    found: Option<Val>,
    ty: &ComponentFunc,
    declared: &Declared,
) -> Result<Value, FailureView> {
    let (Some(found), Some(ty)) = (found, ty.results().next()) else { return Ok(Value::Null) };
    let written = |value: Option<Box<Val>>, ty: Option<Type>| match (value, ty) {
        (Some(value), Some(ty)) => {
            json(&value, &ty).map_err(|why| failure("tool_failed", format!("`{what}` {why}")))
        }
        _ => Ok(Value::Null),
    };
    match (found, &ty) {
        (Val::Result(Ok(good)), Type::Result(of)) => written(good, of.ok()),
        (Val::Result(Err(bad)), Type::Result(of)) => {
            Err(failed(what, written(bad, of.err())?, of.err().as_ref(), declared))
        }
        (found, ty) => written(Some(Box::new(found)), Some(ty.clone())),
    }
}

/// The error of a function as a failure. A variant's case, an enum's, or the field `kind` of a record says of which kind it is, if the
/// operation declares that one; else it is `tool_failed`, and the whole error is the detail.
fn failed(what: &str, error: Value, ty: Option<&Type>, declared: &Declared) -> FailureView {
    let at = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).map(str::to_owned);
    let (said, message) = match ty {
        Some(Type::String) => (None, error.as_str().map(str::to_owned)),
        Some(Type::Enum(_)) => (error.as_str().map(str::to_owned), None),
        Some(Type::Variant(_)) => {
            let value = error.get("value").unwrap_or(&Value::Null);
            (at(&error, "tag"), value.as_str().map(str::to_owned).or_else(|| at(value, "message")))
        }
        _ => (at(&error, "kind"), at(&error, "message")),
    };
    let message = message.filter(|message| !message.is_empty()).unwrap_or_else(|| {
        let said = said.as_ref().map(|said| format!(": {said}")).unwrap_or_default();
        format!("`{what}` failed{said}")
    });
    let kinds = || declared.iter().map(|(kind, _)| kind.as_str());
    match said.and_then(|said| kinds().find(|kind| *kind == said || *kind == snake(&said))) {
        Some(kind) => failure_with(kind, message, detail(error)),
        None => failure_with("tool_failed", message, error),
    }
}

/// What belongs to the kind: the value of a variant's case; of a record its `detail`, or all but `kind` and `message`.
fn detail(error: Value) -> Value {
    let Value::Object(mut fields) = error else { return Value::Null };
    if fields.contains_key("tag") {
        return match fields.remove("value") {
            Some(Value::Object(fields)) => rest(fields),
            None | Some(Value::String(_)) => Value::Null,
            Some(other) => Value::Object(Map::from_iter([("value".to_owned(), other)])),
        };
    }
    match fields.get("detail") {
        Some(Value::Object(detail)) => Value::Object(detail.clone()),
        _ => rest(fields),
    }
}

fn rest(mut fields: Map<String, Value>) -> Value {
    fields.retain(|name, _| !matches!(name.as_str(), "kind" | "message"));
    Value::Object(fields)
}
