//! What a status means: a result, a kind of failure that the operation declares, or one of the general kinds.

use reqwest::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    super::failure::{failure, failure_with},
    answer,
    exchange::Incoming,
};
use crate::ops::FailureView;

/// Declared kinds of failure and the status that means each.
pub(super) type Declared = [(String, Option<u16>)];

/// What an answer of a service comes to, whichever way its request was made.
pub(super) fn outcome(answer: &Incoming, declared: &Declared) -> Result<Value, FailureView> {
    let body = answer::any(&answer.body);
    if let Some(failure) = failed(answer, &body, declared) {
        return Err(failure);
    }
    if answer.status.is_success() {
        return Ok(body);
    }
    let (what, url, status) = (&answer.what, &answer.url, answer.status);
    Err(failure("tool_failed", format!("`{what}`: {url} answered {status}, which is no result")))
}

/// The failure that an answer means, if it means one. `body` is the answer's as a value.
pub(super) fn failed(answer: &Incoming, body: &Value, declared: &Declared) -> Option<FailureView> {
    if let Some(kind) = declared_kind(answer.status, body, declared) {
        return Some(failure_with(kind, message(answer, body), declared_detail(body)));
    }
    let kind = match answer.status.as_u16() {
        429 => "http_429",
        400..500 => "http_4xx",
        500.. => "http_5xx",
        _ => return None,
    };
    let detail = json!({ "status": answer.status.as_u16(), "body": body });
    Some(failure_with(kind, message(answer, body), detail))
}

/// By status; among several of one status, and where none names it, by the body's `error`.
fn declared_kind<'a>(status: StatusCode, body: &'a Value, declared: &'a Declared) -> Option<&'a str> {
    let said = body.get("error").and_then(Value::as_str);
    let mut by_status = declared.iter().filter(|(_, means)| *means == Some(status.as_u16()));
    let said_and_declared = |(kind, _): &&(String, Option<u16>)| Some(kind.as_str()) == said;
    let found = match by_status.clone().find(said_and_declared).or_else(|| by_status.next()) {
        None if status.is_client_error() || status.is_server_error() => {
            declared.iter().find(said_and_declared)
        }
        found => found,
    };
    found.map(|(kind, _)| kind.as_str())
}

fn declared_detail(body: &Value) -> Value {
    match body {
        Value::Object(fields) => match fields.get("detail") {
            Some(detail @ Value::Object(_)) => detail.clone(),
            _ => {
                let of_the_kind =
                    fields.iter().filter(|(name, _)| !matches!(name.as_str(), "error" | "message"));
                Value::Object(
                    of_the_kind.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>(),
                )
            }
        },
        _ => Value::Null,
    }
}

fn message(answer: &Incoming, body: &Value) -> String {
    match body.get("message").and_then(Value::as_str) {
        Some(message) if !message.is_empty() => message.to_owned(),
        _ => format!("`{}`: {} answered {}", answer.what, answer.url, answer.status),
    }
}
