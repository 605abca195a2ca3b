//! JSON Schema (the part that types of the language can say) to types; what they cannot say is json.

use serde_json::Value;

use crate::check::relate::union;
use crate::types::{Field, Lit, Type};

/// Deeper than this, or round in a circle, it is json.
const DEEPEST: usize = 24;
/// A union of more members says nothing to anybody.
const MEMBERS_MAX: usize = 24;

/// Schemas of one document, which may speak of each other.
pub(super) struct Schemas<'d> {
    pub(super) document: &'d Value,
}

impl<'d> Schemas<'d> {
    pub(super) fn ty(&self, schema: &'d Value) -> Type {
        self.within(schema, &mut Vec::new())
    }

    /// What `$ref` names, or the value itself.
    pub(super) fn resolved(&self, value: &'d Value) -> &'d Value {
        self.target(value).unwrap_or(value)
    }

    fn target(&self, value: &Value) -> Option<&'d Value> {
        let pointer = value.get("$ref")?.as_str()?.strip_prefix('#')?;
        self.document.pointer(pointer)
    }

    fn within(&self, schema: &'d Value, path: &mut Vec<&'d Value>) -> Type {
        if path.len() > DEEPEST {
            return Type::Json;
        }
        if schema.get("$ref").is_some() {
            let Some(target) = self.target(schema) else { return Type::Json };
            if path.iter().any(|open| std::ptr::eq(*open, target)) {
                return Type::Json;
            }
            path.push(target);
            let ty = self.within(target, path);
            path.pop();
            return ty;
        }
        path.push(schema);
        let ty = self.plain(schema, path);
        path.pop();
        if schema.get("nullable") == Some(&Value::Bool(true)) { ty.optional() } else { ty }
    }

    fn plain(&self, schema: &'d Value, path: &mut Vec<&'d Value>) -> Type {
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            return self.all_of(schema, parts, path);
        }
        for word in ["oneOf", "anyOf"] {
            if let Some(members) = schema.get(word).and_then(Value::as_array) {
                return self.one_of(members, path);
            }
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return literals(values);
        }
        if let Some(value) = schema.get("const") {
            return literals(std::slice::from_ref(value));
        }
        match schema.get("type") {
            Some(Value::String(kind)) => self.of_kind(kind, schema, path),
            Some(Value::Array(kinds)) => {
                let kinds = kinds.iter().filter_map(Value::as_str);
                union(kinds.map(|kind| self.of_kind(kind, schema, path)).collect::<Vec<_>>())
            }
            _ if schema.get("properties").is_some() => self.object(schema, path),
            _ => Type::Json,
        }
    }

    fn of_kind(&self, kind: &str, schema: &'d Value, path: &mut Vec<&'d Value>) -> Type {
        let format = schema.get("format").and_then(Value::as_str);
        let encoded = schema.get("contentEncoding").and_then(Value::as_str);
        match kind {
            "null" => Type::Null,
            "boolean" => Type::Bool,
            "integer" => Type::Int,
            "number" => Type::Float,
            "string" if format == Some("date-time") => Type::Time,
            "string" if format == Some("byte") || encoded == Some("base64") => Type::Bytes,
            "string" => Type::Text,
            "array" => {
                let of = schema.get("items").map_or(Type::Json, |items| self.within(items, path));
                Type::List(Box::new(of))
            }
            "object" => self.object(schema, path),
            _ => Type::Json,
        }
    }

    fn object(&self, schema: &'d Value, path: &mut Vec<&'d Value>) -> Type {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            return match schema.get("additionalProperties") {
                Some(of) if of.is_object() => Type::Map(Box::new(self.within(of, path))),
                _ => Type::Map(Box::new(Type::Json)),
            };
        };
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let fields = properties.iter().map(|(name, of)| {
            let optional = !required.contains(&name.as_str());
            let ty = self.within(of, path);
            let ty = if optional { crate::check::relate::without_null(&ty) } else { ty };
            Field { name: name.clone(), ty, optional }
        });
        Type::Record(fields.collect())
    }

    /// Records are put together; anything else is json.
    fn all_of(&self, schema: &'d Value, parts: &'d [Value], path: &mut Vec<&'d Value>) -> Type {
        let mut fields: Vec<Field> = Vec::new();
        let own = schema.get("properties").map(|_| self.object(schema, path));
        for part in parts.iter().map(|part| self.within(part, path)).chain(own).collect::<Vec<_>>() {
            let Type::Record(more) = part else {
                return if parts.len() == 1 { part } else { Type::Json };
            };
            for field in more {
                fields.retain(|known| known.name != field.name);
                fields.push(field);
            }
        }
        Type::Record(fields)
    }

    fn one_of(&self, members: &'d [Value], path: &mut Vec<&'d Value>) -> Type {
        if members.len() > MEMBERS_MAX {
            return Type::Json;
        }
        union(members.iter().map(|member| self.within(member, path)).collect::<Vec<_>>())
    }
}

fn literals(values: &[Value]) -> Type {
    let mut types = Vec::new();
    for value in values {
        types.push(match value {
            Value::Null => Type::Null,
            Value::Bool(b) => Type::Lit(Lit::Bool(*b)),
            Value::String(text) => Type::Lit(Lit::Text(text.clone())),
            Value::Number(n) => match (n.as_i64(), n.as_f64()) {
                (Some(n), _) => Type::Lit(Lit::Int(n)),
                (None, Some(x)) => Type::Lit(Lit::Float(x)),
                _ => return Type::Json,
            },
            _ => return Type::Json,
        });
    }
    union(types)
}
