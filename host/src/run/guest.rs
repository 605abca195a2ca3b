//! The code of an instance, loaded and running.

use std::{future::Future, sync::Arc, task::Poll};

use cairn_replay::{Failure, Instant, Json, Key, Outcome};
use wasmtime::{PoolConcurrencyLimitError, Store, Trap, UpdateDeadline, component::Instance};
use wasmtime_wasi::{I32Exit, ResourceTableError};

use super::{
    Activation, Body, Standing, Stop,
    leash::{Leash, outlives},
    limits::computed_too_long,
    words,
};
use crate::{
    Error,
    bindings::{Workflow, cairn::workflow::types::Failure as WorldFailure},
    engine::{Meter, OverLimit, Slice, TICK, is_the_machines},
    host::Inner,
    registry::Code,
    wasi::{Clock, Wasi},
};

/// What a store holds: the guest's side of an activation.
pub(crate) struct Guest {
    pub(crate) activation: Arc<Activation>,
    /// The block that it runs; none for the run itself.
    pub(crate) scope: Option<Key>,
    /// The operations that it holds, by their handle's number.
    pub(crate) operations: Vec<Key>,
    pub(crate) meter: Meter,
    /// Since when it has the processor.
    slice: Arc<Slice>,
    /// Of one JSON text.
    pub(crate) value_bytes: usize,
    /// Its component has parts that can run side by side.
    pub(crate) has_blocks: bool,
    /// What time it is for it.
    pub(crate) clock: Clock,
    /// The body of a step of its own that it is in, and the time that it had before.
    body: Option<(Body, Instant)>,
    leash: Arc<Leash>,
    /// What it has of WASI; most have nothing.
    wasi: Option<Box<Wasi>>,
}

impl Guest {
    pub(crate) fn wasi(&mut self) -> &mut Wasi {
        let (activation, scope, body) = (&self.activation, self.scope.as_ref(), &self.body);
        self.wasi.get_or_insert_with(|| {
            let mut wasi = Wasi::new(activation, scope);
            if let Some((body, _)) = body {
                wasi.enter_body(&body.key);
            }
            Box::new(wasi)
        })
    }

    /// What is to be told about its requests.
    pub(crate) fn notes(&self) -> Option<Vec<String>> {
        self.wasi.as_ref().map(|wasi| wasi.notes())
    }

    /// The body of a step that it is in.
    pub(crate) fn body(&self) -> Option<&Body> {
        self.body.as_ref().map(|(body, _)| body)
    }

    /// From now on its time is the host's.
    pub(crate) fn enter_body(&mut self, body: Body) {
        let before = self.clock.now();
        self.clock.told(self.activation.core().clock());
        if let Some(wasi) = &mut self.wasi {
            wasi.enter_body(&body.key);
        }
        self.leash.hold(Some(&body));
        self.body = Some((body, before));
    }

    /// What it saw of time in there is forgotten, as it is when the body does not run again.
    pub(crate) fn leave_body(&mut self) -> Option<Body> {
        let (body, before) = self.body.take()?;
        self.clock.back_to(before);
        self.leash.hold(None);
        if let Some(wasi) = &mut self.wasi {
            wasi.leave_body();
        }
        Some(body)
    }

    /// It has returned.
    fn ends(&self) -> wasmtime::Result<()> {
        self.wasi.as_ref().map_or(Ok(()), |wasi| wasi.ends())
    }
}

/// What of the code is run.
pub(crate) enum Entry {
    /// The run itself.
    Run {
        /// What it was started with.
        input: Json,
    },
    /// A block.
    Block {
        /// Under which key.
        scope: Option<Key>,
        /// Which.
        number: u32,
        /// With what.
        captured: Json,
    },
}

/// How the guest came to its end.
#[derive(Debug)]
pub(crate) enum Ran {
    /// It returned.
    Returned(Outcome),
    /// It was stopped by the host.
    Stopped(Stop),
    /// It trapped, or hit a limit: the failure that this is.
    Broke(Failure),
}

/// Runs it until it returns or cannot go on.
pub(crate) async fn run(inner: &Inner, code: &Code, activation: Arc<Activation>, entry: Entry) -> Ran {
    let value_bytes = inner.limits.value_bytes;
    let scope = match &entry {
        Entry::Run { .. } => None,
        Entry::Block { scope, .. } => scope.clone(),
    };
    let slice = Arc::new(Slice::default());
    let clock = clock(&activation, scope.as_ref());
    let leash = Arc::new(Leash::default());
    let outlives = outlives(Arc::clone(&leash), Arc::clone(&activation), scope.clone());
    let guest = Guest {
        activation,
        scope,
        leash,
        clock,
        body: None,
        wasi: None,
        operations: Vec::new(),
        meter: Meter::new(&inner.limits),
        slice: Arc::clone(&slice),
        value_bytes,
        has_blocks: code.run_block.is_some(),
    };
    let mut store = Store::new(code.pre.engine(), guest);
    store.limiter(|guest| &mut guest.meter);
    store.set_epoch_deadline(1);
    let preempts = inner.preempts;
    store.epoch_deadline_callback(
        move |mut store| {
            if preempts { tick(store.data_mut()) } else { endless(store.data_mut()) }
        },
    );
    let ran = match instantiate(code, &mut store).await {
        Ok(instance) => {
            let mut code = std::pin::pin!(call(code, &mut store, &instance, entry));
            let mut outlives = std::pin::pin!(outlives);
            std::future::poll_fn(|context| {
                slice.begins();
                match code.as_mut().poll(context) {
                    Poll::Pending => {
                        outlives.as_mut().poll(context).map(|stop| Err(wasmtime::Error::new(stop)))
                    }
                    ready => ready,
                }
            })
            .await
        }
        Err(error) => Err(error),
    };
    match ran.and_then(|outcome| store.into_data().ends().map(|()| outcome)) {
        Ok(outcome) => Ran::Returned(returned(outcome, value_bytes)),
        Err(error) => broke(error),
    }
}

/// As [`tick`], where nothing depends on how long code computes, but that it does so for ever.
fn endless(guest: &mut Guest) -> wasmtime::Result<UpdateDeadline> {
    let span = guest.slice.span();
    guest.slice.begins();
    guest.meter.computed(span)?;
    Ok(UpdateDeadline::Continue(1))
}

/// A block's time begins when it was asked for.
fn clock(activation: &Activation, scope: Option<&Key>) -> Clock {
    let core = activation.core();
    let started = core.began().at;
    Clock::new(started, scope.and_then(|scope| core.asked_at(scope)).unwrap_or(started))
}

/// A tick went by while it computed.
fn tick(guest: &mut Guest) -> wasmtime::Result<UpdateDeadline> {
    let span = guest.slice.span();
    // The tick was while others had the processor.
    if span < TICK / 2 {
        return Ok(UpdateDeadline::Continue(1));
    }
    guest.slice.begins();
    let mut core = guest.activation.core();
    if let Some((body, _)) = &guest.body {
        // It sees time go by while it computes.
        guest.clock.told(core.clock());
        if let Some(stop) = core.stops_body(guest.scope.as_ref(), body) {
            return Err(wasmtime::Error::new(stop));
        }
    }
    match core.standing(guest.scope.as_ref()) {
        Standing::Gone => Err(wasmtime::Error::new(Stop::Unload)),
        Standing::Stops if guest.meter.unwanted(span) => Err(wasmtime::Error::new(core.unwanted())),
        // Others have to wait for that short time: else it would have to wait for all of them, time and again.
        Standing::Stops => Ok(UpdateDeadline::Continue(1)),
        Standing::Wanted => {
            let over = guest.activation.computed(span) && core.is_live(guest.scope.as_ref());
            if over {
                return Err(wasmtime::Error::new(Stop::OverLimit(computed_too_long(guest.activation.cpu()))));
            }
            guest.meter.computed(span)?;
            Ok(UpdateDeadline::Yield(1))
        }
    }
}

/// The pool may be full for a moment: then it waits for its turn.
async fn instantiate(code: &Code, store: &mut Store<Guest>) -> wasmtime::Result<Instance> {
    loop {
        match code.pre.instance_pre().instantiate_async(&mut *store).await {
            Err(error) if error.is::<PoolConcurrencyLimitError>() => tokio::time::sleep(TICK).await,
            other => return other,
        }
    }
}

async fn call(
    code: &Code,
    store: &mut Store<Guest>,
    instance: &Instance,
    entry: Entry,
) -> wasmtime::Result<Result<String, WorldFailure>> {
    match entry {
        Entry::Run { input } => {
            Workflow::new(&mut *store, instance)?.call_run(&mut *store, input.0.as_ref()).await
        }
        Entry::Block { number, captured, .. } => {
            let Some(block) = &code.run_block else {
                let missing = "the code has no blocks, and one of them is to be run".to_owned();
                return Err(wasmtime::Error::new(Stop::Refused(missing)));
            };
            let block = instance.get_typed_func::<(u32, &str), BlockResult>(&mut *store, block)?;
            Ok(block.call_async(&mut *store, (number, &captured.0)).await?.0)
        }
    }
}

/// What the export `run-block` gives.
type BlockResult = (Result<String, WorldFailure>,);

fn returned(outcome: Result<String, WorldFailure>, most: usize) -> Outcome {
    match outcome {
        Ok(json) if json.len() > most => {
            let message = format!(
                "the result has {} bytes, more than {most}: give a reference to where it is kept",
                json.len()
            );
            Err(words::fail("limit", message))
        }
        Ok(json) if is_json(&json) => Ok(Json(json.into())),
        Ok(_) => Err(words::fail("bad_data", "the code returned a text that is no JSON")),
        Err(failure) => {
            let detail = if is_json(&failure.detail) { failure.detail } else { "null".to_owned() };
            Err(Failure { kind: failure.kind, message: failure.message, detail: Json(detail.into()) })
        }
    }
}

pub(crate) fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

fn broke(error: wasmtime::Error) -> Ran {
    if let Some(OverLimit(message)) = error.downcast_ref() {
        return Ran::Broke(words::fail("limit", message));
    }
    if let Some(ResourceTableError::Full) = error.downcast_ref() {
        let message =
            "the code holds too many streams and pollables at once: drop those that it is done with";
        return Ran::Broke(words::fail("limit", message));
    }
    if error.is::<I32Exit>() {
        let message = "the code ended its process: a workflow returns its result, or fails";
        return Ran::Broke(words::fail("trapped", message));
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return Ran::Broke(match trap {
            Trap::StackOverflow => {
                words::fail("limit", "the code used more stack than it may have: it calls itself too deeply")
            }
            trap => words::fail(
                "trapped",
                format!("the code trapped: {}", trap.to_string().trim_start_matches("wasm trap: ")),
            ),
        });
    }
    match error.downcast::<Stop>() {
        Ok(Stop::Refused(message)) => Ran::Broke(words::fail("trapped", message)),
        Ok(Stop::Unwanted(failure)) => Ran::Broke(failure),
        Ok(Stop::OverLimit(message)) => Ran::Broke(words::fail("limit", message)),
        Ok(stop) => Ran::Stopped(stop),
        Err(error) if is_the_machines(&error) => {
            let fault = Error::fault(format!("the machine has no room for the code of this run: {error:#}"));
            Ran::Stopped(Stop::Fault(
                fault.help("nothing is recorded of it; resume the run when there is room"),
            ))
        }
        Err(error) => Ran::Broke(words::fail("trapped", format!("the code could not go on: {error:#}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_handles_are_a_limit_and_the_end_of_the_process_is_a_trap() {
        let kind = |error: wasmtime::Error| match broke(error) {
            Ran::Broke(failure) => failure.kind,
            other => format!("{other:?}"),
        };
        assert_eq!(kind(ResourceTableError::Full.into()), "limit");
        assert_eq!(kind(ResourceTableError::NotPresent.into()), "trapped");
        assert_eq!(kind(I32Exit(0).into()), "trapped");
    }

    /// What the code cannot help is no outcome of its run.
    #[test]
    fn where_the_machine_has_no_room_the_run_has_not_failed() {
        let none = || std::io::Error::from(std::io::ErrorKind::OutOfMemory);
        for error in
            [none().into(), rustix::io::Errno::NOMEM.into(), wasmtime::Error::from(none()).context("a slot")]
        {
            assert!(is_the_machines(&error), "{error:?}");
            assert!(matches!(broke(error), Ran::Stopped(Stop::Fault(Error::Fault(_)))));
        }
        let bounds = wasmtime::Error::msg("string pointer/length out of bounds of memory");
        assert!(matches!(broke(bounds), Ran::Broke(failure) if failure.kind == "trapped"));
    }
}
