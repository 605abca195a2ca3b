//! A JSON Schema as a person would write the type: `{ name: string, patience?: int }`.

use serde_json::{Map, Value};

/// Deeper, and longer lists of fields, are cut off: it is for a message.
const DEEPEST: usize = 6;

/// The type that a schema stands for, in the words of the language. What it cannot say is `json`.
pub(crate) fn written(schema: &Value) -> String {
    at_depth(schema, DEEPEST)
}

fn at_depth(schema: &Value, left: usize) -> String {
    let Some(object) = schema.as_object().filter(|_| left > 0) else { return "json".into() };
    if let Some(value) = object.get("const") {
        return value.to_string();
    }
    if let Some(of) = object.get("anyOf").and_then(Value::as_array) {
        return union(of, left);
    }
    match object.get("type").and_then(Value::as_str) {
        Some("object") => record(object, left),
        Some("array") => {
            format!("[{}]", object.get("items").map_or_else(|| "json".into(), |of| at_depth(of, left - 1)))
        }
        Some("string") if object.contains_key("contentEncoding") => "bytes".into(),
        Some("string") if object.contains_key("format") => "time".into(),
        Some("integer") if object.contains_key("description") => "duration (an int: milliseconds)".into(),
        Some(name) => scalar(name).into(),
        None => "json".into(),
    }
}

/// What a JSON type is called in the language.
pub(super) fn scalar(name: &str) -> &str {
    match name {
        "integer" => "int",
        "number" => "float",
        "boolean" => "bool",
        other => other,
    }
}

fn union(of: &[Value], left: usize) -> String {
    let null = |member: &&Value| member.get("type").is_some_and(|t| t == "null");
    let mut members: Vec<String> = of.iter().filter(|m| !null(m)).map(|m| at_depth(m, left)).collect();
    if of.iter().any(|member| null(&member)) {
        match members.as_mut_slice() {
            [one] => one.push('?'),
            _ => members.push("null".into()),
        }
    }
    members.join(" | ")
}

fn record(object: &Map<String, Value>, left: usize) -> String {
    let required: Vec<&str> = object
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let Some(fields) = object.get("properties").and_then(Value::as_object) else {
        let of =
            object.get("additionalProperties").map_or_else(|| "json".into(), |of| at_depth(of, left - 1));
        return format!("map<{of}>");
    };
    if fields.is_empty() {
        return "{}".into();
    }
    let field = |(name, schema): (&String, &Value)| {
        let ty = at_depth(schema, left - 1);
        match required.contains(&name.as_str()) {
            true => format!("{name}: {ty}"),
            // The mark already says that it may be missing.
            false => format!("{name}?: {}", ty.strip_suffix('?').unwrap_or(&ty)),
        }
    };
    format!("{{ {} }}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::written;
    use serde_json::json;

    #[test]
    fn a_schema_reads_as_the_type_that_it_was_made_of() {
        let schema = json!({
            "type": "object",
            "properties": {
                "id": { "type": "string" },
                "note": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
                "at": { "type": "string", "format": "date-time" },
                "state": { "anyOf": [{ "const": "open" }, { "const": "shut" }] },
                "tags": { "type": "array", "items": { "type": "integer" } },
                "rest": { "type": "object", "additionalProperties": {} }
            },
            "required": ["id", "at", "state", "tags", "rest"]
        });
        let expected = r#"{ id: string, note?: string, at: time, state: "open" | "shut", tags: [int], rest: map<json> }"#;
        assert_eq!(written(&schema), expected);
    }
}
