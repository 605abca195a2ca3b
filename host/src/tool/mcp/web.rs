//! Streamable HTTP: each message is a POST; an answer is JSON, or a stream of events with the answer among them.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use url::Url;

use super::{
    super::{
        Attempt, Failed,
        failure::failure,
        http::{Granted, post},
    },
    CALL, INITIALIZE, REVISION, answers, initialize, initialized, taken, tools_call,
};
use crate::ops::FailureView;

const SESSION: &str = "mcp-session-id";

/// One session with one call.
pub(super) async fn call(
    url: &Url,
    granted: &Granted,
    attempt: &Attempt,
    what: &str,
    left: &AtomicBool,
) -> Result<Value, Failed> {
    let key = (!attempt.readonly).then_some(attempt.idempotency_key.as_str());
    let both = ("accept", "application/json, text/event-stream".to_owned());
    let first =
        post(what, url, granted, std::slice::from_ref(&both), None, &initialize(), attempt.timeout).await;
    let first = first.map_err(FailureView::from)?;
    let revision = taken(what, answer(what, &first.body, INITIALIZE)?)?;
    let revision = revision.get("protocolVersion").and_then(Value::as_str).unwrap_or(REVISION).to_owned();
    let mut headers = vec![both, ("mcp-protocol-version", revision)];
    headers.extend(first.header(SESSION).map(|session| (SESSION, session)));
    let told = post(what, url, granted, &headers, None, &initialized(), attempt.timeout).await;
    told.map_err(FailureView::from)?;
    left.store(true, Ordering::SeqCst);
    let called = post(what, url, granted, &headers, key, &tools_call(attempt), attempt.timeout).await?;
    let answer = answer(what, &called.body, CALL).map_err(Failed::Unclear)?;
    Ok(taken(what, answer)?)
}

/// The answer to a request among what came back.
fn answer(what: &str, body: &[u8], id: u64) -> Result<Value, FailureView> {
    let text = String::from_utf8_lossy(body);
    let whole = serde_json::from_str::<Value>(&text).ok();
    let events = events(&text);
    let messages =
        whole.into_iter().chain(events.iter().filter_map(|event| serde_json::from_str(event).ok()));
    messages.into_iter().find(|message| answers(message, id)).ok_or_else(|| {
        failure("tool_failed", format!("the MCP server of `{what}` gave no answer that can be read"))
    })
}

/// The data of the events of a stream (HTML standard, 9.2.6): lines that begin with `data:`, joined up to the next empty one.
fn events(text: &str) -> Vec<String> {
    let mut events = vec![String::new()];
    for line in text.lines() {
        match (line.strip_prefix("data:"), events.last_mut()) {
            (Some(data), Some(event)) => {
                if !event.is_empty() {
                    event.push('\n');
                }
                event.push_str(data.strip_prefix(' ').unwrap_or(data));
            }
            _ if line.is_empty() => events.push(String::new()),
            _ => {}
        }
    }
    events
}
