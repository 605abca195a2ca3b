//! Bytes on their way, hashed as they pass.

use std::{
    fs::File,
    io::{self, ErrorKind, Read, Write},
    path::Path,
};

use sha2::{Digest as _, Sha256};

use crate::Digest;

/// The digest of a file's bytes, and how many they are.
pub(in crate::fjall) fn digest_of(path: &Path) -> io::Result<(Digest, u64)> {
    let mut to = Hashing::new(io::sink());
    let length = io::copy(&mut File::open(path)?, &mut to)?;
    Ok((to.digest(), length))
}

pub(super) struct Hashing<W> {
    pub(super) to: W,
    hash: Sha256,
}

impl<W> Hashing<W> {
    pub(super) fn new(to: W) -> Self {
        Self { to, hash: Sha256::new() }
    }

    pub(super) fn digest(&self) -> Digest {
        digest(&self.hash)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.hash.update(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A file's bytes as they are read; at their end they are compared with the digest.
pub(super) struct Checked {
    from: File,
    hash: Sha256,
    digest: Digest,
}

impl Checked {
    pub(super) fn new(from: File, digest: &Digest) -> Self {
        Self { from, hash: Sha256::new(), digest: digest.clone() }
    }
}

impl Read for Checked {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(bytes)?;
        self.hash.update(bytes.get(..count).unwrap_or_default());
        if count == 0 && !bytes.is_empty() {
            let found = digest(&self.hash);
            if found != self.digest {
                let what = format!("the bytes kept as {} have the digest {}", self.digest.0, found.0);
                return Err(io::Error::new(ErrorKind::InvalidData, what));
            }
        }
        Ok(count)
    }
}

fn digest(hash: &Sha256) -> Digest {
    Digest::from(<[u8; 32]>::from(hash.clone().finalize()))
}
