//! What components that are tools run on: an engine of their own, so that they never take a workflow's place.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use quick_cache::sync::Cache as Shelf;
use tokio::sync::Semaphore;
use wasmtime::{Engine, component::Linker};

use super::{
    ToolCode,
    call::{State, linker},
    functions::functions,
};
use crate::{
    Component, Error, Limits,
    component::{attached, digest, read},
    engine::{Cache, shared_for_tools},
    wasi,
};

/// Made when the first tool is.
pub(crate) struct Kit {
    cache: PathBuf,
    limits: Limits,
    bench: OnceLock<Result<Arc<Bench>, Error>>,
}

/// What all calls share.
pub(super) struct Bench {
    pub(super) engine: Engine,
    linker: Linker<State>,
    cache: Cache,
    pub(super) limits: Limits,
    /// So many calls run at once; others wait for their turn.
    pub(super) turns: Semaphore,
    /// Those that were used last.
    ready: Shelf<String, Arc<ToolCode>>,
}

impl Kit {
    /// `cache` is the directory of compiled code.
    pub(crate) fn new(cache: PathBuf, limits: Limits) -> Self {
        Self { cache, limits, bench: OnceLock::new() }
    }

    fn bench(&self) -> Result<&Arc<Bench>, Error> {
        let made = self.bench.get_or_init(|| {
            let engine = shared_for_tools(&self.limits)?;
            Ok(Arc::new(Bench {
                linker: linker(&engine)?,
                cache: Cache::open(self.cache.clone(), &engine)?,
                limits: self.limits.clone(),
                turns: Semaphore::new(self.limits.blocks),
                ready: Shelf::new(self.limits.components),
                engine,
            }))
        });
        made.as_ref().map_err(Clone::clone)
    }

    /// A tool that was made ready in this process.
    pub(crate) fn known(&self, digest: &str) -> Option<Arc<ToolCode>> {
        let bench = self.bench.get()?.as_ref().ok()?;
        bench.ready.get(digest)
    }

    /// Checks and compiles a tool, which takes its time.
    ///
    /// # Errors
    /// A mistake that says what is wrong with it.
    pub(crate) fn tool(&self, bytes: &[u8]) -> Result<Arc<ToolCode>, Error> {
        let digest = digest(bytes);
        if let Some(known) = self.known(&digest) {
            return Ok(known);
        }
        let bench = self.bench()?;
        bench.ready.get_or_insert_with(&digest, || bench.make(bytes).map(Arc::new))
    }

    /// The tools that lie in a workflow, by name: they have what it calls.
    ///
    /// # Errors
    /// A mistake that names the tool and what is wrong with it.
    pub(crate) fn attached(
        &self,
        component: &Component,
        bytes: &[u8],
    ) -> Result<BTreeMap<String, Arc<ToolCode>>, Error> {
        let tools = component.meta.iter().flat_map(|meta| &meta.tools);
        let wanted: Vec<_> = tools.filter_map(|tool| Some((tool, tool.component.as_ref()?))).collect();
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        let parts: HashMap<&str, &[u8]> = attached(bytes).into_iter().collect();
        let mut all = BTreeMap::new();
        for (tool, digest) in wanted {
            let name = &tool.name;
            let part = parts.get(name.as_str()).filter(|part| crate::component::digest(part) == *digest);
            let part = part.ok_or_else(|| {
                Error::mistake(format!(
                    "the component of the tool `{name}` is not in its section `cairn-tool:{name}`"
                ))
                .help("build the workflow anew, with the component beside its source")
            })?;
            let code = self.tool(part).map_err(|error| named(name, error))?;
            code.agrees(tool)?;
            all.insert(name.clone(), code);
        }
        Ok(all)
    }
}

fn named(tool: &str, error: Error) -> Error {
    match error {
        Error::Mistake(mistake) => Error::Mistake(crate::Mistake {
            message: format!("the tool `{tool}` cannot be used: {}", mistake.message),
            ..mistake
        }),
        other => other,
    }
}

impl Bench {
    fn make(self: &Arc<Self>, bytes: &[u8]) -> Result<ToolCode, Error> {
        let component = read(bytes, &self.limits)?;
        known_imports(&component)?;
        let compiled = self.cache.component(&self.engine, &component.digest, bytes)?;
        let functions = functions(&self.engine, &compiled)?;
        let pre = self.linker.instantiate_pre(&compiled).map_err(|e| {
            Error::mistake(format!("the component cannot be linked with WASI 0.2: {e:#}"))
                .help("build it anew for wasm32-wasip2, or whatever your toolchain calls that")
        })?;
        Ok(ToolCode { component, bench: Arc::clone(self), pre, functions })
    }
}

/// A tool imports WASI 0.2 and nothing else.
pub(crate) fn known_imports(component: &Component) -> Result<(), Error> {
    let unknown: Vec<_> = component.imports.iter().filter(|name| !wasi::knows(name)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    if unknown.iter().any(|name| name.starts_with("cairn:workflow/")) {
        return Err(Error::mistake(
            "the component is a workflow, and a tool is one without the world `cairn:workflow`",
        )
        .help("start it with `run` or `spawn` in the code, or with `cairn run`"));
    }
    let names: Vec<_> = unknown.iter().map(|name| format!("`{name}`")).collect();
    Err(Error::mistake(format!("the component imports {}, which a tool does not have", names.join(", ")))
        .help("a tool has WASI 0.2, without files and environment, and `wasi:http` for requests to what is granted"))
}
