//! JSON to a declared type: fields that it does not know are left out, missing optional ones stay away.

use cairn_compiler::{Field, Lit, Type};

use super::value::{Failure, Value, equal, whole};

/// The value as one of the type.
///
/// # Errors
/// `bad_data`.
pub(super) fn decode(ty: &Type, value: &Value) -> Result<Value, Failure> {
    match (ty, value) {
        (Type::Json, _) => Ok(plain(value)),
        (Type::List(of), Value::List(items)) => {
            Ok(Value::List(items.iter().map(|item| decode(of, item)).collect::<Result<_, _>>()?))
        }
        (Type::Map(of), Value::Record(fields)) => {
            let decoded = fields.iter().map(|(name, value)| Ok((name.clone(), decode(of, value)?)));
            Ok(Value::Record(decoded.collect::<Result<_, Failure>>()?))
        }
        (Type::Record(fields), Value::Record(_)) => record(fields, value),
        (Type::Union(of), _) => union(of, value),
        _ => scalar(ty, value).ok_or_else(|| mismatch(ty)),
    }
}

fn mismatch(ty: &Type) -> Failure {
    Failure::new("bad_data", format!("expected {ty}"))
}

fn record(fields: &[Field], value: &Value) -> Result<Value, Failure> {
    let mut out = Vec::new();
    for field in fields {
        let found = value.field(&field.name);
        if field.optional && found.is_null() {
            continue;
        }
        out.push((field.name.clone(), decode(&field.ty, &found)?));
    }
    Ok(Value::Record(out))
}

fn union(of: &[Type], value: &Value) -> Result<Value, Failure> {
    let fits = of.iter().filter(|ty| may_fit(ty, value)).find_map(|ty| decode(ty, value).ok());
    fits.ok_or_else(|| mismatch(&Type::Union(of.to_vec())))
}

/// Records are told apart by their literal fields.
fn may_fit(ty: &Type, value: &Value) -> bool {
    match (ty, value) {
        (Type::Record(fields), Value::Record(_)) => fields.iter().all(|field| match field.ty {
            Type::Lit(_) => {
                let found = value.field(&field.name);
                scalar(&field.ty, &found).is_some() || found.is_null() && field.optional
            }
            _ => true,
        }),
        _ => true,
    }
}

fn scalar(ty: &Type, value: &Value) -> Option<Value> {
    match (ty, value) {
        (Type::Null, Value::Null)
        | (Type::Bool, Value::Bool(_))
        | (Type::Int, Value::Int(_))
        | (Type::Float, Value::Float(_))
        | (Type::Text, Value::Text(_))
        | (Type::Bytes, Value::Bytes(_))
        | (Type::Duration, Value::Duration(_))
        | (Type::Time, Value::Time(_)) => Some(value.clone()),
        (Type::Int, Value::Float(x)) => whole(*x).map(Value::Int),
        (Type::Float, Value::Int(n)) => Some(Value::Float(*n as f64)),
        (Type::Duration, Value::Int(n)) => Some(Value::Duration(*n)),
        (Type::Duration, Value::Float(x)) => whole(*x).map(Value::Duration),
        (Type::Time, Value::Text(text)) => read_moment(text).map(Value::Time),
        (Type::Lit(lit), _) => {
            let lit = literal(lit);
            equal(&lit, value).then_some(lit)
        }
        _ => None,
    }
}

/// The value of a literal type.
pub(super) fn literal(lit: &Lit) -> Value {
    match lit {
        Lit::Bool(is) => Value::Bool(*is),
        Lit::Int(n) => Value::Int(*n),
        Lit::Float(x) => Value::Float(*x),
        Lit::Text(text) => Value::Text(text.clone()),
    }
}

/// What becomes of a value where nothing is known of it any more: times and bytes are texts, durations numbers.
pub(super) fn plain(value: &Value) -> Value {
    match value {
        Value::Float(x) => Value::Float(*x),
        Value::List(items) => Value::List(items.iter().map(plain).collect()),
        Value::Record(fields) => {
            Value::Record(fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        }
        Value::Duration(_) | Value::Time(_) | Value::Bytes(_) => Value::from_json(&value.to_json()),
        other => other.clone(),
    }
}

/// What a wider type makes of a value: where it is json, nothing is known of it any more.
pub(super) fn widened(ty: &Type, value: &Value) -> Value {
    match (ty, value) {
        (Type::Json, _) => plain(value),
        (Type::List(of), Value::List(items)) => {
            Value::List(items.iter().map(|item| widened(of, item)).collect())
        }
        (Type::Map(of), Value::Record(fields)) => {
            Value::Record(fields.iter().map(|(name, value)| (name.clone(), widened(of, value))).collect())
        }
        (Type::Record(known), Value::Record(fields)) => {
            let widen = |(name, value): &(String, Value)| {
                let ty = known.iter().find(|field| field.name == *name).map(|field| &field.ty);
                (name.clone(), ty.map_or_else(|| value.clone(), |ty| widened(ty, value)))
            };
            Value::Record(fields.iter().map(widen).collect())
        }
        (Type::Float, Value::Int(n)) => Value::Float(*n as f64),
        _ => value.clone(),
    }
}

/// Of the form that is written: `2026-01-31T00:00:00Z`, with or without milliseconds.
fn read_moment(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let rest = text.get(19..)?.strip_suffix('Z')?;
    let millis = match rest.strip_prefix('.') {
        Some(digits) => format!("{digits:0<3}").get(..3)?.parse::<i64>().ok()?,
        None if rest.is_empty() => 0,
        None => return None,
    };
    let shifted = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let from_march = (month + 9) % 12;
    let days =
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * from_march + 2) / 5 + day - 719_469;
    Some(((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + millis)
}
