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
    let client = CLIENT.get_or_init(|| with_lookup(System).map_err(|e| e.to_string()));
    client.as_ref().map_err(|e| failure("tool_failed", format!("no HTTP client could be made: {e}")))
}

/// A client that finds its addresses by `lookup`.
///
/// # Errors
/// Where the TLS configuration cannot be used.
pub(super) fn with_lookup(lookup: impl Lookup) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .user_agent(concat!("cairn/", env!("CARGO_PKG_VERSION")))
        .tls_backend_preconfigured(tls())
        .dns_resolver(Guarded::new(lookup))
        .redirect(Policy::none())
        .no_proxy()
        .pool_idle_timeout(IDLE)
        .build()
}

/// With the root certificates of the machine. Where it has none, requests without TLS still work.
fn tls() -> ClientConfig {
    let provider = Arc::new(ring::default_provider());
    let builder =
        || ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let trusting = builder().and_then(|builder| builder.with_platform_verifier());
    let mut config = match (trusting, builder()) {
        (Ok(builder), _) => builder.with_no_client_auth(),
        (Err(e), Ok(builder)) => {
            tracing::warn!("no root certificates on this machine, so no https: {e}");
            builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
        }
        (Err(_), Err(_)) => unreachable!("ring has suites for TLS 1.2 and 1.3"),
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}
