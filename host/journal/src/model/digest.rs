//! Names of blobs.

use std::fmt::Write;

use sha2::{Digest as _, Sha256};

use crate::Digest;

/// The digest of bytes, as blobs are named by.
pub(crate) fn digest(bytes: &[u8]) -> Digest {
    Digest::from(<[u8; 32]>::from(Sha256::digest(bytes)))
}

/// Of a SHA-256.
impl From<[u8; 32]> for Digest {
    fn from(hash: [u8; 32]) -> Self {
        let mut text = String::with_capacity(71);
        text.push_str("sha256:");
        for byte in hash {
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }
}
