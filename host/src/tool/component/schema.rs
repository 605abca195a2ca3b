//! Does what the code says of an operation's arguments agree with the function's own parameters? Names and the outermost kind of each are
//! compared: what does not fit within is told when it is called.

use serde_json::{Map, Value};
use wasmtime::component::types::Type;

use super::functions::{Function, snake};

/// # Errors
/// What does not agree, as it stands behind the name of the operation.
pub(super) fn agrees(arguments: &Value, function: &Function) -> Result<(), String> {
    let nothing = Map::new();
    let Some(given) = arguments.get("properties") else { return Ok(()) };
    let given = given.as_object().unwrap_or(&nothing);
    let required = arguments.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let params: Vec<(String, Type)> = function.ty.params().map(|(name, ty)| (snake(name), ty)).collect();
    let name = &function.name;
    for argument in given.keys() {
        if !params.iter().any(|(param, _)| param == argument) {
            return Err(format!("is called with `{argument}`, which `{name}` does not take"));
        }
    }
    for (param, ty) in &params {
        let optional = matches!(ty, Type::Option(_));
        let always = required.iter().any(|required| required.as_str() == Some(param));
        if !optional && !always {
            return Err(format!("may be called without `{param}`, which `{name}` has to be given"));
        }
        if let Some(schema) = given.get(param)
            && let Some(kind) = schema.get("type").and_then(Value::as_str)
            && !takes(ty, kind)
        {
            return Err(format!("gives `{param}` as {}, and `{name}` takes another type", article(kind)));
        }
    }
    Ok(())
}

/// Can a value of this JSON type be one of this type?
fn takes(ty: &Type, kind: &str) -> bool {
    match ty {
        Type::Option(of) => kind == "null" || takes(&of.ty(), kind),
        Type::Bool => kind == "boolean",
        Type::Char | Type::String | Type::Enum(_) => kind == "string",
        Type::List(of) if of.ty() == Type::U8 => kind == "string",
        Type::List(_) | Type::Tuple(_) => kind == "array",
        Type::Float32 | Type::Float64 => matches!(kind, "number" | "integer"),
        Type::Record(_) | Type::Flags(_) | Type::Variant(_) | Type::Result(_) => kind == "object",
        _ => kind == "integer",
    }
}

fn article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {kind}")
}
