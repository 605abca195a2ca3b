//! Compiled workflows on a host that answers from a table: what code generation is tried with, without engine or journal.

mod imports;
mod shown;
mod side;

use std::collections::{BTreeMap, HashMap, HashSet};

use cairn_tests::Random;
use serde_json::Value;
use wasmtime::component::{Component, Linker, Resource, Val};
use wasmtime::{Engine, Store};

use imports::imports;
use shown::ended;
use side::{Block, Undo};

/// How an operation ends.
#[derive(Clone, Debug)]
enum Outcome {
    Well(String),
    Failed { kind: String, message: String, detail: String },
}

impl Outcome {
    fn cancelled() -> Self {
        Self::Failed { kind: "cancelled".into(), message: "cancelled".into(), detail: "null".into() }
    }
}

/// What an operation is, as far as this host cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Block,
    Event,
    Sleep,
    Other,
}

/// An operation: its key, with those of the blocks around it in front.
struct Operation;

/// How a run ended, and what it asked for on the way, a line each.
#[derive(Debug)]
pub(super) struct Ended {
    /// The result, or kind, message and detail of the failure.
    pub(super) result: Result<Value, (String, String, Value)>,
    /// `call KEY TOOL ARGUMENTS`, `undo …`, `sleep KEY 5`, `cancel KEY`, `log …`
    pub(super) trace: Vec<String>,
    /// Undos that were registered and never run.
    pub(super) undos: usize,
    /// Places that were never given back.
    pub(super) held: usize,
    /// The most blocks that were under way at once.
    pub(super) most: usize,
}

/// A host: operations end at once, as the table says, or else well with null. An event that is not in the table never comes. Blocks are
/// run when somebody looks at them, in an order drawn by the seed.
pub(super) struct Guest {
    outcomes: HashMap<String, Outcome>,
    hanging: HashSet<String>,
    cancelled: HashSet<String>,
    trace: Vec<String>,
    operations: Vec<(String, Kind)>,
    /// How often each key was used; another time it gets a suffix.
    used: HashMap<String, u32>,
    undos: Vec<Undo>,
    /// Of blocks that ended well.
    inner: HashMap<String, Vec<Undo>>,
    blocks: BTreeMap<String, Block>,
    most: usize,
    held: HashSet<String>,
    scope: String,
    random: u64,
    order: Random,
    code: Option<(Component, Linker<Guest>)>,
}

impl Guest {
    /// Nothing in the table.
    pub(super) fn new() -> Self {
        Self::seeded(0)
    }

    /// Nothing in the table; blocks end in an order by this seed.
    pub(super) fn seeded(seed: u64) -> Self {
        Self {
            outcomes: HashMap::new(),
            hanging: HashSet::new(),
            cancelled: HashSet::new(),
            trace: Vec::new(),
            operations: Vec::new(),
            used: HashMap::new(),
            undos: Vec::new(),
            inner: HashMap::new(),
            blocks: BTreeMap::new(),
            most: 0,
            held: HashSet::new(),
            scope: String::new(),
            random: 0,
            order: Random::seeded(seed),
            code: None,
        }
    }

    /// The operation of this key ends well.
    pub(super) fn answer(mut self, key: &str, json: &str) -> Self {
        self.outcomes.insert(key.into(), Outcome::Well(json.into()));
        self
    }

    /// The operation of this key fails.
    pub(super) fn fail(mut self, key: &str, kind: &str, detail: &str) -> Self {
        let message = format!("{key} failed");
        self.outcomes
            .insert(key.into(), Outcome::Failed { kind: kind.into(), message, detail: detail.into() });
        self
    }

    /// The operation of this key does not end by itself.
    pub(super) fn hang(mut self, key: &str) -> Self {
        self.hanging.insert(key.into());
        self
    }

    /// The wait of this key gets an event of this place among those that it asked for.
    pub(super) fn event(self, key: &str, subscription: u32, data: &str) -> Self {
        self.answer(key, &format!(r#"{{"subscription":{subscription},"event":"e","id":"1","data":{data}}}"#))
    }

    /// Runs a component's code to its end.
    ///
    /// # Errors
    /// Where it is no component of the world, or traps.
    pub(super) fn run(mut self, component: &[u8], input: &str) -> wasmtime::Result<Ended> {
        let engine = Engine::default();
        let component = Component::new(&engine, component)?;
        let mut linker = Linker::new(&engine);
        imports(&mut linker)?;
        self.code = Some((component.clone(), linker.clone()));
        let mut store = Store::new(&engine, self);
        let instance = linker.instantiate(&mut store, &component)?;
        let run = instance
            .get_func(&mut store, "run")
            .ok_or_else(|| wasmtime::Error::msg("it exports no `run`"))?;
        let mut results = [Val::Bool(false)];
        run.call(&mut store, &[Val::String(input.into())], &mut results)?;
        let [result] = results;
        let guest = store.into_data();
        Ok(Ended {
            result: ended(&result),
            undos: guest.undos.len(),
            held: guest.held.len(),
            most: guest.most,
            trace: guest.trace,
        })
    }

    fn begin(&mut self, key: &str, kind: Kind) -> Resource<Operation> {
        let key = self.whole(key);
        let used = self.used.entry(key.clone()).or_insert(0);
        *used += 1;
        let key = if *used > 1 { format!("{key}#{used}") } else { key };
        self.operations.push((key, kind));
        Resource::new_own(u32::try_from(self.operations.len() - 1).unwrap_or(u32::MAX))
    }

    /// The key with the blocks' around it.
    fn whole(&self, key: &str) -> String {
        format!("{}{key}", self.scope)
    }

    fn operation(&self, operation: u32) -> (String, Kind) {
        self.operations.get(operation as usize).cloned().unwrap_or((String::new(), Kind::Other))
    }

    /// How an operation ended that is no block.
    fn outcome(&self, key: &str, kind: Kind) -> wasmtime::Result<Outcome> {
        let never = kind == Kind::Event || self.hanging.contains(key);
        match self.outcomes.get(key) {
            Some(outcome) => Ok(outcome.clone()),
            None if self.cancelled.contains(key) => Ok(Outcome::cancelled()),
            None if never => Err(wasmtime::Error::msg(format!("`{key}` never ends"))),
            None => Ok(Outcome::Well("null".into())),
        }
    }

    /// Which of several operations ends first: what the table has, then what ends at once (blocks by the seed), then a sleep.
    fn first(&mut self, of: &[(String, Kind)]) -> wasmtime::Result<usize> {
        let table = of.iter().position(|(key, _)| self.outcomes.contains_key(key));
        let alive = |(key, _): &(String, Kind)| !self.hanging.contains(key);
        let blocks: Vec<usize> =
            (0..of.len()).filter(|at| of[*at].1 == Kind::Block && alive(&of[*at])).collect();
        if let (None, false) = (table, blocks.is_empty()) {
            return Ok(blocks[usize::try_from(self.order.below(blocks.len() as u64))?]);
        }
        let other = of.iter().position(|of| of.1 == Kind::Other && alive(of));
        let sleep = of.iter().position(|of| of.1 == Kind::Sleep && alive(of));
        table.or(other).or(sleep).ok_or_else(|| wasmtime::Error::msg(format!("none of {of:?} ever ends")))
    }

    fn note(&mut self, line: String) {
        self.trace.push(line);
    }
}
