//! Tools of a server that speaks the Model Context Protocol (revision 2025-06-18): over HTTP (`mcp:https://…`), or a program that is
//! talked to over its own input and output (`mcp:exec:PROGRAM ARGUMENTS`).
//!
//! Each attempt is a session of its own: `initialize`, then `tools/call`. So an attempt leaves nothing open that the next one
//! would have to find again after a crash.

mod stdio;
mod web;

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use url::Url;

use super::{
    Answer, Attempt, Failed, Grant, Tool,
    exec::Program,
    failure::{failure, failure_with},
    http::Granted,
};
use crate::ops::FailureView;

/// The revision of the protocol that is asked for.
const REVISION: &str = "2025-06-18";

/// The numbers of the two requests of a session.
const INITIALIZE: u64 = 1;
const CALL: u64 = 2;

/// The tools of one server.
pub(super) enum Mcp {
    /// At an address.
    Web { url: Url, granted: Granted },
    /// A program.
    Program(Program),
}

impl Mcp {
    /// A program and its arguments, separated by spaces; it has to be granted.
    pub(super) fn program(line: &str, grant: &Grant) -> Self {
        Self::Program(Program::of(line, grant))
    }

    async fn attempt(&self, attempt: Attempt) -> Result<Value, Failed> {
        let what = format!("{}.{}", attempt.tool, attempt.operation);
        let limit = attempt.timeout;
        let left = AtomicBool::new(false);
        let answer = async {
            match self {
                Self::Web { url, granted } => web::call(url, granted, &attempt, &what, &left).await,
                Self::Program(program) => stdio::call(program, &attempt, &what, &left).await,
            }
        };
        let answer = tokio::time::timeout(limit, answer).await.map_err(|_| {
            let message = format!("`{what}` had no answer from its MCP server within {limit:?}");
            failed(&left, failure("timeout", message))
        })??;
        Ok(result(&what, &answer, &attempt.fails)?)
    }
}

/// What a failure means: before the call itself has `left`, nothing was done.
fn failed(left: &AtomicBool, failure: FailureView) -> Failed {
    if left.load(Ordering::SeqCst) { Failed::Unclear(failure) } else { Failed::Known(failure) }
}

impl Tool for Mcp {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        Box::pin(self.attempt(attempt))
    }
}

fn initialize() -> Value {
    let client = json!({ "name": "cairn", "version": env!("CARGO_PKG_VERSION") });
    let params = json!({ "protocolVersion": REVISION, "capabilities": {}, "clientInfo": client });
    json!({ "jsonrpc": "2.0", "id": INITIALIZE, "method": "initialize", "params": params })
}

fn initialized() -> Value {
    json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })
}

/// The key lets a server that knows it tell a repetition from a new call.
fn tools_call(attempt: &Attempt) -> Value {
    let meta = json!({ "cairn/idempotency-key": attempt.idempotency_key });
    let params = json!({ "name": attempt.operation, "arguments": attempt.arguments, "_meta": meta });
    json!({ "jsonrpc": "2.0", "id": CALL, "method": "tools/call", "params": params })
}

/// Is it the answer to the request of this number?
fn answers(message: &Value, id: u64) -> bool {
    message.get("id").and_then(Value::as_u64) == Some(id)
        && (message.get("result").is_some() || message.get("error").is_some())
}

/// The result of an answer.
///
/// # Errors
/// `tool_failed` where it is an error of the protocol.
fn taken(what: &str, mut answer: Value) -> Result<Value, FailureView> {
    if let Some(error) = answer.get("error") {
        let said = error.get("message").and_then(Value::as_str).unwrap_or("no reason was given");
        return Err(failure_with(
            "tool_failed",
            format!("the MCP server refused `{what}`: {said}"),
            error.clone(),
        ));
    }
    Ok(answer.get_mut("result").map(Value::take).unwrap_or_default())
}

/// What a call came to: `structuredContent` where there is some, else the first text, as JSON where it is that.
fn result(what: &str, result: &Value, fails: &[(String, Option<u16>)]) -> Result<Value, FailureView> {
    let content = result.get("content").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = content.iter().find_map(|part| part.get("text").and_then(Value::as_str));
    let structured = result.get("structuredContent").filter(|value| !value.is_null());
    if result.get("isError") == Some(&Value::Bool(true)) {
        let detail = structured.cloned().or_else(|| text.and_then(|text| serde_json::from_str(text).ok()));
        let said = detail.as_ref().and_then(|detail| detail.get("error")?.as_str());
        let declared = fails.iter().find(|(kind, _)| Some(kind.as_str()) == said);
        let kind = declared.map_or("tool_failed", |(kind, _)| kind);
        let message = text.map_or_else(|| format!("`{what}` failed and did not say why"), str::to_owned);
        return Err(failure_with(kind, message, detail.unwrap_or_default()));
    }
    if let Some(value) = structured {
        return Ok(value.clone());
    }
    match text {
        Some(text) => Ok(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))),
        None => Ok(content.to_vec().into()),
    }
}

#[cfg(test)]
mod tests;
