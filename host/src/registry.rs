//! Components by digest: kept in the journal's blobs, compiled once, ready to be instantiated.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use cairn_journal::{Digest, Journal};
use quick_cache::sync::Cache as Shelf;
use wasmtime::{
    Engine,
    component::{ComponentExportIndex, Linker},
};

use crate::{
    Component, Error, Limits,
    bindings::{BLOCKS, RUN_BLOCK, WorkflowPre},
    component::{Often, read},
    engine::Cache,
    link,
    run::{Guest, store},
    tool::{Kit, ToolCode},
    wasi,
};

/// A component, ready to be instantiated.
pub(crate) struct Code {
    pub(crate) component: Component,
    pub(crate) pre: WorkflowPre<Guest>,
    /// The function that runs its blocks, if it has any.
    pub(crate) run_block: Option<ComponentExportIndex>,
    /// What its input has to be.
    pub(crate) input: Often,
    /// The components among its tools, by name.
    pub(crate) tools: BTreeMap<String, Arc<ToolCode>>,
    /// What the data of each of its events has to be, by name.
    pub(crate) events: HashMap<String, Often>,
}

/// The components that were used last in this process. One that is gone from here lives on where it is being used.
pub(crate) struct Registry {
    shared: Arc<Shared>,
    ready: Shelf<String, Arc<Code>>,
}

/// What making code ready needs, on whatever thread.
struct Shared {
    engine: Engine,
    linker: Linker<Guest>,
    cache: Cache,
    limits: Limits,
    kit: Kit,
}

impl Registry {
    pub(crate) fn new(engine: Engine, cache: Cache, kit: Kit, limits: Limits) -> Result<Self, Error> {
        let linker = link::linker(&engine)?;
        let ready = Shelf::new(limits.components);
        let shared = Arc::new(Shared { engine, linker, cache, limits, kit });
        Ok(Self { shared, ready })
    }

    /// The code of a digest that is kept.
    ///
    /// # Errors
    /// A mistake if nothing of this digest is kept.
    pub(crate) async fn code(&self, journal: &dyn Journal, digest: &str) -> Result<Arc<Code>, Error> {
        if let Some(code) = self.ready.get(digest) {
            return Ok(code);
        }
        let bytes = journal.blob(&Digest(digest.to_owned())).map_err(|e| store(&e))?;
        let bytes = bytes.ok_or_else(|| {
            Error::mistake(format!("no component has the digest {digest}")).help("deploy it first")
        })?;
        self.prepare(bytes).await
    }

    /// The tool of a digest that is kept.
    ///
    /// # Errors
    /// A mistake if nothing of this digest is kept, or it is no tool.
    pub(crate) async fn tool(&self, journal: &dyn Journal, digest: &str) -> Result<Arc<ToolCode>, Error> {
        if let Some(known) = self.shared.kit.known(digest) {
            return Ok(known);
        }
        let bytes = journal.blob(&Digest(digest.to_owned())).map_err(|e| store(&e))?;
        let bytes = bytes.ok_or_else(|| {
            Error::mistake(format!("no component has the digest {digest}"))
                .help("bind the file once more: `--bind NAME=component:PATH`")
        })?;
        self.prepare_tool(bytes).await
    }

    /// How many are ready.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.ready.len()
    }

    /// Checks and compiles a component that is a tool.
    pub(crate) async fn prepare_tool(&self, bytes: Vec<u8>) -> Result<Arc<ToolCode>, Error> {
        let shared = Arc::clone(&self.shared);
        let made = tokio::task::spawn_blocking(move || shared.kit.tool(&bytes)).await;
        made.map_err(|e| Error::fault(format!("compiling did not come to its end: {e}")))?
    }

    /// Checks and compiles a component.
    pub(crate) async fn prepare(&self, bytes: Vec<u8>) -> Result<Arc<Code>, Error> {
        let shared = Arc::clone(&self.shared);
        let made = tokio::task::spawn_blocking(move || shared.make(&bytes)).await;
        let code =
            Arc::new(made.map_err(|e| Error::fault(format!("compiling did not come to its end: {e}")))??);
        let digest = code.component.digest.clone();
        // Two may have made it at the same time.
        self.ready.get_or_insert_with(&digest, || Ok(code))
    }
}

impl Shared {
    fn make(&self, bytes: &[u8]) -> Result<Code, Error> {
        let component = read(bytes, &self.limits)?;
        known_imports(&component)?;
        let compiled = self.cache.component(&self.engine, &component.digest, bytes)?;
        let run_block = compiled
            .get_export_index(None, BLOCKS)
            .and_then(|blocks| compiled.get_export_index(Some(&blocks), RUN_BLOCK));
        let pre = self.linker.instantiate_pre(&compiled).and_then(WorkflowPre::new);
        let pre = pre.map_err(|e| {
            Error::mistake(format!("the component does not have the world `{}/workflow`: {e:#}", link::WORLD))
                .help("build it against the world of this host: `wit/`")
        })?;
        let tools = self.kit.attached(&component, bytes)?;
        let events = component.meta.iter().flat_map(|meta| &meta.events);
        let events = events.map(|event| (event.name.clone(), Often::default())).collect();
        Ok(Code { component, pre, run_block, input: Often::default(), tools, events })
    }
}

fn known_imports(component: &Component) -> Result<(), Error> {
    let unknown: Vec<_> =
        component.imports.iter().filter(|name| !link::offers(name) && !wasi::knows(name)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    if let Some(other) = unknown.iter().find_map(|name| other_world(name)) {
        return Err(Error::mistake(format!(
            "the component is built against the world `{other}`, and this host has `{}`",
            link::WORLD
        ))
        .help("compile its source with this version of cairn, or build it anew against `wit/`"));
    }
    let names: Vec<_> = unknown.iter().map(|name| format!("`{name}`")).collect();
    let wasi = unknown.iter().any(|name| name.starts_with("wasi:"));
    let help = if wasi {
        "of WASI a workflow has, at 0.2, clocks, randomness, output, `wasi:http` in the bodies of steps and, empty, files and sockets: \
         what leaves it are steps"
    } else {
        "build it against the world of this host: `wit/`"
    };
    Err(Error::mistake(format!(
        "the component imports {}, which this host does not have: it knows `{}`",
        names.join(", "),
        link::WORLD
    ))
    .help(help))
}

/// The world that an imported interface belongs to, if that is another version of this host's.
fn other_world(import: &str) -> Option<String> {
    let (interface, version) = import.strip_prefix("cairn:workflow/")?.split_once('@')?;
    let other = format!("cairn:workflow@{version}");
    let known = link::KNOWN.iter().any(|known| known.contains(&format!("/{interface}@")));
    (known && other != link::WORLD).then_some(other)
}
