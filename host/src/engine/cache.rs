//! Compiled code on disk, by the digest of the component and by all that compiling depends on: engine, settings, machine.

use std::{
    fs,
    hash::{Hash, Hasher},
    io::Write,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use wasmtime::{Engine, component::Component};

use super::is_the_machines;
use crate::Error;

/// A directory of compiled code. Nobody but the host may write there: what is in it is run as it is.
#[derive(Debug)]
pub(crate) struct Cache {
    dir: PathBuf,
    /// Of engine, settings and machine.
    made_for: String,
}

impl Cache {
    pub(crate) fn open(dir: PathBuf, engine: &Engine) -> Result<Self, Error> {
        fs::create_dir_all(&dir).map_err(|e| {
            Error::fault(format!("the directory for compiled code, {}, cannot be made: {e}", dir.display()))
        })?;
        let mut hasher = Hashed(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let made_for = hasher.0.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { dir, made_for })
    }

    /// The compiled component, from disk or made now and kept there. Blocks for as long as compiling takes.
    pub(crate) fn component(&self, engine: &Engine, digest: &str, bytes: &[u8]) -> Result<Component, Error> {
        let path = self.path(digest);
        if let Some(component) = load(engine, &path) {
            return Ok(component);
        }
        let began = std::time::Instant::now();
        let component = Component::new(engine, bytes).map_err(|e| not_compiled(&e))?;
        tracing::debug!(digest, took = ?began.elapsed(), "compiled");
        if let Err(error) = keep(&component, &path) {
            tracing::warn!(path = %path.display(), %error, "compiled code is not kept");
        }
        // Mapped from the file, its pages are the system's to drop and to read again.
        Ok(load(engine, &path).unwrap_or(component))
    }

    fn path(&self, digest: &str) -> PathBuf {
        let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
        self.dir.join(format!("{hex}-{}.cwasm", self.made_for))
    }
}

fn not_compiled(error: &wasmtime::Error) -> Error {
    if is_the_machines(error) {
        return Error::fault(format!("the machine has no room for what is compiled: {error:#}"))
            .help("do it again when there is");
    }
    Error::mistake(format!("the component does not compile: {error:#}"))
}

fn load(engine: &Engine, path: &Path) -> Option<Component> {
    if !path.exists() {
        return None;
    }
    #[expect(
        unsafe_code,
        reason = "the file was written by this host from its own compiler's output; only it writes there"
    )]
    // SAFETY: `keep` writes a file under another name and renames it when it is whole; its name holds the digest of what
    // was compiled and of everything that the code depends on.
    let loaded = unsafe { Component::deserialize_file(engine, path) };
    loaded.map_err(|error| tracing::warn!(path = %path.display(), %error, "compiled code is not usable")).ok()
}

/// Written aside and renamed, so that nobody ever sees a half of it.
fn keep(component: &Component, path: &Path) -> std::io::Result<()> {
    let code = component.serialize().map_err(|e| std::io::Error::other(e.to_string()))?;
    let aside = path.with_extension(format!("{}.part", std::process::id()));
    let mut file = fs::File::create(&aside)?;
    file.write_all(&code)?;
    file.sync_all()?;
    fs::rename(aside, path)
}

/// A hasher whose result is the same in every build.
struct Hashed(Sha256);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        let hash = self.0.clone().finalize();
        hash.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}
