//! Compiled workflows on a host that answers from a table: what code generation is tried with, without engine or journal.

use std::collections::HashMap;

use serde_json::Value;
use wasmtime::component::{Component, Linker, LinkerInstance, Resource, ResourceAny, ResourceType, Val};
use wasmtime::{Engine, Store, StoreContextMut};

/// How an operation ends.
#[derive(Clone, Debug)]
enum Outcome {
    Well(String),
    Failed { kind: String, message: String, detail: String },
}

/// An operation, as far as this host cares: its key.
struct Operation;

/// How a run ended, and what it asked for on the way, a line each.
#[derive(Debug)]
pub(super) struct Ended {
    /// The result, or kind, message and detail of the failure.
    pub(super) result: Result<Value, (String, String, Value)>,
    /// `call KEY TOOL ARGUMENTS`, `undo …`, `sleep KEY 5`, `cancel KEY`, `log …`
    pub(super) trace: Vec<String>,
}

/// A host: operations end at once, as the table says, or else well with null. An event that is not in the table never comes.
#[derive(Default)]
pub(super) struct Guest {
    outcomes: HashMap<String, Outcome>,
    trace: Vec<String>,
    operations: Vec<String>,
    undos: Vec<String>,
    random: u64,
}

impl Guest {
    /// Nothing in the table.
    pub(super) fn new() -> Self {
        Self::default()
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

    /// The wait of this key gets an event of this place among those that it asked for.
    pub(super) fn event(self, key: &str, subscription: u32, data: &str) -> Self {
        self.answer(key, &format!(r#"{{"subscription":{subscription},"event":"e","id":"1","data":{data}}}"#))
    }

    /// Runs a component's code to its end.
    ///
    /// # Errors
    /// Where it is no component of the world, or traps.
    pub(super) fn run(self, component: &[u8], input: &str) -> wasmtime::Result<Ended> {
        let engine = Engine::default();
        let component = Component::new(&engine, component)?;
        let mut linker = Linker::new(&engine);
        imports(&mut linker)?;
        let mut store = Store::new(&engine, self);
        let instance = linker.instantiate(&mut store, &component)?;
        let run = instance
            .get_func(&mut store, "run")
            .ok_or_else(|| wasmtime::Error::msg("it exports no `run`"))?;
        let mut results = [Val::Bool(false)];
        run.call(&mut store, &[Val::String(input.into())], &mut results)?;
        let [result] = results;
        Ok(Ended { result: ended(&result), trace: store.into_data().trace })
    }

    fn begin(&mut self, key: &str) -> Resource<Operation> {
        self.operations.push(key.into());
        Resource::new_own(u32::try_from(self.operations.len() - 1).unwrap_or(u32::MAX))
    }

    fn key(&self, operation: u32) -> String {
        self.operations.get(operation as usize).cloned().unwrap_or_default()
    }

    fn note(&mut self, line: String) {
        self.trace.push(line);
    }
}

type Context<'a> = StoreContextMut<'a, Guest>;

fn imports(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    types(&mut linker.instance("cairn:workflow/types@0.1.0")?)?;
    step(&mut linker.instance("cairn:workflow/step@0.1.0")?)?;
    waits(linker)?;
    context(&mut linker.instance("cairn:workflow/context@0.1.0")?)
}

fn types(at: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    at.resource("operation", ResourceType::host::<Operation>(), |_, _| Ok(()))?;
    at.func_new("[method]operation.outcome", |mut store, _, args, results| {
        let key = operation(&mut store, &args[0])?;
        let outcome = store.data().outcomes.get(&key).cloned().unwrap_or(Outcome::Well("null".into()));
        results[0] = lowered(outcome);
        Ok(())
    })?;
    at.func_new("[method]operation.cancel", |mut store, _, args, _| {
        let key = operation(&mut store, &args[0])?;
        store.data_mut().note(format!("cancel {key}"));
        Ok(())
    })
}

fn step(at: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    at.func_new("call", |mut store, _, args, results| {
        let line = request(args);
        store.data_mut().note(format!("call {line}"));
        results[0] = begin(store, text(&args[0]))?;
        Ok(())
    })?;
    at.func_new("undo", |mut store, _, args, _| {
        let line = request(args);
        store.data_mut().undos.push(line);
        Ok(())
    })?;
    at.func_new("undo-depth", |store, _, _, results| {
        results[0] = Val::U32(u32::try_from(store.data().undos.len())?);
        Ok(())
    })?;
    at.func_new("unwind", |mut store, _, args, results| {
        let Val::U32(depth) = args[1] else { return Err(wasmtime::Error::msg("no depth")) };
        let guest = store.data_mut();
        guest.note(format!("unwind {} {depth}", text(&args[0])));
        for undo in guest.undos.split_off(depth as usize).into_iter().rev() {
            guest.note(format!("undo {undo}"));
        }
        results[0] = begin(store, text(&args[0]))?;
        Ok(())
    })
}

fn waits(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    for name in ["until", "span"] {
        linker.instance("cairn:workflow/sleep@0.1.0")?.func_new(
            name,
            move |mut store, _, args, results| {
                let line = format!("sleep {} {name} {}", text(&args[0]), shown(&args[1]));
                store.data_mut().note(line);
                results[0] = begin(store, text(&args[0]))?;
                Ok(())
            },
        )?;
    }
    linker.instance("cairn:workflow/event@0.1.0")?.func_new("receive", |mut store, _, args, results| {
        let line = format!("receive {} {}", text(&args[0]), shown(&args[1]));
        store.data_mut().note(line);
        results[0] = begin(store, text(&args[0]))?;
        Ok(())
    })?;
    linker.instance("cairn:workflow/flow@0.1.0")?.func_new("first", |mut store, _, args, results| {
        let Val::List(of) = &args[0] else { return Err(wasmtime::Error::msg("no list")) };
        let mut first = None;
        for (at, of) in (0..).zip(of) {
            let key = operation(&mut store, of)?;
            let guest = store.data();
            if first.is_none() && guest.outcomes.contains_key(&key) {
                first = Some(at);
            }
        }
        results[0] = Val::U32(first.unwrap_or(1));
        Ok(())
    })
}

fn context(at: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    at.func_new("now", |mut store, _, args, results| {
        let line = format!("now {}", text(&args[0]));
        store.data_mut().note(line);
        results[0] = Val::U64(1_769_817_600_000);
        Ok(())
    })?;
    at.func_new("random", |mut store, _, args, results| {
        let line = format!("random {}", text(&args[0]));
        let guest = store.data_mut();
        guest.note(line);
        guest.random = guest.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        results[0] = Val::U64(guest.random);
        Ok(())
    })?;
    at.func_new("log", |mut store, _, args, _| {
        let line = format!("log {} {} {}", shown(&args[0]), text(&args[1]), text(&args[2]));
        store.data_mut().note(line);
        Ok(())
    })
}

fn begin(mut store: Context<'_>, key: &str) -> wasmtime::Result<Val> {
    let operation = store.data_mut().begin(key);
    Ok(Val::Resource(ResourceAny::try_from_resource(operation, store)?))
}

fn operation(store: &mut Context<'_>, of: &Val) -> wasmtime::Result<String> {
    let Val::Resource(operation) = of else {
        return Err(wasmtime::Error::msg("no operation"));
    };
    let operation = operation.try_into_resource::<Operation>(&mut *store)?;
    Ok(store.data().key(operation.rep()))
}

fn lowered(outcome: Outcome) -> Val {
    match outcome {
        Outcome::Well(json) => Val::Result(Ok(Some(Box::new(Val::String(json))))),
        Outcome::Failed { kind, message, detail } => Val::Result(Err(Some(Box::new(Val::Record(vec![
            ("kind".into(), Val::String(kind)),
            ("message".into(), Val::String(message)),
            ("detail".into(), Val::String(detail)),
        ]))))),
    }
}

fn ended(result: &Val) -> Result<Value, (String, String, Value)> {
    match result {
        Val::Result(Ok(Some(json))) => Ok(parsed(text(json))),
        Val::Result(Err(Some(failure))) => {
            let Val::Record(fields) = &**failure else { panic!("no failure: {failure:?}") };
            let field = |at: usize| text(&fields[at].1).to_owned();
            Err((field(0), field(1), parsed(&field(2))))
        }
        other => panic!("no result: {other:?}"),
    }
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| Value::String(format!("not JSON for this reader: {json}")))
}

/// Key, tool, arguments and what is not the default of the options.
fn request(args: &[Val]) -> String {
    let Val::Record(request) = &args[1] else { panic!("no request: {args:?}") };
    let mut line = format!("{} {} {}", text(&args[0]), text(&request[0].1), text(&request[1].1));
    let Val::Record(options) = &args[2] else { panic!("no options: {args:?}") };
    for (name, value) in options.iter().filter(|(_, value)| !matches!(value, Val::Option(None))) {
        line.push_str(&format!(" {name}={}", shown(value)));
    }
    line
}

fn text(of: &Val) -> &str {
    match of {
        Val::String(text) => text,
        other => panic!("no text: {other:?}"),
    }
}

/// Short, for traces.
fn shown(of: &Val) -> String {
    match of {
        Val::String(text) | Val::Enum(text) => text.clone(),
        Val::U32(n) => n.to_string(),
        Val::U64(n) => n.to_string(),
        Val::Float64(x) => x.to_string(),
        Val::Option(Some(of)) => shown(of),
        Val::List(of) | Val::Tuple(of) => format!("[{}]", of.iter().map(shown).collect::<Vec<_>>().join(" ")),
        Val::Record(of) => format!("({})", of.iter().map(|(_, v)| shown(v)).collect::<Vec<_>>().join(" ")),
        other => format!("{other:?}"),
    }
}
