//! The general client: `use "std:http"`.

use std::collections::BTreeMap;

use reqwest::{
    Method,
    header::{
        CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue,
        PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{
    super::{Answer, Attempt, Failed, Tool, failure::failure},
    answer, client,
    exchange::{Outgoing, exchange},
    granted::Granted,
    service::{IDEMPOTENCY_KEY, key_value},
    status,
};
use crate::ops::FailureView;

/// Headers that belong to the connection and not to the code that asks.
pub(super) const OURS: [HeaderName; 8] =
    [HOST, CONTENT_LENGTH, CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, PROXY_AUTHORIZATION];

/// Requests to any granted origin.
pub(in crate::tool) struct General {
    granted: Granted,
    client: Option<reqwest::Client>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    url: String,
    headers: Option<BTreeMap<String, String>>,
    body: Option<Value>,
}

impl General {
    pub(in crate::tool) fn new(granted: Granted) -> Self {
        Self { granted, client: None }
    }

    /// With a client of its own.
    #[cfg(test)]
    pub(super) fn with_client(granted: Granted, client: reqwest::Client) -> Self {
        Self { granted, client: Some(client) }
    }

    async fn attempt(&self, attempt: Attempt) -> Result<Value, Failed> {
        let request = request(&attempt)?;
        let client = match &self.client {
            Some(own) => own,
            None => client::shared()?,
        };
        let answer = exchange(client, &self.granted, request, attempt.timeout).await?;
        let body = answer::declared(&answer);
        match status::failed(&answer, &body, &attempt.fails) {
            Some(failure) => Err(failure.into()),
            None => Ok(json!({ "status": answer.status.as_u16(), "headers": answer.headers, "body": body })),
        }
    }
}

impl Tool for General {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        Box::pin(self.attempt(attempt))
    }
}

fn request(attempt: &Attempt) -> Result<Outgoing, FailureView> {
    let what = format!("{}.{}", attempt.tool, attempt.operation);
    let wrong = |why: String| failure("tool_failed", format!("`{what}` {why}"));
    let method = method(&attempt.operation).ok_or_else(|| {
        wrong("is not there: the client has get, head, post, put, patch and delete".to_owned())
    })?;
    let arguments = Arguments::deserialize(&attempt.arguments)
        .map_err(|e| wrong(format!("was given arguments that cannot be used: {e}")))?;
    let url =
        Url::parse(&arguments.url).map_err(|e| wrong(format!("cannot read `{}`: {e}", arguments.url)))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            "was given an address with a name or password: put them into `headers`".to_owned(),
        ));
    }
    let mut headers = own_headers(arguments.headers.unwrap_or_default()).map_err(&wrong)?;
    let changes = !matches!(method, Method::GET | Method::HEAD);
    if arguments.body.is_some() && matches!(method, Method::GET | Method::HEAD | Method::DELETE) {
        return Err(wrong("has no `body`".to_owned()));
    }
    let body = arguments.body.map(|body| encode(&body, &mut headers)).transpose().map_err(&wrong)?;
    if changes && !attempt.readonly && !headers.contains_key(IDEMPOTENCY_KEY) {
        headers.insert(IDEMPOTENCY_KEY, key_value(&attempt.idempotency_key));
    }
    Ok(Outgoing { what, method, url, headers, body })
}

fn method(operation: &str) -> Option<Method> {
    Some(match operation {
        "get" => Method::GET,
        "head" => Method::HEAD,
        "post" => Method::POST,
        "put" => Method::PUT,
        "patch" => Method::PATCH,
        "delete" => Method::DELETE,
        _ => return None,
    })
}

fn own_headers(given: BTreeMap<String, String>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let known = HeaderName::try_from(&name)
            .map_err(|_| format!("was given `{name}`, which is no header's name"))?;
        if OURS.contains(&known) {
            return Err(format!("may not set the header `{known}`: it belongs to the connection"));
        }
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
            format!("was given a value for `{known}` that holds a line end or another control character")
        })?;
        headers.insert(known, value);
    }
    Ok(headers)
}

/// JSON, unless the headers say that it is something else; then it has to be a text.
fn encode(body: &Value, headers: &mut HeaderMap) -> Result<Vec<u8>, String> {
    let Some(kind) = headers.get(CONTENT_TYPE) else {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        return Ok(body.to_string().into_bytes());
    };
    let kind = String::from_utf8_lossy(kind.as_bytes());
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match body {
        _ if essence == "application/json" || essence.ends_with("+json") => Ok(body.to_string().into_bytes()),
        Value::String(text) => Ok(text.clone().into_bytes()),
        _ => Err(format!(
            "has a `body` that is no text, and the header `content-type` says `{kind}`, not JSON"
        )),
    }
}
