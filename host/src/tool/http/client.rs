//! The one client of the process: a pool of connections, with nothing taken from the environment but root certificates.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::redirect::Policy;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt;

use super::{
    super::failure::failure,
    resolver::{Guarded, Lookup, System},
};
use crate::ops::FailureView;

const IDLE: Duration = Duration::from_secs(60);

/// The client that all steps share.
///
/// # Errors
/// `tool_failed` where it cannot be made.
pub(super) fn shared() -> Result<&'static reqwest::Client, FailureView> {
    static CLIENT: OnceLock<Result<reqwest::Client, String>> = OnceLock::new();
    let client = CLIENT.get_or_init(|| with_lookup(System));
    client.as_ref().map_err(|e| failure("tool_failed", format!("no HTTP client could be made: {e}")))
}

/// A client that finds its addresses by `lookup`.
///
/// # Errors
/// Where TLS cannot be set up, and why.
pub(super) fn with_lookup(lookup: impl Lookup) -> Result<reqwest::Client, String> {
    guarded(Guarded::new(lookup))
}

/// A client of its own for somebody who has named this host himself: it may be wherever its name leads.
///
/// # Errors
/// Where TLS cannot be set up, and why.
pub(crate) fn that_may_reach(host: &str) -> Result<reqwest::Client, String> {
    guarded(Guarded::new(System).but(host))
}

fn guarded(resolver: Guarded<impl Lookup>) -> Result<reqwest::Client, String> {
    let client = reqwest::Client::builder()
        .user_agent(concat!("cairn/", env!("CARGO_PKG_VERSION")))
        .tls_backend_preconfigured(tls().map_err(|e| e.to_string())?)
        .dns_resolver(resolver)
        .redirect(Policy::none())
        .no_proxy()
        .pool_idle_timeout(IDLE);
    client.build().map_err(|e| e.to_string())
}

/// With the root certificates of the machine. Where it has none, requests without TLS still work.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = match builder.clone().with_platform_verifier() {
        Ok(builder) => builder.with_no_client_auth(),
        Err(e) => {
            tracing::warn!("no root certificates on this machine, so no https: {e}");
            builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
