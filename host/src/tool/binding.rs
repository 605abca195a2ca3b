//! What a tool's name stands for: the operator's binding, else what the code says itself.

use std::{path::Path, sync::Arc};

use url::Url;

use super::{
    Grant, Tool,
    ci::Ci,
    exec::Exec,
    failure::failure,
    http::{Described, General, Granted, Service},
    mcp::Mcp,
};
use crate::ops::FailureView;

/// Finds the tool that `tool` stands for: what the operator bound under the name, else `from`, the code's own word.
/// What comes back obeys the grant; a service that the operator bound may be reached without being allowed once more.
///
/// # Errors
/// `denied` where nothing is bound, `tool_failed` where a binding says nothing that this host can do.
pub fn resolve(tool: &str, from: Option<&str>, grant: &Grant) -> Result<Arc<dyn Tool>, FailureView> {
    resolve_in(tool, from, grant, None)
}

/// As [`resolve`], with a folder where tools may keep what belongs to no run alone: the trees of `ci`.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_in(
    tool: &str,
    from: Option<&str>,
    grant: &Grant,
    folder: Option<&Path>,
) -> Result<Arc<dyn Tool>, FailureView> {
    let bound = grant.bind.get(tool).map(String::as_str);
    let Some(binding) = bound.or(from) else {
        return Err(failure(
            "denied",
            format!(
                "nothing is bound to the tool `{tool}`: say what it is, such as `--bind {tool}=http:https://host`"
            ),
        ));
    };
    match binding.split_once(':') {
        Some(("ci", "")) => Ok(Arc::new(Ci::new(grant, folder))),
        Some(("exec", "")) => Ok(Arc::new(Exec::new(grant))),
        Some(("http", "")) => Ok(Arc::new(General::new(Granted::of(grant)))),
        Some(("http", address)) => {
            let base = service_address(tool, binding, address)?;
            let granted = Granted::of(grant).and(bound.map(|_| &base));
            Ok(Arc::new(Service::new(base, granted)))
        }
        Some(("openapi", address)) => {
            // The code's own word is a file that was read when it was compiled.
            let base = bound.map(|_| service_address(tool, binding, address)).transpose()?;
            let granted = Granted::of(grant).and(base.as_ref());
            Ok(Arc::new(Described::new(base, granted)))
        }
        Some(("mcp", server)) => match server.split_once(':') {
            Some(("exec", line)) if !line.trim().is_empty() => Ok(Arc::new(Mcp::program(line, grant))),
            Some(("http" | "https", _)) => {
                let url = service_address(tool, binding, server)?;
                let granted = Granted::of(grant).and(bound.map(|_| &url));
                Ok(Arc::new(Mcp::Web { url, granted }))
            }
            _ => Err(unbound_server(tool, server)),
        },
        Some(("component", path)) => Err(unkept(tool, path)),
        _ => Err(unknown(tool, binding)),
    }
}

/// What is left of a component here has no bytes: those that have some are run by the host.
fn unkept(tool: &str, path: &str) -> FailureView {
    failure(
        "denied",
        format!(
            "nothing is bound to the component `{path}` of the tool `{tool}`, which was not beside the source when that was compiled: \
             say where it is, `--bind {tool}=component:PATH`"
        ),
    )
}

/// The code names a server, and only the operator knows where it is.
fn unbound_server(tool: &str, server: &str) -> FailureView {
    failure(
        "denied",
        format!(
            "nothing is bound to the MCP server `{server}` of the tool `{tool}`: say where it is, such as \
             `--bind {tool}=mcp:https://host/mcp` or `--bind {tool}='mcp:exec:PROGRAM ARGUMENTS'`"
        ),
    )
}

fn service_address(tool: &str, binding: &str, address: &str) -> Result<Url, FailureView> {
    let wrong = |why: &str| {
        failure(
            "tool_failed",
            format!("`{tool}` is bound to `{binding}`, {why}: write `{tool}=http:https://host:port/path`"),
        )
    };
    let url = Url::parse(address).map_err(|e| wrong(&format!("whose address cannot be read ({e})")))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(wrong("which is no address of http or https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("and an address must not hold a name or password"));
    }
    Ok(url)
}

fn unknown(tool: &str, binding: &str) -> FailureView {
    let meant = match Url::parse(binding) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => format!("write `{tool}=http:{binding}`"),
        _ => {
            "a tool is `http:URL` or `openapi:URL` (a service), `component:PATH` (a component), `mcp:URL` or `mcp:exec:PROGRAM` (an MCP \
             server), `http:` (the general client), `exec:` (commands) or `ci:` (scripts)"
                .to_owned()
        }
    };
    failure("tool_failed", format!("`{tool}` is bound to `{binding}`, which this host cannot call: {meant}"))
}
