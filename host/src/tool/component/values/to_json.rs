//! Values of the component model to JSON.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Number, Value};
use wasmtime::component::{Val, types::Type};

use crate::tool::component::functions::snake;

/// As JSON. Fields that are not there are left out.
///
/// # Errors
/// What JSON does not have, as it stands behind the name of the operation.
pub(in crate::tool::component) fn json(value: &Val, ty: &Type) -> Result<Value, String> {
    Ok(match (value, ty) {
        (Val::Bool(of), _) => Value::Bool(*of),
        (Val::S8(n), _) => (*n).into(),
        (Val::U8(n), _) => (*n).into(),
        (Val::S16(n), _) => (*n).into(),
        (Val::U16(n), _) => (*n).into(),
        (Val::S32(n), _) => (*n).into(),
        (Val::U32(n), _) => (*n).into(),
        (Val::S64(n), _) => (*n).into(),
        (Val::U64(n), _) => (*n).into(),
        (Val::Float32(n), _) => number(f64::from(*n))?,
        (Val::Float64(n), _) => number(*n)?,
        (Val::Char(c), _) => Value::String(c.to_string()),
        (Val::String(text) | Val::Enum(text), _) => Value::String(text.clone()),
        (Val::List(items), Type::List(of)) if of.ty() == Type::U8 => {
            Value::String(STANDARD.encode(octets(items)))
        }
        (Val::List(items), Type::List(of)) => {
            let of = of.ty();
            Value::Array(items.iter().map(|item| json(item, &of)).collect::<Result<_, _>>()?)
        }
        (Val::Tuple(items), Type::Tuple(of)) => Value::Array(
            items.iter().zip(of.types()).map(|(item, ty)| json(item, &ty)).collect::<Result<_, _>>()?,
        ),
        (Val::Record(fields), Type::Record(of)) => {
            let there = fields.iter().zip(of.fields()).filter(|((_, value), _)| *value != Val::Option(None));
            let field = |((name, value), of): (&(String, Val), wasmtime::component::types::Field<'_>)| {
                Ok((snake(name), json(value, &of.ty)?))
            };
            Value::Object(there.map(field).collect::<Result<_, String>>()?)
        }
        (Val::Flags(set), Type::Flags(of)) => {
            let flag = |name: &str| (snake(name), Value::Bool(set.iter().any(|one| one == name)));
            Value::Object(of.names().map(flag).collect())
        }
        (Val::Option(None), _) => Value::Null,
        (Val::Option(Some(value)), Type::Option(of)) => json(value, &of.ty())?,
        (Val::Variant(name, value), Type::Variant(of)) => tagged(
            name,
            value.as_deref(),
            of.cases().find(|case| case.name == name).and_then(|case| case.ty),
        )?,
        (Val::Result(Ok(value)), Type::Result(of)) => tagged("ok", value.as_deref(), of.ok())?,
        (Val::Result(Err(value)), Type::Result(of)) => tagged("err", value.as_deref(), of.err())?,
        _ => return Err("gave something that JSON does not have".to_owned()),
    })
}

/// What is exact in 32 bits is exact in 64 as well.
fn number(of: f64) -> Result<Value, String> {
    Number::from_f64(of)
        .map(Value::Number)
        .ok_or_else(|| format!("gave the number {of}, which JSON does not have"))
}

fn octets(items: &[Val]) -> Vec<u8> {
    items.iter().filter_map(|item| if let Val::U8(byte) = item { Some(*byte) } else { None }).collect()
}

/// `{ "tag": …, "value": … }`
fn tagged(tag: &str, value: Option<&Val>, ty: Option<Type>) -> Result<Value, String> {
    let mut fields = Map::from_iter([("tag".to_owned(), Value::String(tag.to_owned()))]);
    if let (Some(value), Some(ty)) = (value, ty) {
        fields.insert("value".to_owned(), json(value, &ty)?);
    }
    Ok(Value::Object(fields))
}
