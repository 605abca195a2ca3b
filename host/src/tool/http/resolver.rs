//! From names to addresses that may be connected to. What is checked here is what the connection is opened to.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// Addresses of a name, or why there are none.
pub(super) type Found = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Something that knows the addresses of names: the system, and in tests a list.
pub(super) trait Lookup: Send + Sync + 'static {
    fn lookup(&self, name: &str) -> Found;
}

/// The system's own resolver.
pub(super) struct System;

impl Lookup for System {
    fn lookup(&self, name: &str) -> Found {
        let name = name.to_owned();
        Box::pin(
            async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect()) },
        )
    }
}

/// Lets through what may be reached by a name: public addresses, and loopback for `localhost`. Addresses that are written
/// out in the URL never come here; for those the grant has named the address itself.
pub(super) struct Guarded<L> {
    lookup: Arc<L>,
    /// The one name that may lead anywhere.
    trusted: Option<Arc<str>>,
}

impl<L> Guarded<L> {
    pub(super) fn new(lookup: L) -> Self {
        Self { lookup: Arc::new(lookup), trusted: None }
    }

    /// But this name may lead anywhere.
    pub(super) fn but(mut self, name: &str) -> Self {
        self.trusted = Some(name.into());
        self
    }
}

impl<L: Lookup> Resolve for Guarded<L> {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, trusted) = (Arc::clone(&self.lookup), self.trusted.clone());
        Box::pin(async move {
            let name = name.as_str();
            let found = match lookup.lookup(name).await {
                Ok(found) if found.is_empty() => return Err(NotFound::boxed(name, "it has no address")),
                Ok(found) => found,
                Err(e) => return Err(NotFound::boxed(name, &e.to_string())),
            };
            let (open, shut): (Vec<_>, Vec<_>) = found
                .into_iter()
                .partition(|address| trusted.as_deref() == Some(name) || may(name, *address));
            match shut.first() {
                Some(address) if open.is_empty() => {
                    Err(Private { name: name.to_owned(), address: *address }.into())
                }
                _ => Ok(Box::new(open.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs),
            }
        })
    }
}

fn may(name: &str, address: IpAddr) -> bool {
    if name.trim_end_matches('.').eq_ignore_ascii_case("localhost") {
        address.is_loopback()
    } else {
        is_public(address)
    }
}

/// A name that leads only to addresses that a name may not lead to.
#[derive(Debug)]
pub(super) struct Private {
    name: String,
    address: IpAddr,
}

impl fmt::Display for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, address } = self;
        let written = SocketAddr::new(*address, 0).to_string();
        let written = written.trim_end_matches(":0");
        write!(
            f,
            "`{name}` leads to {address}, which is no public address, and a name may change what it leads to: \
             if this is meant, call and allow the address itself, such as `--allow http=http://{written}:PORT`"
        )
    }
}

impl std::error::Error for Private {}

/// A name without addresses.
#[derive(Debug)]
pub(super) struct NotFound(String);

impl NotFound {
    fn boxed(name: &str, why: &str) -> Box<dyn std::error::Error + Send + Sync> {
        let why = why.trim_start_matches("failed to lookup address information: ");
        Box::new(Self(format!("the name `{name}` was not found ({why})")))
    }
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotFound {}
