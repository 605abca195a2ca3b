//! One request and its answer, redirects included.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use reqwest::{
    Method, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, PROXY_AUTHORIZATION},
};
use tokio::time::timeout;
use url::Url;

use super::{
    super::{Failed, failure::failure},
    granted::Granted,
    parcel::Parcel,
    trouble::trouble,
};

/// How many redirects are followed.
pub(super) const HOPS: usize = 5;

/// The largest body that is read: 8 MiB.
pub(super) const LARGEST: usize = 8 << 20;

/// What goes out.
#[derive(Clone)]
pub(super) struct Outgoing {
    /// Who asks, for messages: `payments.charge`.
    pub(super) what: String,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
}

/// What came back, whatever its status.
#[derive(Debug)]
pub(super) struct Incoming {
    /// Who asked.
    pub(super) what: String,
    /// Where it came from in the end.
    pub(super) url: Url,
    pub(super) status: StatusCode,
    /// Names in lower case; several of one name are joined by `, `.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

/// Sends it and reads the answer, all within `limit`.
///
/// # Errors
/// `denied`, `network`, `timeout` (unclear where the request may have left), `limit` for a body over [`LARGEST`], `tool_failed` after more than [`HOPS`] redirects.
pub(super) async fn exchange(
    client: &reqwest::Client,
    granted: &Granted,
    request: Outgoing,
    limit: Duration,
) -> Result<Incoming, Failed> {
    let (what, url) = (request.what.clone(), request.url.clone());
    let left = Arc::new(AtomicBool::new(false));
    timeout(limit, follow(client, granted, request, &left)).await.unwrap_or_else(|_| {
        let late = failure("timeout", format!("`{what}` had no whole answer from {url} within {limit:?}"));
        Err(if left.load(Ordering::SeqCst) { Failed::Unclear(late) } else { Failed::Known(late) })
    })
}

async fn follow(
    client: &reqwest::Client,
    granted: &Granted,
    mut request: Outgoing,
    left: &Arc<AtomicBool>,
) -> Result<Incoming, Failed> {
    let mut done = false;
    for _ in 0..=HOPS {
        granted
            .check(&format!("`{}`", request.what), &request.url)
            .map_err(|denied| behind(done, denied.into()))?;
        let response = sent(client, &request, left).await.map_err(|failed| behind(done, failed))?;
        match target(&response) {
            Some(next) => done |= redirect(&mut request, response.status(), next),
            None => return read(request, response).await,
        }
    }
    let message =
        format!("`{}` was redirected more than {HOPS} times, the last time to {}", request.what, request.url);
    Err(behind(done, failure("tool_failed", message).into()))
}

async fn sent(
    client: &reqwest::Client,
    request: &Outgoing,
    left: &Arc<AtomicBool>,
) -> Result<Response, Failed> {
    let outgoing =
        client.request(request.method.clone(), request.url.clone()).headers(request.headers.clone());
    let outgoing = match &request.body {
        Some(body) => outgoing.body(Parcel::body(body.clone(), left)),
        None => {
            // Without a body nothing tells when it leaves.
            left.store(true, Ordering::SeqCst);
            outgoing
        }
    };
    outgoing.send().await.map_err(|e| trouble(&request.what, &request.url, &e))
}

/// A failure on the way to where the answer of something is that was carried out before (`done`): what it says is not known.
fn behind(done: bool, failed: Failed) -> Failed {
    if done { Failed::Unclear(failed.into()) } else { failed }
}

/// Where a redirect leads to.
fn target(response: &Response) -> Option<Url> {
    matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308).then_some(())?;
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    response.url().join(location).ok()
}

/// As RFC 9110, 15.4 has it, and as browsers do it: 303 asks for a GET, and after 301 and 302 a POST becomes one. What
/// proves who we are is not shown to another origin. Gives whether the answer was to something that changes things, and now only its
/// result is fetched.
fn redirect(request: &mut Outgoing, status: StatusCode, next: Url) -> bool {
    let changed = !matches!(request.method, Method::GET | Method::HEAD);
    let becomes_get = match status.as_u16() {
        303 => request.method != Method::HEAD,
        301 | 302 => request.method == Method::POST,
        _ => false,
    };
    if becomes_get {
        request.method = Method::GET;
        request.body = None;
        request.headers.remove(CONTENT_TYPE);
    }
    if next.origin() != request.url.origin() {
        for name in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION] {
            request.headers.remove(name);
        }
    }
    request.url = next;
    changed && becomes_get
}

async fn read(request: Outgoing, mut response: Response) -> Result<Incoming, Failed> {
    let too_large = || {
        let most = LARGEST >> 20;
        let message = format!("the answer of {} to `{}` is over {most} MiB", request.url, request.what);
        Failed::from(failure("limit", message))
    };
    let told =
        response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if request.method != Method::HEAD && told.is_some_and(|length| length > LARGEST as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| trouble(&request.what, &request.url, &e))? {
        if body.len() + chunk.len() > LARGEST {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    let (status, headers) = (response.status(), flat(response.headers()));
    Ok(Incoming { what: request.what, url: request.url, status, headers, body })
}

fn flat(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut flat = BTreeMap::<String, String>::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let all = flat.entry(name.as_str().to_owned()).or_default();
        if !all.is_empty() {
            all.push_str(", ");
        }
        all.push_str(&value);
    }
    flat
}
