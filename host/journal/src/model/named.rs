//! Digests that stand in bytes.

use std::collections::BTreeSet;

use crate::Digest;

/// How long a digest is, as a text.
pub(crate) const DIGEST: usize = SIGN.len() + 64;

const SIGN: &[u8] = b"sha256:";

/// What looks like a digest is one.
pub(crate) fn named(bytes: &[u8], found: &mut BTreeSet<Digest>) {
    let mut rest = bytes;
    while let Some(at) = rest.windows(SIGN.len()).position(|part| part == SIGN) {
        let after = rest.get(at + SIGN.len()..).unwrap_or_default();
        let hex = after.get(..64).filter(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        if let Some(hex) = hex.and_then(|hex| std::str::from_utf8(hex).ok()) {
            found.insert(Digest(format!("sha256:{hex}")));
        }
        rest = after;
    }
}
