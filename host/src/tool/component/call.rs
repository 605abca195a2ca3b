//! One call: a fresh instance, its limits, and how it may come to its end.

use serde_json::Value;
use wasmtime::{
    Engine, Store, Trap, UpdateDeadline,
    component::{Linker, ResourceTable, Val},
};
use wasmtime_wasi::{I32Exit, ResourceTableError, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::{ToolCode, answer::answer, functions::Function, said::Said, values::arguments};
use crate::{
    Error, Limits,
    engine::{Meter, OverLimit},
    ops::FailureView,
    tool::{Attempt, Egress, Failed, Grant, failure::failure},
};

/// So many streams, requests and the like it may hold at once: they are in the host's memory, not in its own.
const RESOURCES: usize = 4096;

/// What an instance has.
pub(super) struct State {
    ctx: WasiCtx,
    table: ResourceTable,
    http: WasiHttpCtx,
    egress: Egress,
    meter: Meter,
}

impl State {
    fn new(egress: Egress, said: &Said, limits: &Limits) -> Self {
        let ctx = WasiCtx::builder()
            .stderr(said.clone())
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .build();
        let mut table = ResourceTable::new();
        table.set_max_capacity(RESOURCES);
        Self { ctx, table, http: WasiHttpCtx::new(), egress, meter: Meter::new(limits) }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.ctx, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.egress }
    }
}

pub(super) fn linker(engine: &Engine) -> Result<Linker<State>, Error> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)
        .and_then(|()| wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker))
        .map_err(|e| Error::fault(format!("WASI cannot be linked for tools: {e:#}")))?;
    Ok(linker)
}

impl ToolCode {
    /// Makes one attempt.
    pub(super) async fn call(&self, attempt: Attempt, grant: &Grant) -> Result<Value, Failed> {
        let what = format!("{}.{}", attempt.tool, attempt.operation);
        let wrong = |why: String| failure("tool_failed", format!("`{what}` {why}"));
        let function = self.function(&attempt.operation).map_err(wrong)?;
        function.fits().map_err(wrong)?;
        let given = arguments(&attempt.arguments, &function.ty).map_err(wrong)?;
        let mut egress = Egress::of(grant);
        egress.opens(format!("`{what}`"));
        let (left, notes, said) = (egress.left(), egress.notes(), Said::default());
        let state = State::new(egress, &said, &self.bench.limits);
        let ran = tokio::time::timeout(attempt.timeout, self.run(function, given, state)).await;
        let found = match ran {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => return Err(broke(&what, &error, &said, &notes()).into()),
            Err(_) => {
                let why = told(format!("`{what}` gave no result within {:?}", attempt.timeout), &notes());
                let late = failure("timeout", why);
                return Err(if left() { Failed::Unclear(late) } else { Failed::Known(late) });
            }
        };
        let result = answer(&what, found, &function.ty, &attempt.fails);
        Ok(result.map_err(|failed| FailureView { message: told(failed.message, &notes()), ..failed })?)
    }

    async fn run(&self, function: &Function, given: Vec<Val>, state: State) -> wasmtime::Result<Option<Val>> {
        let _turn = self.bench.turns.acquire().await?;
        let mut store = Store::new(&self.bench.engine, state);
        store.limiter(|state| &mut state.meter);
        store.set_epoch_deadline(1);
        // Others run in between, and the time of the attempt is looked at.
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        let instance = self.pre.instantiate_async(&mut store).await?;
        let called = instance.get_func(&mut store, function.index);
        let called = called.ok_or_else(|| wasmtime::Error::msg("the function is gone"))?;
        let mut found = vec![Val::Bool(false); function.ty.results().len()];
        called.call_async(&mut store, &given, &mut found).await?;
        Ok(found.pop())
    }
}

/// With what there is to say of its requests.
fn told(message: String, notes: &[String]) -> String {
    if notes.is_empty() { message } else { format!("{message} ({})", notes.join("; ")) }
}

/// It did not come to its end.
fn broke(what: &str, error: &wasmtime::Error, said: &Said, notes: &[String]) -> FailureView {
    if let Some(OverLimit(message)) = error.downcast_ref() {
        return failure("limit", format!("`{what}`: {message}"));
    }
    if let Some(ResourceTableError::Full) = error.downcast_ref() {
        return failure("limit", format!("`{what}` holds too many streams and requests at once"));
    }
    if let Some(Trap::StackOverflow) = error.downcast_ref() {
        let message = format!("`{what}` used more stack than it may have: it calls itself too deeply");
        return failure("limit", message);
    }
    let why = match (error.downcast_ref::<I32Exit>(), error.downcast_ref::<Trap>()) {
        (Some(exit), _) => format!("ended its process with code {}", exit.0),
        (None, Some(trap)) => format!("trapped: {}", trap.to_string().trim_start_matches("wasm trap: ")),
        (None, None) => format!("could not go on: {error:#}"),
    };
    let last = said.last().map(|line| format!("; it said: {line}")).unwrap_or_default();
    failure("tool_failed", told(format!("`{what}` {why}{last}"), notes))
}
