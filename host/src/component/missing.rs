//! What a grant lacks of what a component needs.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Meta, ToolMeta};
use crate::tool::{Allow, Grant};

/// Something that a component needs and a grant does not give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// What: `requests to http://127.0.0.1:7402`, `the program git`, ``a binding of the tool `users` ``.
    pub need: String,
    /// The flag that would give it: `--allow exec=git`, `--bind users=http:https://…`.
    pub flag: String,
}

/// What the grant lacks of what the component needs; empty is good.
#[must_use]
pub fn missing(meta: &Meta, grant: &Grant) -> Vec<Missing> {
    let http = meta.needs.http.iter().map(String::as_str).chain(described(meta));
    let http = http.filter_map(|address| server(meta, grant, address));
    let exec = meta.needs.exec.iter().map(String::as_str).chain(scripts(meta));
    let exec = exec.filter_map(|name| program(grant, name));
    let tools = used_tools(meta).into_iter().filter_map(|tool| binding(meta, grant, tool));
    let mut all: Vec<Missing> = Vec::new();
    let secrets = meta.needs.secrets.iter().filter_map(|name| secret(grant, name));
    for one in http.chain(exec).chain(tools).chain(secrets) {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

fn server(meta: &Meta, grant: &Grant, address: &str) -> Option<Missing> {
    let origin = origin(address).unwrap_or_else(|| address.to_owned());
    let allow = Allow::Http(origin.clone());
    if grant.allow.contains(&allow) || rebound(meta, grant, &origin) {
        return None;
    }
    Some(Missing { need: format!("requests to {origin}"), flag: format!("--allow {allow}") })
}

/// Every tool of the code at this origin is bound to something else by the operator.
fn rebound(meta: &Meta, grant: &Grant, origin_: &str) -> bool {
    let mut there = meta
        .tools
        .iter()
        .filter(|tool| addresses(tool).any(|address| origin(address).is_some_and(|found| found == origin_)));
    let mut any = false;
    there.all(|tool| {
        any = true;
        grant.bind.contains_key(&tool.name)
    }) && any
}

/// The programs behind the scripts of `ci`.
fn scripts(meta: &Meta) -> impl Iterator<Item = &str> {
    let tools = meta.tools.iter().filter(|tool| tool.from.as_deref() == Some("ci:"));
    tools.flat_map(|tool| tool.operations.iter()).filter_map(|one| match one.name.as_str() {
        "sh" => Some("sh"),
        "checkout" => Some("git"),
        _ => None,
    })
}

/// Servers that a description names, which were read with it when the code was compiled.
fn described(meta: &Meta) -> impl Iterator<Item = &str> {
    meta.tools
        .iter()
        .flat_map(|tool| tool.operations.iter().filter_map(|one| Some(one.route.as_ref()?.server.as_str())))
}

/// Where the operations of a tool are, as far as the code says.
fn addresses(tool: &ToolMeta) -> impl Iterator<Item = &str> {
    let own = tool.from.as_deref().and_then(|from| from.strip_prefix("http:"));
    own.into_iter().chain(tool.operations.iter().filter_map(|one| Some(one.route.as_ref()?.server.as_str())))
}

fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    url.has_host().then(|| url.origin().ascii_serialization())
}

fn program(grant: &Grant, name: &str) -> Option<Missing> {
    let allow = Allow::Exec(name.to_owned());
    let lacks = !grant.allow.contains(&allow);
    lacks.then(|| Missing { need: format!("the program {name}"), flag: format!("--allow {allow}") })
}

fn secret(grant: &Grant, name: &str) -> Option<Missing> {
    let lacks = !grant.secrets.contains_key(name);
    lacks.then(|| Missing { need: format!("the secret {name}"), flag: format!("--secret {name}=env:{name}") })
}

fn used_tools(meta: &Meta) -> Vec<&str> {
    let names =
        meta.needs.tools.iter().map(|tool| tool.split_once('.').map_or(tool.as_str(), |(name, _)| name));
    let mut names: Vec<&str> = names.collect();
    names.dedup();
    names
}

fn binding(meta: &Meta, grant: &Grant, tool: &str) -> Option<Missing> {
    let from = meta.tool(tool).and_then(|tool| tool.from.as_deref());
    let target = match from.and_then(|from| from.split_once(':')) {
        // The name of an MCP server says nothing about where it is.
        Some(("mcp", _)) => "mcp:https://…".to_owned(),
        // The file was not there when the code was compiled.
        Some(("component", path)) if meta.tool(tool).is_some_and(|tool| tool.component.is_none()) => {
            format!("component:{path}")
        }
        Some(_) => return None,
        None => "http:https://…".to_owned(),
    };
    if grant.bind.contains_key(tool) {
        return None;
    }
    Some(Missing { need: format!("a binding of the tool `{tool}`"), flag: format!("--bind {tool}={target}") })
}
