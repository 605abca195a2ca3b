//! The process's engines: one for each set of limits, which is one but in tests.

use std::{
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use wasmtime::Engine;

use super::config;
use crate::{Error, Limits};

/// How often running guests are interrupted, to let others run and to see how long they have computed. 1 ms would cost
/// 2 to 3 % of their time, 10 ms costs nothing that can be measured.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Limits and the engine for them.
type Engines = Mutex<Vec<(Limits, Engine)>>;

static ENGINES: Engines = Mutex::new(Vec::new());
static OF_TOOLS: Engines = Mutex::new(Vec::new());

/// The engine for these limits, and its ticker.
pub(crate) fn shared(limits: &Limits) -> Result<Engine, Error> {
    found(&ENGINES, limits, config::engine)
}

/// As [`shared`], for components that are tools.
pub(crate) fn shared_for_tools(limits: &Limits) -> Result<Engine, Error> {
    found(&OF_TOOLS, limits, config::for_tools)
}

fn found(
    engines: &Engines,
    limits: &Limits,
    make: fn(&Limits) -> Result<Engine, Error>,
) -> Result<Engine, Error> {
    let mut engines = engines.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, engine)) = engines.iter().find(|(made_for, _)| alike(made_for, limits)) {
        return Ok(engine.clone());
    }
    let engine = make(limits)?;
    tick(&engine)?;
    engines.push((limits.clone(), engine.clone()));
    Ok(engine)
}

/// Do two sets of limits mean the same engine?
fn alike(one: &Limits, other: &Limits) -> bool {
    let of = |limits: &Limits| {
        (limits.stack_bytes, limits.memory_bytes, limits.table_elements, limits.loaded, limits.blocks)
    };
    of(one) == of(other)
}

fn tick(engine: &Engine) -> Result<(), Error> {
    let engine = engine.clone();
    let ticker = move || {
        loop {
            thread::sleep(TICK);
            engine.increment_epoch();
        }
    };
    let started = thread::Builder::new().name("cairn-ticker".into()).spawn(ticker);
    started.map(drop).map_err(|e| Error::fault(format!("the engine's ticker did not start: {e}")))
}
