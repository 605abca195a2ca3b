//! Types as JSON Schema (draft 2020-12), in the small part of it that `docs/component.md` names.

use serde_json::{Map, Value, json};

use crate::types::{Field, Lit, Type};

/// The schema of a type's values as JSON. Records may have more fields than their type shows.
pub fn of(ty: &Type) -> Value {
    match ty {
        Type::Null => json!({ "type": "null" }),
        Type::Bool => json!({ "type": "boolean" }),
        Type::Int => json!({ "type": "integer" }),
        Type::Duration => json!({ "type": "integer", "description": "milliseconds" }),
        Type::Float => json!({ "type": "number" }),
        Type::Text => json!({ "type": "string" }),
        Type::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
        Type::Time => json!({ "type": "string", "format": "date-time" }),
        Type::Json | Type::Never => json!({}),
        Type::Secret(of) => self::of(of),
        Type::Lit(lit) => json!({ "const": literal(lit) }),
        Type::List(of) => json!({ "type": "array", "items": self::of(of) }),
        Type::Map(of) => json!({ "type": "object", "additionalProperties": self::of(of) }),
        Type::Record(fields) => record(fields, false),
        Type::Union(members) => json!({ "anyOf": members.iter().map(of).collect::<Vec<_>>() }),
    }
}

/// The schema of a record that has no other fields: of an input, of a call's arguments.
pub fn closed(fields: &[Field]) -> Value {
    record(fields, true)
}

/// A field that may be missing or null is not required: null and absent are read alike.
fn record(fields: &[Field], closed: bool) -> Value {
    let property = |f: &Field| {
        let ty = if f.optional { f.ty.clone().optional() } else { f.ty.clone() };
        (f.name.clone(), of(&ty))
    };
    let required = fields.iter().filter(|f| !f.optional && !nullable(&f.ty)).map(|f| f.name.as_str());
    let mut schema = Map::new();
    schema.insert("type".into(), json!("object"));
    schema.insert("properties".into(), Value::Object(fields.iter().map(property).collect()));
    schema.insert("required".into(), json!(required.collect::<Vec<_>>()));
    if closed {
        schema.insert("additionalProperties".into(), json!(false));
    }
    Value::Object(schema)
}

fn nullable(ty: &Type) -> bool {
    matches!(ty, Type::Null | Type::Json) || matches!(ty, Type::Union(of) if of.contains(&Type::Null))
}

fn literal(lit: &Lit) -> Value {
    match lit {
        Lit::Bool(b) => json!(b),
        Lit::Int(n) => json!(n),
        Lit::Float(x) => json!(x),
        Lit::Text(text) => json!(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{closed, of};
    use crate::types::{Field, Lit, Type};
    use serde_json::json;

    #[test]
    fn a_record_requires_what_cannot_be_null() {
        let field = |name: &str, ty: Type, optional| Field { name: name.into(), ty, optional };
        let fields = [
            field("a", Type::Int, false),
            field("b", Type::Text.optional(), false),
            field("c", Type::Time, true),
        ];
        let expected = json!({
            "type": "object",
            "properties": {
                "a": { "type": "integer" },
                "b": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
                "c": { "anyOf": [{ "type": "string", "format": "date-time" }, { "type": "null" }] }
            },
            "required": ["a"],
            "additionalProperties": false
        });
        assert_eq!(closed(&fields), expected);
    }

    #[test]
    fn lists_maps_literals_and_json() {
        let ty = Type::Map(Box::new(Type::List(Box::new(Type::Json))));
        assert_eq!(
            of(&ty),
            json!({ "type": "object", "additionalProperties": { "type": "array", "items": {} } })
        );
        let paid = Type::Union(vec![Type::Lit(Lit::Text("paid".into())), Type::Lit(Lit::Int(2))]);
        assert_eq!(of(&paid), json!({ "anyOf": [{ "const": "paid" }, { "const": 2 }] }));
    }
}
