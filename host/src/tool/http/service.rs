//! A service of its own: `POST URL/operation`, arguments in, result out.

use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde_json::Value;
use url::Url;

use super::{
    super::{Answer, Attempt, Failed, Tool, failure::failure},
    client,
    exchange::{Outgoing, exchange},
    granted::Granted,
    status,
};
use crate::ops::FailureView;

/// The header that lets the other side tell a repetition from a new request (draft-ietf-httpapi-idempotency-key-header).
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Calls the operations of one service.
pub(in crate::tool) struct Service {
    base: Url,
    granted: Granted,
}

impl Service {
    pub(in crate::tool) fn new(base: Url, granted: Granted) -> Self {
        Self { base, granted }
    }

    async fn attempt(&self, attempt: Attempt) -> Result<Value, Failed> {
        let request = self.request(&attempt)?;
        let answer = exchange(client::shared()?, &self.granted, request, attempt.timeout).await?;
        Ok(status::outcome(&answer, &attempt.fails)?)
    }

    fn request(&self, attempt: &Attempt) -> Result<Outgoing, FailureView> {
        let what = format!("{}.{}", attempt.tool, attempt.operation);
        let mut url = self.base.clone();
        match url.path_segments_mut() {
            Ok(mut path) => path.pop_if_empty().push(&attempt.operation),
            Err(()) => {
                return Err(failure("tool_failed", format!("`{what}`: {} cannot have a path", self.base)));
            }
        };
        let mut headers = HeaderMap::from_iter([(ACCEPT, JSON), (CONTENT_TYPE, JSON)]);
        if !attempt.readonly {
            headers.insert(IDEMPOTENCY_KEY, key_value(&attempt.idempotency_key));
        }
        let body = Some(attempt.arguments.to_string().into_bytes());
        Ok(Outgoing { what, method: Method::POST, url, headers, body })
    }
}

impl Tool for Service {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        Box::pin(self.attempt(attempt))
    }
}

/// A key as the value of a header: what is not printable ASCII is percent-encoded. Keys have their own `%` encoded already,
/// so two keys never become one.
pub(super) fn key_value(key: &str) -> HeaderValue {
    let mut text = String::with_capacity(key.len());
    for byte in key.bytes() {
        match byte {
            b' '..=b'~' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}
