//! JSON to values of the component model.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};
use wasmtime::component::{
    Val,
    types::{ComponentFunc, Type},
};

use super::words;
use crate::tool::component::functions::snake;

/// What does not fit, and where: outermost first.
pub(in crate::tool::component) struct Misfit {
    place: Vec<String>,
    why: String,
}

type Fits<T> = Result<T, Misfit>;

impl Misfit {
    fn new(why: impl Into<String>) -> Self {
        Self { place: Vec::new(), why: why.into() }
    }

    fn within(mut self, place: impl Into<String>) -> Self {
        self.place.insert(0, place.into());
        self
    }
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut place = String::new();
        for part in &self.place {
            if !place.is_empty() && !part.starts_with('[') {
                place.push('.');
            }
            place.push_str(part);
        }
        write!(f, "`{place}` {}", self.why)
    }
}

/// The arguments of a call, by the function's parameters.
///
/// # Errors
/// What does not fit, as it stands behind the name of the operation.
pub(in crate::tool::component) fn arguments(given: &Value, ty: &ComponentFunc) -> Result<Vec<Val>, String> {
    let nothing = Map::new();
    let given = match given {
        Value::Object(fields) => fields,
        Value::Null => &nothing,
        _ => return Err("was given arguments that are no object".to_owned()),
    };
    let params: Vec<(String, Type)> = ty.params().map(|(name, ty)| (snake(name), ty)).collect();
    let fields = fields(given, params.iter().map(|(name, ty)| (name.as_str(), ty)));
    let fields = fields.map_err(|misfit| format!("was given arguments that do not fit: {misfit}"))?;
    Ok(fields)
}

/// The values of fields in their order; what is missing is null.
fn fields<'t>(
    given: &Map<String, Value>,
    wanted: impl Iterator<Item = (&'t str, &'t Type)> + Clone,
) -> Fits<Vec<Val>> {
    if let Some(unknown) = given.keys().find(|name| !wanted.clone().any(|(wanted, _)| wanted == *name)) {
        let names: Vec<String> = wanted.map(|(name, _)| format!("`{name}`")).collect();
        let has =
            if names.is_empty() { "nothing is".to_owned() } else { format!("known is {}", names.join(", ")) };
        return Err(Misfit::new(format!("is not known: {has}")).within(unknown));
    }
    let one = |(name, ty): (&str, &Type)| match given.get(name) {
        None if !matches!(ty, Type::Option(_)) => {
            Err(Misfit::new(format!("is missing: it has to be {}", words(ty))).within(name))
        }
        given => value(given.unwrap_or(&Value::Null), ty).map_err(|misfit| misfit.within(name)),
    };
    wanted.map(one).collect()
}

/// A value of this type.
///
/// # Errors
/// Where it is none.
pub(in crate::tool::component) fn value(given: &Value, ty: &Type) -> Fits<Val> {
    let found = match ty {
        // Of an option within an option too, there is only one null.
        Type::Option(_) if given.is_null() => return Ok(Val::Option(None)),
        Type::Option(of) => return Ok(Val::Option(Some(Box::new(value(given, &of.ty())?)))),
        Type::List(of) if of.ty() != Type::U8 => return list(given, ty, &of.ty()),
        Type::Tuple(_) | Type::Record(_) | Type::Flags(_) | Type::Variant(_) | Type::Result(_) => {
            return compound(given, ty);
        }
        Type::List(_) => bytes(given),
        Type::Bool => given.as_bool().map(Val::Bool),
        Type::Float32 => given.as_f64().and_then(narrow).map(Val::Float32),
        Type::Float64 => given.as_f64().map(Val::Float64),
        Type::String => given.as_str().map(|text| Val::String(text.to_owned())),
        Type::Char => given.as_str().and_then(only).map(Val::Char),
        Type::Enum(of) => {
            let name = given.as_str().filter(|name| of.names().any(|known| known == *name));
            name.map(|name| Val::Enum(name.to_owned()))
        }
        _ => integer(given, ty),
    };
    found.ok_or_else(|| unfit(given, ty))
}

fn integer(given: &Value, ty: &Type) -> Option<Val> {
    let signed = || given.as_i64();
    let unsigned = || given.as_u64();
    match ty {
        Type::S8 => signed().and_then(|n| n.try_into().ok()).map(Val::S8),
        Type::S16 => signed().and_then(|n| n.try_into().ok()).map(Val::S16),
        Type::S32 => signed().and_then(|n| n.try_into().ok()).map(Val::S32),
        Type::S64 => signed().map(Val::S64),
        Type::U8 => unsigned().and_then(|n| n.try_into().ok()).map(Val::U8),
        Type::U16 => unsigned().and_then(|n| n.try_into().ok()).map(Val::U16),
        Type::U32 => unsigned().and_then(|n| n.try_into().ok()).map(Val::U32),
        Type::U64 => unsigned().map(Val::U64),
        _ => None,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding is what a float of 32 bits is; what becomes infinite is refused"
)]
fn narrow(number: f64) -> Option<f32> {
    let narrow = number as f32;
    narrow.is_finite().then_some(narrow)
}

fn only(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

fn bytes(given: &Value) -> Option<Val> {
    let bytes = STANDARD.decode(given.as_str()?).ok()?;
    Some(Val::List(bytes.into_iter().map(Val::U8).collect()))
}

fn list(given: &Value, ty: &Type, of: &Type) -> Fits<Val> {
    let items = given.as_array().ok_or_else(|| unfit(given, ty))?.iter().enumerate();
    let items = items.map(|(n, item)| value(item, of).map_err(|misfit| misfit.within(format!("[{n}]"))));
    Ok(Val::List(items.collect::<Fits<_>>()?))
}

fn compound(given: &Value, ty: &Type) -> Fits<Val> {
    match (ty, given) {
        (Type::Tuple(of), Value::Array(items)) if items.len() == of.types().len() => {
            let items = items.iter().zip(of.types()).enumerate();
            let items = items
                .map(|(n, (item, ty))| value(item, &ty).map_err(|misfit| misfit.within(format!("[{n}]"))));
            Ok(Val::Tuple(items.collect::<Fits<_>>()?))
        }
        (Type::Record(of), Value::Object(given)) => {
            let wanted: Vec<(String, Type)> =
                of.fields().map(|field| (snake(field.name), field.ty)).collect();
            let values = fields(given, wanted.iter().map(|(name, ty)| (name.as_str(), ty)))?;
            Ok(Val::Record(of.fields().map(|field| field.name.to_owned()).zip(values).collect()))
        }
        (Type::Flags(of), Value::Object(given)) => {
            let names: Vec<(String, Type)> = of.names().map(|name| (snake(name), Type::Bool)).collect();
            let values = fields(given, names.iter().map(|(name, ty)| (name.as_str(), ty)))?;
            let set = of.names().zip(values).filter(|(_, value)| *value == Val::Bool(true));
            Ok(Val::Flags(set.map(|(name, _)| name.to_owned()).collect()))
        }
        (Type::Variant(of), Value::Object(fields)) => {
            let tag = fields.get("tag").and_then(Value::as_str);
            let case = of.cases().find(|case| Some(case.name) == tag).ok_or_else(|| unfit(given, ty))?;
            Ok(Val::Variant(case.name.to_owned(), payload(fields, case.ty.as_ref(), ty)?))
        }
        (Type::Result(of), Value::Object(fields)) => match fields.get("tag").and_then(Value::as_str) {
            Some("ok") => Ok(Val::Result(Ok(payload(fields, of.ok().as_ref(), ty)?))),
            Some("err") => Ok(Val::Result(Err(payload(fields, of.err().as_ref(), ty)?))),
            _ => Err(unfit(given, ty)),
        },
        _ => Err(unfit(given, ty)),
    }
}

/// What stands behind a tag.
fn payload(fields: &Map<String, Value>, of: Option<&Type>, whole: &Type) -> Fits<Option<Box<Val>>> {
    if let Some(unknown) = fields.keys().find(|name| !matches!(name.as_str(), "tag" | "value")) {
        return Err(Misfit::new(format!("is not known: it has to be {}", words(whole))).within(unknown));
    }
    let given = fields.get("value").unwrap_or(&Value::Null);
    match of {
        None if given.is_null() => Ok(None),
        None => Err(Misfit::new("is given, and this case has none").within("value")),
        Some(ty) => Ok(Some(Box::new(value(given, ty).map_err(|misfit| misfit.within("value"))?))),
    }
}

fn unfit(given: &Value, ty: &Type) -> Misfit {
    let text = given.to_string();
    let shown = match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    };
    Misfit::new(format!("is {shown}, and has to be {}", words(ty)))
}

/// A value that is longer than this is cut in a message, in characters.
const LONGEST: usize = 60;
