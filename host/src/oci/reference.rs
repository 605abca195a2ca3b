//! What is to be fetched, as it is written.

use std::{fmt, net::IpAddr, str::FromStr};

use url::{Host, Url};

use crate::Error;

/// What a reference begins with.
const SCHEME: &str = "oci://";

/// `oci://HOST/NAME@sha256:…`: a registry, a name in it, and the digest of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    host: String,
    name: String,
    digest: String,
    loopback: bool,
}

impl Reference {
    /// Whether this is meant to be one.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(SCHEME)
    }

    /// The registry, with its port if one is written.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The digest of the manifest.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the registry is on this machine, and so is spoken to without TLS.
    pub(super) fn on_loopback(&self) -> bool {
        self.loopback
    }
}

impl FromStr for Reference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |why: &str| {
            Error::mistake(format!("`{text}` names nothing in a registry: {why}"))
                .help("write `oci://HOST/NAME@sha256:…`, with the digest of the manifest")
        };
        let rest = text.strip_prefix(SCHEME).ok_or_else(|| wrong("it does not begin with `oci://`"))?;
        let (host, rest) = rest.split_once('/').ok_or_else(|| wrong("a name belongs behind the registry"))?;
        let loopback = loopback(host).ok_or_else(|| wrong(&format!("`{host}` is no host")))?;
        let Some((name, digest)) = rest.split_once('@') else { return Err(without_digest(host, rest)) };
        // A tag beside a digest says nothing more.
        let name = name.split_once(':').map_or(name, |(name, _)| name);
        if !is_name(name) {
            return Err(wrong(&format!(
                "`{name}` is no name of a repository, which has small letters, digits and `._-/`"
            )));
        }
        if !is_digest(digest) {
            return Err(wrong(&format!("`{digest}` is no digest: `sha256:` and 64 hex digits")));
        }
        Ok(Self { host: host.to_owned(), name: name.to_owned(), digest: digest.to_owned(), loopback })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}@{}", self.host, self.name, self.digest)
    }
}

/// A tag may mean something else tomorrow, and a run could not go on with it.
fn without_digest(host: &str, rest: &str) -> Error {
    let (name, tag) = rest.split_once(':').unwrap_or((rest, "latest"));
    let scheme = if loopback(host) == Some(true) { "http" } else { "https" };
    Error::mistake(format!("`oci://{host}/{rest}` has no digest, and a tag may mean something else tomorrow")).help(format!(
        "write `oci://{host}/{name}@sha256:…`; the digest of the tag is told by `oras resolve {host}/{name}:{tag}`, `crane digest {host}/{name}:{tag}` or, where \
         nobody has to log in, as `docker-content-digest` by\n\
         curl -sI -H 'accept: application/vnd.oci.image.manifest.v1+json' {scheme}://{host}/v2/{name}/manifests/{tag}"
    ))
}

/// Whether it is this machine; none where it is no host at all.
fn loopback(host: &str) -> Option<bool> {
    let url = Url::parse(&format!("https://{host}/")).ok()?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.path() == "/" && url.query().is_none();
    if !plain || url.fragment().is_some() {
        return None;
    }
    Some(is_loopback(&url))
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).to_canonical().is_loopback(),
        None => false,
    }
}

/// The distribution specification's `<name>`, but for how often separators may follow each other.
fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let outer = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() <= 255
        && name
            .split('/')
            .all(|part| part.starts_with(outer) && part.ends_with(outer) && part.chars().all(inner))
}

pub(super) fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}
