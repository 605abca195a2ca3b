//! What a manifest says: which of its layers is the component.

use serde::Deserialize;

use super::reference::{Reference, is_digest};
use crate::Error;

/// The type of a layer that is WebAssembly: the guidance of the CNCF for artifacts, and what was usual before.
const WASM: [&str; 2] = ["application/wasm", "application/vnd.wasm.content.layer.v1+wasm"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    #[serde(default)]
    layers: Vec<Layer>,
    /// What an index has instead.
    #[serde(default)]
    manifests: Vec<serde_json::Value>,
}

/// A blob that belongs to a manifest.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Layer {
    #[serde(default)]
    media_type: String,
    pub(super) digest: String,
    pub(super) size: u64,
}

/// The component's layer.
///
/// # Errors
/// A mistake where this is no manifest of a component.
pub(super) fn layer(text: &[u8], reference: &Reference) -> Result<Layer, Error> {
    let wrong = |why: &str| {
        Error::mistake(format!("`{reference}` is no component: {why}"))
            .help("it has to be the digest of a manifest with one layer of the type `application/wasm`, as `wkg oci push` and `oras push` make it")
    };
    let manifest: Manifest =
        serde_json::from_slice(text).map_err(|e| wrong(&format!("its manifest cannot be read ({e})")))?;
    if !manifest.manifests.is_empty() {
        return Err(wrong("it is an index of several manifests, each with a digest of its own"));
    }
    let types: Vec<String> = manifest.layers.iter().map(|layer| layer.media_type.clone()).collect();
    let mut found = manifest.layers.into_iter().filter(|layer| WASM.contains(&layer.media_type.as_str()));
    match (found.next(), found.next()) {
        (Some(layer), None) if is_digest(&layer.digest) => Ok(layer),
        (Some(layer), None) => {
            Err(wrong(&format!("its layer has the digest `{}`, and only sha256 is known", layer.digest)))
        }
        (Some(_), Some(_)) => Err(wrong("it has several layers that are WebAssembly")),
        (None, _) if types.is_empty() => Err(wrong("it has no layers")),
        (None, _) => Err(wrong(&format!("its layers are {}", types.join(", ")))),
    }
}
