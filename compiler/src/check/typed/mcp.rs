//! What an MCP server answers to `tools/list`: a list of tools with JSON Schemas of what they take and give.

use serde_json::Value;

use super::schema::Schemas;
use super::{Operations, Unread, is_name, operation, params};
use crate::types::Type;

pub(super) fn read(document: &Value) -> Result<Operations, Unread> {
    let inner = document.get("result").unwrap_or(document);
    let tools = inner.get("tools").and_then(Value::as_array);
    let tools = tools.ok_or_else(|| Unread::at("/tools", "there is no list of tools"))?;
    let mut operations = Vec::new();
    for (n, tool) in tools.iter().enumerate() {
        let place = format!("/tools/{n}");
        let name = tool.get("name").and_then(Value::as_str);
        let name = name.ok_or_else(|| Unread::at(&place, "this tool has no name"))?;
        if !is_name(name) {
            // The server knows it by this name alone, and the language cannot write it.
            continue;
        }
        let input = tool.get("inputSchema").ok_or_else(|| Unread::at(&place, "there is no `inputSchema`"))?;
        let fields = match (Schemas { document: input }).ty(input) {
            Type::Record(fields) => fields,
            Type::Map(_) => Vec::new(),
            _ => return Err(Unread::at(format!("{place}/inputSchema"), "what a tool takes is an object")),
        };
        let output = tool.get("outputSchema");
        let result = output.map_or(Type::Json, |schema| Schemas { document: schema }.ty(schema));
        let mut found = operation(params(fields), result);
        let hint = |name: &str| tool.pointer(&format!("/annotations/{name}")) == Some(&Value::Bool(true));
        found.readonly = hint("readOnlyHint");
        found.idempotent = hint("idempotentHint");
        operations.push((name.to_owned(), found));
    }
    Ok(operations)
}
