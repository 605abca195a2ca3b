//! What is asked of a registry: a manifest, a blob, and a token for those who have no name there (OCI distribution specification 1.1, "Pull").

use std::time::Duration;

use reqwest::{
    Client, Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, LOCATION, WWW_AUTHENTICATE},
};
use serde::Deserialize;
use tokio::time::timeout;
use url::{Host, Url};

use super::reference::{Reference, is_loopback};
use crate::{
    Error,
    tool::{is_public, that_may_reach},
};

/// How many redirects are followed.
const HOPS: usize = 5;

/// How long nothing may come.
const PATIENCE: Duration = Duration::from_secs(30);

/// The largest answer with a token.
const TOKEN_BYTES: u64 = 1 << 20;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";

/// A registry, as somebody who has no name there.
pub(super) struct Registry<'a> {
    of: &'a Reference,
    base: Url,
    client: Client,
    token: Option<HeaderValue>,
}

impl<'a> Registry<'a> {
    /// # Errors
    /// A fault where no client can be made.
    pub(super) fn new(of: &'a Reference) -> Result<Self, Error> {
        let scheme = if of.on_loopback() { "http" } else { "https" };
        let base = Url::parse(&format!("{scheme}://{}/v2/{}/", of.host(), of.name()))
            .map_err(|e| Error::fault(format!("`{of}` has no address: {e}")))?;
        let client = that_may_reach(base.host_str().unwrap_or_default())
            .map_err(|e| Error::fault(format!("no HTTP client could be made: {e}")))?;
        Ok(Self { of, base, client, token: None })
    }

    /// The manifest, of so many bytes at most.
    pub(super) async fn manifest(&mut self, most: u64) -> Result<Vec<u8>, Error> {
        let response = self.get(&format!("manifests/{}", self.of.digest()), "manifest").await?;
        self.read(response, "manifest", most).await
    }

    /// A blob of this size.
    pub(super) async fn blob(&mut self, digest: &str, size: u64) -> Result<Vec<u8>, Error> {
        let response = self.get(&format!("blobs/{digest}"), "component").await?;
        let bytes = self.read(response, "component", size).await?;
        if bytes.len() as u64 != size {
            let (host, came) = (self.of.host(), bytes.len());
            return Err(Error::fault(format!(
                "`{host}` gave {came} bytes of the {size} of the component {digest}"
            ))
            .help("nothing of it is kept; try again"));
        }
        Ok(bytes)
    }

    /// What is at a place that has to be there, with a token where one is asked for.
    async fn get(&mut self, path: &str, what: &str) -> Result<Response, Error> {
        let url =
            self.base.join(path).map_err(|e| Error::fault(format!("`{}` has no address: {e}", self.of)))?;
        let mut response = self.follow(url.clone()).await?;
        if response.status() == StatusCode::UNAUTHORIZED && self.token.is_none() {
            self.token = Some(self.asked_for(response.headers()).await?);
            response = self.follow(url).await?;
        }
        let (host, of, status) = (self.of.host(), self.of, response.status());
        match status.as_u16() {
            200 => Ok(response),
            404 => Err(Error::mistake(format!("`{host}` has no {what} for `{of}`")).help(
                "are the name and the digest right? A digest is that of the manifest, not of the component",
            )),
            401 | 403 => Err(closed(of)),
            _ => Err(Error::fault(format!(
                "`{host}` answered {status} when it was asked for the {what} of `{of}`"
            ))
            .help("try again later")),
        }
    }

    /// Asks, and goes where it is sent. What proves who we are goes to the registry and nowhere else.
    async fn follow(&self, mut url: Url) -> Result<Response, Error> {
        for _ in 0..=HOPS {
            let mut request = self.client.get(url.clone()).header(ACCEPT, format!("{MANIFEST}, */*"));
            if let Some(token) = self.token.as_ref().filter(|_| url.origin() == self.base.origin()) {
                request = request.header(AUTHORIZATION, token);
            }
            let sent = timeout(PATIENCE, request.send()).await;
            let response = sent.map_err(|_| self.silent(&url))?.map_err(|e| self.unreached(&url, &e))?;
            let location = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let next = match (response.status().as_u16(), location) {
                (301 | 302 | 303 | 307 | 308, Some(to)) => url.join(to).ok(),
                _ => return Ok(response),
            };
            url = self.allowed(next, "sends on to")?;
        }
        Err(Error::fault(format!("`{}` sent on more than {HOPS} times", self.of.host())))
    }

    /// Where a registry may send us: anywhere public by HTTPS; one of this machine also to this machine.
    fn allowed(&self, url: Option<Url>, how: &str) -> Result<Url, Error> {
        let host = self.of.host();
        let url = url.ok_or_else(|| Error::fault(format!("`{host}` {how} what is no address")))?;
        let here = self.of.on_loopback() && is_loopback(&url);
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            _ => None,
        };
        let itself = url.host() == self.base.host();
        let public = itself || address.is_none_or(is_public);
        if here && url.scheme() == "http" || public && url.scheme() == "https" {
            return Ok(url);
        }
        let shown = url.origin().ascii_serialization();
        Err(Error::fault(format!("`{host}` {how} {shown}, which is not public or not `https`"))
            .help("a registry may name other servers only if anybody may reach them, and safely"))
    }

    /// The token for those who have no name, as the registry says that it is to be had (`WWW-Authenticate: Bearer realm=…`).
    async fn asked_for(&self, headers: &HeaderMap) -> Result<HeaderValue, Error> {
        let told = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
        let challenge = told.filter_map(bearer).next().ok_or_else(|| closed(self.of))?;
        let mut url = self.allowed(Url::parse(&challenge.realm).ok(), "has its tokens at")?;
        let scope = challenge.scope.unwrap_or_else(|| format!("repository:{}:pull", self.of.name()));
        url.query_pairs_mut().append_pair("scope", &scope);
        if let Some(service) = challenge.service {
            url.query_pairs_mut().append_pair("service", &service);
        }
        let response = self.follow(url).await?;
        if !response.status().is_success() {
            return Err(closed(self.of));
        }
        let body = self.read(response, "token", TOKEN_BYTES).await?;
        let token: Token = serde_json::from_slice(&body).map_err(|_| closed(self.of))?;
        let token = token.token.or(token.access_token).ok_or_else(|| closed(self.of))?;
        let mut value = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| closed(self.of))?;
        value.set_sensitive(true);
        Ok(value)
    }

    async fn read(&self, mut response: Response, what: &str, most: u64) -> Result<Vec<u8>, Error> {
        let url = response.url().clone();
        let mut bytes = Vec::new();
        loop {
            let chunk = timeout(PATIENCE, response.chunk()).await.map_err(|_| self.silent(&url))?;
            let Some(chunk) = chunk.map_err(|e| self.unreached(&url, &e))? else { return Ok(bytes) };
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > most {
                let host = self.of.host();
                return Err(Error::fault(format!("`{host}` gave a {what} of more than {most} bytes"))
                    .help("nothing of it is kept; ask whoever runs the registry"));
            }
        }
    }

    fn silent(&self, url: &Url) -> Error {
        let host = url.host_str().unwrap_or_default();
        Error::fault(format!("`{host}` said nothing for {PATIENCE:?} when it was asked for `{}`", self.of))
            .help("try again")
    }

    fn unreached(&self, url: &Url, error: &reqwest::Error) -> Error {
        let mut cause: &dyn std::error::Error = error;
        while let Some(next) = cause.source() {
            cause = next;
        }
        let (host, of) = (url.host_str().unwrap_or_default(), self.of);
        Error::fault(format!("`{of}` did not come from `{host}`: {cause}"))
            .help("is the registry there? nothing was kept; try again")
    }
}

/// Only what everybody may have can be had.
fn closed(of: &Reference) -> Error {
    Error::mistake(format!("`{}` does not give `{}` to everybody, or does not have it", of.host(), of.name()))
        .help("cairn has no name and no password there: fetch the component with a tool that logs in (`oras pull`, `wkg oci pull`), and give the file")
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

/// How a token is to be had.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Challenge {
    pub(super) realm: String,
    pub(super) service: Option<String>,
    pub(super) scope: Option<String>,
}

/// Reads `Bearer realm="…",service="…",scope="…"`.
pub(super) fn bearer(told: &str) -> Option<Challenge> {
    let (scheme, mut rest) = told.trim_start().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let mut challenge = Challenge::default();
    while let Some((name, behind)) = rest.split_once('=') {
        let name = name.trim_matches([' ', ',']);
        let (value, behind) = match behind.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => behind.split_once(',').unwrap_or((behind, "")),
        };
        match name.to_ascii_lowercase().as_str() {
            "realm" => value.clone_into(&mut challenge.realm),
            "service" => challenge.service = Some(value.to_owned()),
            "scope" => challenge.scope = Some(value.to_owned()),
            _ => {}
        }
        rest = behind;
    }
    (!challenge.realm.is_empty()).then_some(challenge)
}
