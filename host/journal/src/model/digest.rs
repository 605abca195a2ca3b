//! Names of blobs.

use std::fmt::Write;

use sha2::{Digest as _, Sha256};

use crate::Digest;

/// The digest of bytes, as blobs are named by.
pub(crate) fn digest(bytes: &[u8]) -> Digest {
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    let mut text = String::with_capacity(71);
    text.push_str("sha256:");
    for byte in hash {
        let _ = write!(text, "{byte:02x}");
    }
    Digest(text)
}
