//! The code that a command is given: a `.cairn` file, or a component from any toolchain, in a file or a registry.

use std::{
    fs,
    path::{Path, PathBuf},
    pin::pin,
    time::Duration,
};

use cairn_host::{
    Component, Deployed, Host,
    oci::{self, Reference},
};

use crate::{
    global::Global,
    language::{self, Compiled},
    problem::{Outcome, mistake},
    screen::out,
};

/// A component, and where it came from.
#[derive(Debug)]
pub(crate) struct Code {
    /// As the user called it.
    pub(crate) path: PathBuf,
    /// The component.
    pub(crate) bytes: Vec<u8>,
    /// What it says of itself.
    pub(crate) component: Component,
    /// The other workflows of the file, which it may start.
    pub(crate) peers: Vec<Vec<u8>>,
}

/// A component of so many bytes brings a language along: its machine code takes seconds, the first time.
const LARGE: usize = 1 << 20;
/// What takes longer than this is told.
const A_MOMENT: Duration = Duration::from_secs(1);

/// What binary WebAssembly begins with (core specification, 5.5.16).
const WASM: &[u8] = b"\0asm";

impl Code {
    /// Hands the component to the host, and says so where that takes a while.
    ///
    /// # Errors
    ///
    /// The host's.
    pub(crate) async fn deployed(&self, host: &Host) -> Outcome<Deployed> {
        let mut deploys = pin!(host.deploy(&self.bytes));
        if self.bytes.len() >= LARGE {
            if let Ok(deployed) = tokio::time::timeout(A_MOMENT, deploys.as_mut()).await {
                return Ok(deployed?);
            }
            out::tell(&format!("making machine code of `{}`: that is done once\n", self.path.display()));
        }
        Ok(deploys.await?)
    }

    /// Compiles the file, or takes it as it is if it is WebAssembly. `workflow` chooses among several.
    ///
    /// # Errors
    ///
    /// The user's mistake: no such file, diagnostics (shown already), no such workflow, no component; a fault where a registry does not give it.
    pub(crate) async fn load(path: &Path, workflow: Option<&str>, global: &Global) -> Outcome<Self> {
        let found = bytes(path, global).await?;
        if let (Some(reference), false) = (in_registry(path), found.starts_with(WASM)) {
            return Err(mistake(
                format!("`{reference}` is no WebAssembly"),
                "a registry holds components; a `.cairn` file is built first: `cairn build`",
            ));
        }
        let compiled = if found.starts_with(WASM) {
            Compiled { main: found, peers: Vec::new() }
        } else {
            written_elsewhere(path)?;
            language::compile(&language::read(path, found)?, workflow)?
        };
        let Compiled { main: bytes, peers } = compiled;
        let component = Host::inspect(&bytes)?;
        if let Some(wanted) = workflow.filter(|name| *name != component.workflow()) {
            return Err(mistake(
                format!("`{}` holds the workflow `{}`, not `{wanted}`", path.display(), component.workflow()),
                "leave `--workflow` out, or give the file that holds it",
            ));
        }
        Ok(Self { path: path.to_owned(), bytes, component, peers })
    }
}

/// Python or TypeScript read as a workflow file would be a page of faults, none of which is the mistake.
///
/// # Errors
///
/// The user's mistake where a file is named as those of a language are that has to be built first.
fn written_elsewhere(path: &Path) -> Outcome<()> {
    let build = match path.extension().and_then(|ending| ending.to_str()) {
        Some("py") => "python -m cairn build",
        Some("js" | "mjs" | "ts" | "mts") => "npx cairn-workflow build",
        _ => return Ok(()),
    };
    let (file, made) = (path.display(), path.with_extension("wasm"));
    Err(mistake(
        format!("`{file}` is no `.cairn` file and no component"),
        format!("build it, then give what comes of that: `{build} {file}` makes `{}`", made.display()),
    ))
}

/// What the user named: a file, or a component in a registry.
///
/// # Errors
///
/// The user's mistake where it cannot be read; a fault where a registry does not give it.
pub(crate) async fn bytes(path: &Path, global: &Global) -> Outcome<Vec<u8>> {
    let Some(text) = in_registry(path) else { return read(path) };
    let reference: Reference = text.parse()?;
    Ok(oci::pull(&reference, &global.dir().fetched()).await?)
}

fn in_registry(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| Reference::is_meant(text))
}

/// The bytes of a file that the user named.
///
/// # Errors
///
/// The user's mistake where it cannot be read.
pub(crate) fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|e| {
        let help = match e.kind() {
            std::io::ErrorKind::NotFound => "is the path right?",
            std::io::ErrorKind::IsADirectory => "give a file in it",
            _ => "may this user read it?",
        };
        mistake(format!("cannot read `{}`: {e}", path.display()), help)
    })
}
