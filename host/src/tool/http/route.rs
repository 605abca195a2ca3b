//! A service that OpenAPI describes: each operation has a method, a path, and places for its arguments.

use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde_json::{Map, Value};
use url::Url;

use super::{
    super::{Answer, Attempt, Failed, Tool, failure::failure},
    client,
    exchange::{Outgoing, exchange},
    general::OURS,
    granted::Granted,
    service::{IDEMPOTENCY_KEY, key_value},
    status,
};
use crate::{BodyMeta, RouteMeta, ops::FailureView};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Calls operations by their routes.
pub(in crate::tool) struct Described {
    /// In the place of the address that the description gives.
    base: Option<Url>,
    granted: Granted,
}

impl Described {
    pub(in crate::tool) fn new(base: Option<Url>, granted: Granted) -> Self {
        Self { base, granted }
    }

    async fn attempt(&self, attempt: Attempt) -> Result<Value, Failed> {
        let request = self.request(&attempt)?;
        let answer = exchange(client::shared()?, &self.granted, request, attempt.timeout).await?;
        Ok(status::outcome(&answer, &attempt.fails)?)
    }

    fn request(&self, attempt: &Attempt) -> Result<Outgoing, FailureView> {
        let what = format!("{}.{}", attempt.tool, attempt.operation);
        let wrong = |why: String| failure("tool_failed", format!("`{what}` {why}"));
        let Some(route) = &attempt.route else {
            return Err(wrong("has no route: the code does not say how its request is made".to_owned()));
        };
        let method = Method::from_bytes(route.method.to_ascii_uppercase().as_bytes())
            .map_err(|_| wrong(format!("has `{}` for a method, which is none", route.method)))?;
        let empty = Map::new();
        let mut left = attempt.arguments.as_object().unwrap_or(&empty).clone();
        let mut url = self.address(route, &mut left).map_err(&wrong)?;
        query(&mut url, &route.query, &mut left);
        let mut headers = own_headers(&route.headers, &mut left).map_err(&wrong)?;
        headers.insert(ACCEPT, JSON);
        let body = body(route.body, left);
        if body.is_some() {
            headers.insert(CONTENT_TYPE, JSON);
        }
        let changes = !matches!(method, Method::GET | Method::HEAD) && !attempt.readonly;
        if changes && !headers.contains_key(IDEMPOTENCY_KEY) {
            headers.insert(IDEMPOTENCY_KEY, key_value(&attempt.idempotency_key));
        }
        Ok(Outgoing { what, method, url, headers, body })
    }

    /// The server's address with the path behind it; each argument in the path is one segment of it, whatever it holds.
    fn address(&self, route: &RouteMeta, left: &mut Map<String, Value>) -> Result<Url, String> {
        let mut url = match &self.base {
            Some(base) => base.clone(),
            None => Url::parse(&route.server)
                .map_err(|e| format!("is at `{}`, whose address cannot be read ({e})", route.server))?,
        };
        let cannot = || format!("is at {}, which cannot have a path", route.server);
        let mut path = url.path_segments_mut().map_err(|()| cannot())?;
        path.pop_if_empty();
        for segment in route.path.split('/').filter(|segment| !segment.is_empty()) {
            path.push(&filled(segment, left)?);
        }
        drop(path);
        Ok(url)
    }
}

impl Tool for Described {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        Box::pin(self.attempt(attempt))
    }
}

/// `{station}` and `v{version}` with the arguments in their places.
fn filled(segment: &str, left: &mut Map<String, Value>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = segment;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
        let value = left.remove(name).as_ref().and_then(text);
        let value = value.filter(|value| !matches!(value.as_str(), "" | "." | ".."));
        out += before;
        out += &value
            .ok_or_else(|| format!("needs `{name}` for its path: a text that is not empty, or a number"))?;
        rest = after;
    }
    Ok(out + rest)
}

/// A value as it stands in a path, a query or a header; null is none.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Lists are given once for each item (`form` and `explode`, which is OpenAPI's default).
fn query(url: &mut Url, names: &[String], left: &mut Map<String, Value>) {
    let mut pairs = Vec::new();
    for name in names {
        match left.remove(name) {
            Some(Value::Array(items)) => pairs.extend(items.iter().filter_map(text).map(|one| (name, one))),
            Some(value) => pairs.extend(text(&value).map(|one| (name, one))),
            None => {}
        }
    }
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
}

fn own_headers(names: &[String], left: &mut Map<String, Value>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for name in names {
        let Some(value) = left.remove(name).as_ref().and_then(text) else { continue };
        let known = HeaderName::try_from(name)
            .map_err(|_| format!("has `{name}` for a header, which is no name of one"))?;
        if OURS.contains(&known) {
            return Err(format!("may not set the header `{known}`: it belongs to the connection"));
        }
        let value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| format!("was given a value for `{known}` that holds a control character"))?;
        headers.insert(known, value);
    }
    Ok(headers)
}

fn body(form: BodyMeta, mut left: Map<String, Value>) -> Option<Vec<u8>> {
    let value = match form {
        BodyMeta::None => return None,
        BodyMeta::Argument => left.remove("body")?,
        BodyMeta::Rest => Value::Object(left),
    };
    Some(value.to_string().into_bytes())
}
