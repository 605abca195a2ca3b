//! What the host reads about a workflow without running it. Serialised as JSON into the component's custom sections; the form is
//! described in `docs/component.md`, which the host's author reads instead of this.

use serde::Serialize;
use serde_json::Value;

/// The section `cairn-meta`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Meta {
    /// Of this section: 1.
    pub format: u32,
    /// The workflow's name.
    pub workflow: String,
    /// The author's `version`, if given.
    pub version: Option<i64>,
    /// Its doc comment.
    pub doc: Option<String>,
    /// JSON Schema of the input object.
    pub input: Value,
    /// JSON Schema of the result.
    pub output: Value,
    /// The declared kinds that it lets out.
    pub fails: Vec<String>,
    /// The tools that it uses, only operations that it uses.
    pub tools: Vec<ToolMeta>,
    /// The events that it waits for.
    pub events: Vec<EventMeta>,
    /// What it needs to be granted, worked out from the code.
    pub needs: Needs,
    /// The file's name, without folder.
    pub source: String,
    /// sha256 of the source text, hex.
    pub source_hash: String,
    /// The compiler's version.
    pub compiler: String,
}

/// A tool as its author declared it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToolMeta {
    /// What the code calls it.
    pub name: String,
    /// `http:https://pay.example/v1`, `exec:`, `component:…`, `mcp:…`; none: the operator binds it.
    pub from: Option<String>,
    /// Those that the workflow uses.
    pub operations: Vec<OperationMeta>,
}

/// An operation of a tool.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OperationMeta {
    /// What the code calls it.
    pub name: String,
    /// It changes nothing.
    pub readonly: bool,
    /// Twice is as good as once.
    pub idempotent: bool,
    /// How it may fail.
    pub fails: Vec<FailMeta>,
    /// JSON Schema of the arguments' object.
    pub arguments: Value,
    /// JSON Schema of the result.
    pub result: Value,
}

/// A declared kind of a tool's failure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FailMeta {
    /// The kind.
    pub kind: String,
    /// The HTTP status that means it.
    pub status: Option<u16>,
}

/// An event that the workflow waits for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EventMeta {
    /// Its name.
    pub name: String,
    /// JSON Schema of its fields.
    pub data: Value,
}

/// What has to be granted before it may run; sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Needs {
    /// `payments.charge`
    pub tools: Vec<String>,
    /// `https://api.example.com:8443`: scheme, host and port where not the scheme's own.
    pub http: Vec<String>,
    /// `cargo`
    pub exec: Vec<String>,
    /// Events waited for.
    pub events: Vec<String>,
    /// Names of secrets; empty in this version of the language.
    pub secrets: Vec<String>,
}

/// A line of the section `cairn-map`: where the operation of a key stands in the source.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeyPlace {
    /// The key with `*` for each part that is worked out: `item[*]/hold`.
    pub key: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// `call payments.charge`, `wait order_cancelled`, `sleep`, `undo payments.refund` …
    pub what: String,
}
