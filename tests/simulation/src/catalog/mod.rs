//! The programs that are run: written ones for every construct, and generated ones.

mod written;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use cairn_compiler::{check, emit, ir};
use cairn_host::{Host, Missed, Settings, port::Ports, tool::Grant};
use cairn_oracle::generate;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::expect::Expected;
use written::{Nature, SPECS};
pub(crate) use written::{Spec, VARIANTS};

/// Generated programs: so many different ones.
const GENERATED: u64 = 800;
/// Seeds that lie side by side share programs, so that a short run compiles few: so many seeds so many programs.
const NEIGHBOURS: u64 = 64;
const SHARED: u64 = 8;

/// What a tool answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    Gives(Value),
    Fails { kind: String, message: String, detail: Value },
    Hangs,
}

/// A program, compiled.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) digest: String,
    /// It, and the workflows that it starts.
    pub(crate) peers: BTreeMap<String, String>,
    pub(crate) kind: Kind,
    /// What it comes to, by the variant of its input.
    expected: Mutex<BTreeMap<u64, Arc<Expected>>>,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Written(&'static Spec),
    Generated { seed: u64, program: Box<ir::Program> },
}

impl Program {
    /// The input of a variant.
    pub(crate) fn input(&self, variant: u64) -> Value {
        match &self.kind {
            Kind::Written(spec) => (spec.input)(variant),
            Kind::Generated { seed, .. } => generate::input(seed.wrapping_mul(31) ^ variant),
        }
    }

    /// Events that it waits for: name and fields.
    pub(crate) fn events(&self, variant: u64) -> Vec<(String, Value)> {
        match &self.kind {
            Kind::Written(spec) => {
                (spec.events)(variant).into_iter().map(|(name, data)| (name.to_owned(), data)).collect()
            }
            Kind::Generated { seed, .. } => {
                let events = generate::events(seed.wrapping_mul(31) ^ variant);
                events.into_iter().map(|event| (event.name, event.data)).collect()
            }
        }
    }

    /// All its events have to be there when it begins: then it is determined what it comes to.
    pub(crate) fn hears_first(&self) -> bool {
        matches!(self.kind, Kind::Generated { .. })
    }

    /// What it comes to does not depend on who is faster.
    pub(crate) fn is_exact(&self) -> bool {
        match &self.kind {
            Kind::Written(spec) => spec.nature == Nature::Exact,
            Kind::Generated { .. } => true,
        }
    }

    pub(crate) fn is_keyed(&self) -> bool {
        matches!(&self.kind, Kind::Written(spec) if spec.nature == Nature::Keyed)
    }

    /// What is done about moments that were missed, if it starts by itself.
    pub(crate) fn missed(&self) -> Option<Missed> {
        match &self.kind {
            Kind::Written(Spec { nature: Nature::Timed(missed), .. }) => Some(*missed),
            _ => None,
        }
    }

    pub(crate) fn answers(&self, operation: &str, arguments: &Value, attempt: u32) -> Reply {
        match &self.kind {
            Kind::Written(_) => written::answers(operation, arguments, attempt),
            Kind::Generated { .. } => match generate::answers(operation, arguments, attempt) {
                Ok(value) => Reply::Gives(value),
                Err(failure) => {
                    Reply::Fails { kind: failure.kind, message: failure.message, detail: failure.detail }
                }
            },
        }
    }

    /// What a variant comes to, worked out once.
    pub(crate) fn expected(&self, variant: u64, work_out: impl FnOnce() -> Expected) -> Arc<Expected> {
        if let Some(known) = self.known().get(&variant) {
            return Arc::clone(known);
        }
        let expected = Arc::new(work_out());
        self.known().insert(variant, Arc::clone(&expected));
        expected
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Arc<Expected>>> {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What all instances are granted.
pub(crate) fn grant() -> Grant {
    let bind = |name: &str| (name.to_owned(), format!("http:https://{name}.example"));
    Grant { bind: BTreeMap::from([bind("t"), bind("w")]), ..Grant::default() }
}

/// All programs, and a host that has their code ready. Shared by all runs of a process.
pub struct Catalog {
    host: Host,
    runtime: Mutex<Runtime>,
    written: Vec<Arc<Program>>,
    generated: Mutex<BTreeMap<u64, Arc<Program>>>,
    _cache: tempfile::TempDir,
}

impl Catalog {
    /// With all written programs compiled; generated ones are when they are first wanted.
    #[must_use]
    pub fn new() -> Self {
        let cache = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut settings = Settings { preempts: false, ..Settings::new(cache.path()) };
        // All of them are kept, whatever shares of its room a cache may make: the worlds have no other place for the code.
        settings.limits.components = 10 * usize::try_from(GENERATED).unwrap_or_default();
        let ports = Ports::system(Arc::new(cairn_host::journal::MemoryJournal::new()));
        let host = runtime.block_on(async { Host::with_ports(settings, ports) }).expect("a host");
        let mut catalog = Self {
            host,
            runtime: Mutex::new(runtime),
            written: Vec::new(),
            generated: Mutex::default(),
            _cache: cache,
        };
        catalog.written = catalog.all_written();
        catalog
    }

    /// The host whose code is shared.
    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    fn deploy(&self, program: &ir::Program) -> String {
        let component = emit(program).expect("it is emitted");
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        runtime.block_on(self.host.deploy(&component)).expect("it is a component").digest
    }

    fn all_written(&self) -> Vec<Arc<Program>> {
        let mut all = Vec::new();
        let checked = check("constructs.cairn", written::TEXT);
        assert!(checked.is_fine(), "the programs are well-typed: {:?}", checked.diagnostics);
        let named =
            checked.workflows.iter().map(|program| (program.meta.workflow.clone(), self.deploy(program)));
        let digests: BTreeMap<String, String> = named.collect();
        for spec in &SPECS {
            let digest =
                digests.get(spec.name).cloned().unwrap_or_else(|| panic!("there is no `{}`", spec.name));
            let kind = Kind::Written(spec);
            let (name, peers) = (spec.name.to_owned(), peers(spec.name, &checked.workflows, &digests));
            all.push(Arc::new(Program { name, digest, peers, kind, expected: Mutex::default() }));
        }
        all
    }

    pub(crate) fn written(&self) -> &[Arc<Program>] {
        &self.written
    }

    /// One of the generated programs that this seed of a run has to choose from.
    pub(crate) fn generated(&self, run: u64, number: u64) -> Arc<Program> {
        let seed = 1 + (run / NEIGHBOURS * SHARED + number % SHARED) % GENERATED;
        let mut ready = self.generated.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = ready.get(&seed) {
            return Arc::clone(program);
        }
        let mut checked = check("generated.cairn", &generate::program(seed));
        let program = Box::new(checked.workflows.pop().expect("there is one"));
        let digest = self.deploy(&program);
        let peers = BTreeMap::from([(program.meta.workflow.clone(), digest.clone())]);
        let kind = Kind::Generated { seed, program };
        let name = format!("generated {seed}");
        let program = Arc::new(Program { name, digest, peers, kind, expected: Mutex::default() });
        ready.insert(seed, Arc::clone(&program));
        program
    }
}

impl Default for Catalog {
    fn default() -> Self {
        Self::new()
    }
}

/// A workflow, those that it starts, and those that they start: each journal begins with their digests.
fn peers(of: &str, all: &[ir::Program], digests: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut peers = BTreeMap::new();
    let mut open = vec![of.to_owned()];
    while let Some(name) = open.pop() {
        let Some(digest) = digests.get(&name).filter(|_| !peers.contains_key(&name)) else { continue };
        peers.insert(name.clone(), digest.clone());
        let program = all.iter().find(|program| program.meta.workflow == name);
        open.extend(program.iter().flat_map(|program| program.meta.workflows.iter().cloned()));
    }
    peers
}

/// An object that there is nothing in.
pub(crate) fn nothing() -> Value {
    json!({})
}
