//! JSON to fill in, from the JSON Schema of what is wanted; and JSON in one line for people.

use serde::Serialize;
use serde_json::{Map, Value, ser::Formatter};

/// A value of the form that the schema describes, with `…` for texts; only fields that must be there, or all where none must.
pub(crate) fn template(schema: &Value) -> Value {
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
        let real = choices.iter().find(|choice| choice.get("type").is_none_or(|ty| ty != "null"));
        return real.map_or(Value::Null, template);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => object(schema),
        Some("array") => Value::Array(schema.get("items").map(template).into_iter().collect()),
        Some("string") => text(schema).into(),
        Some("integer" | "number") => 0.into(),
        Some("boolean") => false.into(),
        _ => Value::Null,
    }
}

fn object(schema: &Value) -> Value {
    let required = schema.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let wanted = |name: &str| required.is_empty() || required.iter().any(|other| other == name);
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return Value::Object(Map::new());
    };
    let fields = properties.iter().filter(|(name, _)| wanted(name));
    fields.map(|(name, schema)| (name.clone(), template(schema))).collect()
}

fn text(schema: &Value) -> &'static str {
    if schema.get("format").is_some_and(|format| format == "date-time") {
        "2026-01-31T00:00:00Z"
    } else {
        "…"
    }
}

/// JSON in one line, with spaces behind colons and commas.
pub(crate) fn one_line(value: &Value) -> String {
    let mut bytes = Vec::new();
    let written = value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Spaced));
    match written {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => value.to_string(),
    }
}

/// JSON in one line of at most `most` characters; `…` at the end says that there is more.
pub(crate) fn brief(value: &Value, most: usize) -> String {
    cut(&one_line(value), most)
}

/// The first line of a text, of at most `most` characters; `…` at the end says that there is more.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= most && line.len() == text.trim_end().len() {
        return line.to_owned();
    }
    let kept: String = line.chars().take(most.saturating_sub(1)).collect();
    kept + "…"
}

struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + std::io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(&mut self, out: &mut W) -> std::io::Result<()> {
        out.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_that_the_compiler_writes_has_a_template() {
        let schema = json!({
            "type": "object",
            "properties": {
                "order_id": { "type": "string" },
                "due": { "type": "string", "format": "date-time" },
                "status": { "anyOf": [{ "const": "shipped" }, { "const": "lost" }] },
                "note": { "anyOf": [{ "type": "null" }, { "type": "string" }] },
                "items": { "type": "array", "items": { "type": "object", "properties": { "qty": { "type": "integer" } } } },
                "any": {}, "ok": { "type": "boolean" }, "not_needed": { "type": "string" }
            },
            "required": ["order_id", "due", "status", "note", "items", "any", "ok"]
        });
        assert_eq!(
            one_line(&template(&schema)),
            "{\"order_id\": \"…\", \"due\": \"2026-01-31T00:00:00Z\", \"status\": \"shipped\", \"note\": \"…\", \
             \"items\": [{\"qty\": 0}], \"any\": null, \"ok\": false}"
        );
    }

    #[test]
    fn a_line_is_cut_by_characters_and_says_so() {
        assert_eq!(brief(&json!({ "ä": [1, 2] }), 13), "{\"ä\": [1, 2]}");
        assert_eq!(brief(&json!({ "ä": [1, 2] }), 9), "{\"ä\": [1…");
        assert_eq!(cut("one\ntwo", 10), "one…");
        assert_eq!(cut("one\n", 10), "one");
    }

    #[test]
    fn numbers_keep_all_their_digits() {
        assert_eq!(one_line(&json!({ "n": i64::MAX })), "{\"n\": 9223372036854775807}");
    }
}
