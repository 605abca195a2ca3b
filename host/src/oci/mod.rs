//! Components in registries of the OCI distribution specification, by digest: `oci://HOST/NAME@sha256:…`.
//!
//! Whoever names a digest has said what the bytes are; a registry can only give them or not. So nothing is trusted: neither the registry,
//! nor where it sends on to, nor what lies in the cache.

mod keep;
mod manifest;
mod reference;
mod registry;
#[cfg(test)]
mod tests;

use std::path::Path;

use sha2::{Digest as _, Sha256};

pub use reference::Reference;

use crate::{Error, Limits};
use registry::Registry;

/// The largest manifest: registries need not take larger ones (OCI distribution specification 1.1, "Pushing Manifests").
const MANIFEST_BYTES: u64 = 4 << 20;

/// The component that a reference stands for: from `cache`, the folder for what has been fetched before, or from its registry, and kept there then.
///
/// # Errors
/// A mistake where the registry does not have it, does not give it to everybody, or it is no component; a fault where what came is not what the digests say, or
/// nothing came.
pub async fn pull(reference: &Reference, cache: &Path) -> Result<Vec<u8>, Error> {
    let kept = keep::read(cache, reference.digest());
    let known = kept.as_deref().and_then(|text| manifest::layer(text, reference).ok());
    if let Some(bytes) = known.and_then(|layer| keep::read(cache, &layer.digest)) {
        return Ok(bytes);
    }
    let mut registry = Registry::new(reference)?;
    let text = registry.manifest(MANIFEST_BYTES).await?;
    is(reference, "manifest", reference.digest(), &text)?;
    let layer = manifest::layer(&text, reference)?;
    let most = u64::try_from(Limits::default().component_bytes).unwrap_or(u64::MAX);
    if layer.size > most {
        let (host, size) = (reference.host(), layer.size);
        return Err(Error::mistake(format!(
            "the component at `{host}` has {size} bytes, and {most} are the most"
        )));
    }
    let bytes = registry.blob(&layer.digest, layer.size).await?;
    is(reference, "component", &layer.digest, &bytes)?;
    keep::write(cache, reference.digest(), &text);
    keep::write(cache, &layer.digest, &bytes);
    Ok(bytes)
}

/// `sha256:` and 64 hex digits.
fn digest(bytes: &[u8]) -> String {
    cairn_journal::Digest::from(<[u8; 32]>::from(Sha256::digest(bytes))).0
}

fn is(reference: &Reference, what: &str, wanted: &str, bytes: &[u8]) -> Result<(), Error> {
    let found = digest(bytes);
    if found == wanted {
        return Ok(());
    }
    let host = reference.host();
    Err(Error::fault(format!(
        "`{host}` gave something else as the {what} {wanted}: it has {} bytes and the digest {found}",
        bytes.len()
    ))
    .help("nothing of it is kept; try again, and if it stays so, ask whoever runs the registry"))
}
