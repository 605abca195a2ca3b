//! What the host reads about a workflow without running it. Serialised as JSON into the component's custom sections; the form is
//! described in `docs/component.md`, which the host's author reads instead of this.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};

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
    /// Events that it sends.
    pub emits: Vec<EventMeta>,
    /// `key … else …`: what makes its instances one.
    pub key: Option<KeyMeta>,
    /// `limits { … }`: name and number; durations in milliseconds. The host keeps `time` and `steps`.
    pub limits: std::collections::BTreeMap<String, i64>,
    /// What starts it by itself.
    pub triggers: Vec<TriggerMeta>,
    /// Other workflows that it starts.
    pub workflows: Vec<String>,
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
    /// `http:https://pay.example/v1`, `exec:`, `ci:`, `component:…`, `mcp:…`, `openapi:…`; none: the operator binds it.
    pub from: Option<String>,
    /// Those that the workflow uses.
    pub operations: Vec<OperationMeta>,
    /// The component that it is, where the file beside the source was there; becomes the section `cairn-tool:NAME`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<Attached>,
}

/// A component that goes along. As JSON it is its digest.
#[derive(Clone, PartialEq)]
pub struct Attached {
    /// As they were read.
    pub bytes: Arc<[u8]>,
    /// `sha256:` and 64 hex digits.
    pub digest: String,
}

impl Attached {
    /// With the digest of these bytes.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { bytes: bytes.into(), digest: format!("sha256:{hex}") }
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digest)
    }
}

impl Serialize for Attached {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.digest)
    }
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
    /// Of a tool from an OpenAPI description: how its request is made.
    pub route: Option<RouteMeta>,
}

/// How an operation becomes an HTTP request: what its OpenAPI description says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RouteMeta {
    /// The service's first server: `https://ev.example/api/v2`.
    pub server: String,
    /// `POST`
    pub method: String,
    /// `/stations/{station}/slots`
    pub path: String,
    /// Names of arguments that go into the query.
    pub query: Vec<String>,
    /// Names of arguments that go into headers.
    pub headers: Vec<String>,
    /// What is the JSON body: nothing, the argument `body`, or an object of all arguments that go nowhere else.
    pub body: BodyMeta,
}

/// What the body of a request is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyMeta {
    /// There is none.
    None,
    /// The value of the argument `body`.
    Argument,
    /// All arguments that go nowhere else.
    Rest,
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
    /// Events sent.
    pub emits: Vec<String>,
    /// Names of secrets.
    pub secrets: Vec<String>,
    /// Workflows started, by name.
    pub workflows: Vec<String>,
    /// Names of locks, `*` for a part that is worked out.
    pub locks: Vec<String>,
}

/// `key "${repo}/${branch}" else replace`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeyMeta {
    /// Joined they are the key.
    pub parts: Vec<KeyMetaPart>,
    /// What is done with a start whose key is in use: `join`, `queue`, `replace` or `reject`.
    #[serde(rename = "else")]
    pub otherwise: String,
}

/// A part of an instance's key.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyMetaPart {
    /// As it stands.
    Text(String),
    /// A JSON pointer (RFC 6901) into the input: a text, an int or a bool.
    Input(String),
}

/// What starts a workflow by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase", tag = "on")]
pub enum TriggerMeta {
    /// `on schedule "0 2 * * *" zone "UTC" start (…)`
    Schedule {
        /// Five fields, as cron has them.
        cron: String,
        /// A name of the tz database.
        zone: String,
        /// What is done about moments that were missed: `once`, `all` or `skip`.
        missed: String,
        /// The arguments: see [`StartMeta`].
        start: Vec<StartMeta>,
    },
    /// `on event shop.order_placed as e where … start (order: e.order)`
    Event {
        /// Its name.
        event: String,
        /// The closed condition of `wit/event.wit`, as data.
        condition: Option<Value>,
        /// The arguments.
        start: Vec<StartMeta>,
    },
    /// `on http "POST /orders" start (order: request.body)`
    Http {
        /// As it stands.
        route: String,
        /// The arguments.
        start: Vec<StartMeta>,
    },
}

/// An argument of a start.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StartMeta {
    /// Of the workflow's parameters.
    pub name: String,
    /// Where its value comes from.
    #[serde(flatten)]
    pub from: StartValue,
}

/// Where a value of a start comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StartValue {
    /// As it stands.
    Value(Value),
    /// A JSON pointer into the event's fields, or into `{ method, path, headers, query, body }` of a request.
    Data(String),
    /// `trigger.time`: the moment, RFC 3339.
    Time,
    /// `trigger.time.date(zone)`: the day.
    Date(String),
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
