//! The `cairn-meta` section: what a component says of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a component says of itself; the fields are those of `docs/component.md`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// The version of this form; 1.
    pub format: u32,
    /// The workflow's name.
    pub workflow: String,
    /// Its version, as its author counts; none if the author does not.
    pub version: Option<i64>,
    /// What it does, in its author's words.
    pub doc: Option<String>,
    /// JSON Schema of the input.
    pub input: Value,
    /// JSON Schema of the result.
    pub output: Value,
    /// Declared kinds that it may fail with.
    pub fails: Vec<String>,
    /// Tools that it knows.
    pub tools: Vec<ToolMeta>,
    /// Events that it takes.
    pub events: Vec<EventMeta>,
    /// Events that it sends.
    pub emits: Vec<EventMeta>,
    /// What makes its instances one.
    pub key: Option<KeyMeta>,
    /// Names and numbers, durations in milliseconds; the host keeps `time` and `steps`.
    pub limits: BTreeMap<String, i64>,
    /// What starts it by itself, once that is registered.
    pub triggers: Vec<TriggerMeta>,
    /// Other workflows that it starts.
    pub workflows: Vec<String>,
    /// What it has to be allowed.
    pub needs: Needs,
    /// The source file.
    pub source: Option<String>,
    /// Its SHA-256.
    pub source_hash: Option<String>,
    /// Which compiler made it.
    pub compiler: Option<String>,
}

/// A tool as the code declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolMeta {
    /// Its name in the code.
    pub name: String,
    /// Its binding, if the code gives one: `http:https://pay.example`.
    pub from: Option<String>,
    /// What it can do.
    pub operations: Vec<OperationMeta>,
    /// The digest of the component that it is, where that lies in the section `cairn-tool:NAME`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
}

/// An operation of a tool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OperationMeta {
    /// Its name.
    pub name: String,
    /// It changes nothing.
    pub readonly: bool,
    /// Twice is as good as once.
    pub idempotent: bool,
    /// Declared kinds of failure.
    pub fails: Vec<FailsMeta>,
    /// JSON Schema of the arguments.
    pub arguments: Value,
    /// JSON Schema of the result.
    pub result: Value,
    /// Of a tool that is described by OpenAPI: how its request is made.
    pub route: Option<RouteMeta>,
}

/// How an operation becomes an HTTP request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RouteMeta {
    /// The service's address: `https://ev.example/api/v2`.
    pub server: String,
    /// `POST`
    pub method: String,
    /// `/stations/{station}/slots`
    pub path: String,
    /// Names of arguments that go into the query.
    pub query: Vec<String>,
    /// Names of arguments that go into headers.
    pub headers: Vec<String>,
    /// What the body is made of.
    pub body: BodyMeta,
}

/// What the body of a request is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyMeta {
    /// There is none.
    #[default]
    None,
    /// The value of the argument `body`.
    Argument,
    /// All arguments that go nowhere else.
    Rest,
}

/// What makes instances of a workflow one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyMeta {
    /// Joined they are the key.
    pub parts: Vec<KeyPart>,
    /// What is done with a start whose key is in use.
    #[serde(rename = "else")]
    pub otherwise: Otherwise,
}

/// A part of an instance's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPart {
    /// As it stands.
    Text(String),
    /// A JSON pointer (RFC 6901) into the input.
    Input(String),
}

/// What is done with a start whose key is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Otherwise {
    /// It is the one that runs.
    #[default]
    Join,
    /// It runs when those before it are over.
    Queue,
    /// Those before it are cancelled; it runs when they are over.
    Replace,
    /// It is refused.
    Reject,
}

/// What starts a workflow by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "on")]
pub enum TriggerMeta {
    /// A time of day, again and again.
    Schedule(ScheduleMeta),
    /// An event that is sent to all.
    Event(StartingEventMeta),
    /// A request; nothing listens for any yet.
    Http {
        /// `POST /orders`
        route: String,
        /// Where the arguments come from.
        #[serde(default)]
        start: Vec<StartMeta>,
    },
}

/// `on schedule "0 2 * * *" zone "UTC" missed once start (…)`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleMeta {
    /// Five fields, as cron has them.
    pub cron: String,
    /// A name of the tz database.
    #[serde(default = "utc")]
    pub zone: String,
    /// What is done about moments at which no host was there.
    #[serde(default)]
    pub missed: Missed,
    /// Where the arguments come from.
    #[serde(default)]
    pub start: Vec<StartMeta>,
}

/// `on event shop.placed as e where … start (…)`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartingEventMeta {
    /// Its name.
    pub event: String,
    /// The closed condition of the world's events, as data.
    #[serde(default)]
    pub condition: Option<Value>,
    /// Where the arguments come from.
    #[serde(default)]
    pub start: Vec<StartMeta>,
}

/// What is done about moments at which nothing was there to start a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Missed {
    /// One run for all of them, as of the last.
    #[default]
    Once,
    /// A run for each.
    All,
    /// None.
    Skip,
}

/// An argument of a start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartMeta {
    /// Of the workflow's parameters.
    pub name: String,
    /// Where its value comes from.
    #[serde(flatten)]
    pub from: StartFrom,
}

/// Where an argument of a start comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StartFrom {
    /// As it stands.
    Value(Value),
    /// A JSON pointer (RFC 6901) into what came.
    Data(String),
    /// The moment, RFC 3339.
    Time,
    /// The day of the moment in this zone.
    Date(String),
}

fn utc() -> String {
    "UTC".to_owned()
}

/// A declared kind of failure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FailsMeta {
    /// The kind.
    pub kind: String,
    /// The HTTP status that means it.
    pub status: Option<u16>,
}

/// An event as the code declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventMeta {
    /// Its name.
    pub name: String,
    /// JSON Schema of its fields.
    pub data: Value,
}

/// What a component has to be allowed before it may start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Needs {
    /// `tool.operation`
    pub tools: Vec<String>,
    /// Addresses of HTTP servers.
    pub http: Vec<String>,
    /// Programs.
    pub exec: Vec<String>,
    /// Events that it waits for.
    pub events: Vec<String>,
    /// Events that it sends.
    pub emits: Vec<String>,
    /// Names of secrets.
    pub secrets: Vec<String>,
    /// Workflows that it starts.
    pub workflows: Vec<String>,
    /// Names of locks, `*` for a part that is worked out.
    pub locks: Vec<String>,
}

impl Meta {
    /// A tool by its name in the code.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&ToolMeta> {
        self.tools.iter().find(|tool| tool.name == name)
    }

    /// An event by its name.
    #[must_use]
    pub fn event(&self, name: &str) -> Option<&EventMeta> {
        self.events.iter().find(|event| event.name == name)
    }
}

impl ToolMeta {
    /// An operation by its name.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&OperationMeta> {
        self.operations.iter().find(|operation| operation.name == name)
    }
}
