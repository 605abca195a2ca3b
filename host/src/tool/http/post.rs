//! A JSON text that is sent to an address, for tools with a protocol of their own.

use std::{collections::BTreeMap, time::Duration};

use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde_json::Value;
use url::Url;

use super::{
    super::{Failed, failure::failure},
    answer, client,
    exchange::{Outgoing, exchange},
    granted::Granted,
    service::{IDEMPOTENCY_KEY, key_value},
    status,
};
/// What came back, with a status that says that all is well.
pub(in crate::tool) struct Posted {
    pub(in crate::tool) body: Vec<u8>,
    headers: BTreeMap<String, String>,
}

impl Posted {
    /// A header by its name in small letters.
    pub(in crate::tool) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).cloned()
    }
}

/// Posts a JSON text.
///
/// # Errors
/// As every request fails: `denied`, `network`, `timeout`, `http_4xx` …
pub(in crate::tool) async fn post(
    what: &str,
    url: &Url,
    granted: &Granted,
    headers: &[(&'static str, String)],
    key: Option<&str>,
    message: &Value,
    limit: Duration,
) -> Result<Posted, Failed> {
    let mut all = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    for (name, value) in headers {
        let value = HeaderValue::try_from(value.as_str()).map_err(|_| {
            failure("tool_failed", format!("`{what}` was given a value for `{name}` that no header can hold"))
        })?;
        all.insert(HeaderName::from_static(name), value);
    }
    all.extend(key.map(|key| (IDEMPOTENCY_KEY, key_value(key))));
    let body = Some(message.to_string().into_bytes());
    let (what, url) = (what.to_owned(), url.clone());
    let request = Outgoing { what, method: Method::POST, url, headers: all, body };
    let answer = exchange(client::shared()?, granted, request, limit).await?;
    match status::failed(&answer, &answer::any(&answer.body), &[]) {
        Some(failure) => Err(failure.into()),
        None => Ok(Posted { body: answer.body, headers: answer.headers }),
    }
}
