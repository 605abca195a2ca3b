//! The end of a run that failed: undos that the code did not run itself are run by the host. They outlive the code: it may
//! have trapped, or not agree with its journal any more.

use std::sync::Arc;

use cairn_replay::{Command, Entry, Failure, Json, Key, Level, Seq};
use serde_json::{Value, json};

use super::{
    Activation, Claim, Stop,
    commit::store,
    core::{Core, HOST_UNWIND},
    life::{self, Closing, over},
    supervise::supervise,
    words,
};
use crate::{Error, host::Inner};

/// Has the host begun to end the run?
pub(super) fn begun(history: &[Entry]) -> bool {
    history.iter().any(|entry| matches!(entry, Entry::Asked { key, .. } if key.0 == HOST_UNWIND))
}

/// The failure that the host ended a scope for: it stands in the log, in front of the unwinding.
pub(super) fn why(activation: &Activation, scope: Option<&Key>) -> Failure {
    let core = activation.core();
    let recorded = core.machine.line_before(&Key::within(scope, HOST_UNWIND)).and_then(recorded);
    let failure = recorded.or_else(|| core.stopping(scope).then(|| core.cancellation()));
    failure.unwrap_or_else(|| words::fail("trapped", "the code could not go on"))
}

fn recorded(line: &Entry) -> Option<Failure> {
    let Entry::Logged { message, fields, .. } = line else { return None };
    let fields = words::value(fields);
    let kind = fields.get("kind")?.as_str()?.to_owned();
    let detail = fields.get("detail").map_or_else(|| "null".to_owned(), ToString::to_string);
    Some(Failure { kind, message: message.clone(), detail: Json(detail.into()) })
}

/// A scope has failed: gives the failure when all that it began has ended, and its undos have run.
pub(super) async fn undone(
    activation: &Arc<Activation>,
    scope: Option<&Key>,
    failure: Failure,
) -> Result<Failure, Stop> {
    activation.core().begin_ending(scope, &failure)?;
    loop {
        let open = activation.core().machine.open(scope).next().cloned();
        let Some(open) = open else { return Ok(activation.core().with_undos(scope, failure)) };
        activation.wait(scope, &[open]).await?;
    }
}

/// Ends a run with a failure, after its undos.
pub(super) async fn fail(activation: &Arc<Activation>, failure: Failure) -> Result<(), Stop> {
    let failure = undone(activation, None, failure).await?;
    over(activation, Err(failure)).await
}

/// The instance is to stop, and its code does not agree with its journal: it ends without its code.
pub(super) async fn cancelled(inner: &Arc<Inner>, claim: &Claim) -> Result<(), Error> {
    let history = inner.ports.journal.load(&claim.id, Seq(0)).map_err(|e| store(&e))?;
    let begin = life::begin(inner, &claim.id, history, true).await?;
    let activation = Activation::new(begin, Arc::clone(&claim.again));
    let _closing = Closing(Arc::clone(&activation));
    claim.loaded(&activation);
    let ended = activation.core().end_without_code();
    let ended = match ended {
        Ok(()) => supervise(inner, &activation).await,
        Err(stop) => Err(stop),
    };
    match ended {
        Ok(()) | Err(Stop::Unload) => Ok(()),
        Err(Stop::Fault(error)) => Err(error),
        Err(stop) => Err(Error::fault(format!("the undos could not be run: {stop}"))),
    }
}

impl Core {
    /// A failure, with the undos of the host's own unwinding that failed too: they stand in its detail under `undo_failed`, as where the
    /// code ran them itself.
    fn with_undos(&self, scope: Option<&Key>, failure: Failure) -> Failure {
        let Some(Err(undos)) = self.machine.outcome(&Key::within(scope, HOST_UNWIND)) else { return failure };
        let list = words::value(&undos.detail);
        let how_many = list.as_array().map_or(0, Vec::len);
        let mut detail = match words::value(&failure.detail) {
            Value::Object(fields) => fields,
            Value::Null => serde_json::Map::new(),
            other => serde_json::Map::from_iter([("detail".to_owned(), other)]),
        };
        detail.insert("undo_failed".to_owned(), list);
        let message = format!("{}; and of its undos {how_many} failed", failure.message);
        Failure { kind: failure.kind, message, detail: Json(Value::Object(detail).to_string().into()) }
    }

    /// Nothing but undos is begun in a scope from here on, and all that is open comes to its end.
    fn begin_ending(&mut self, scope: Option<&Key>, failure: &Failure) -> Result<(), Stop> {
        if self.closed || self.machine.paused() {
            return Err(Stop::Unload);
        }
        if let Some(of) = self.scopes.get_mut(scope) {
            of.ending = true;
        }
        self.has_stopped(scope);
        // What is open ends with a failure of its own, which the code could go on from if it were loaded again.
        let open: Vec<Key> = self.machine.open(scope).cloned().collect();
        let tells = !open.is_empty() || self.machine.undo_depth(scope) > 0;
        for key in open {
            if matches!(self.machine.command(&key), Some(Command::Block { .. })) {
                self.cancel_block(&key)?;
            }
        }
        self.end_open(scope)?;
        if tells && self.machine.command(&Key::within(scope, HOST_UNWIND)).is_none() {
            self.record_why(scope, failure);
            self.ask_as(scope, HOST_UNWIND, Command::Unwind { depth: 0 })?;
        }
        Ok(())
    }

    /// In the log, in front of the unwinding: a later activation ends with the same failure.
    fn record_why(&mut self, scope: Option<&Key>, failure: &Failure) {
        let fields = json!({ "kind": failure.kind, "detail": words::value(&failure.detail) });
        let fields = Json(fields.to_string().into());
        // Lines that are recorded and were not logged again in this activation come first.
        let at = self.now();
        for _ in 0..=self.machine.next().0 {
            if let Some(entry) = self.machine.log(scope, Level::Error, &failure.message, fields.clone(), at) {
                self.news(entry);
                return;
            }
        }
    }

    /// Asks for the run's undos, as if its code had failed behind all that is recorded.
    fn end_without_code(&mut self) -> Result<(), Stop> {
        self.without_code = true;
        if self.machine.command(&Key(HOST_UNWIND.to_owned())).is_some() {
            return Ok(());
        }
        let failure = self.cancelled().unwrap_or_else(|| words::fail("trapped", "the code could not go on"));
        self.machine.skip(None);
        self.record_why(None, &failure);
        self.ask_as(None, HOST_UNWIND, Command::Unwind { depth: 0 }).map(drop)
    }
}
