//! The end of a run that failed: undos that the code did not run itself are run by the host. They outlive the code: it may
//! have trapped, or not agree with its journal any more.

use std::sync::Arc;

use cairn_replay::{Command, Entry, Failure, Json, Key, Level, Seq};
use serde_json::json;

use super::{
    Activation, Claim, Stop,
    commit::store,
    core::{Core, HOST_UNWIND},
    life::{self, Closing, over},
    words,
};
use crate::{Error, host::Inner};

/// Has the host begun to end it?
pub(super) fn begun(history: &[Entry]) -> bool {
    history.iter().any(|entry| matches!(entry, Entry::Asked { key, .. } if key.0 == HOST_UNWIND))
}

/// The failure that the host ended it for: it stands in the log, in front of the unwinding.
fn why(history: &[Entry]) -> Option<Failure> {
    let at =
        history.iter().position(|entry| matches!(entry, Entry::Asked { key, .. } if key.0 == HOST_UNWIND))?;
    let Entry::Logged { message, fields, .. } = history.get(at.checked_sub(1)?)? else { return None };
    let fields = words::value(fields);
    let kind = fields.get("kind")?.as_str()?.to_owned();
    let detail = fields.get("detail").map_or_else(|| "null".to_owned(), ToString::to_string);
    Some(Failure { kind, message: message.clone(), detail: Json(detail) })
}

/// Ends a run with a failure, after its undos.
pub(super) async fn fail(activation: &Arc<Activation>, failure: Failure) -> Result<(), Stop> {
    let unwindings = activation.core().begin_ending(&failure)?;
    for key in unwindings {
        activation.wait(std::slice::from_ref(&key)).await?;
    }
    over(activation, Err(failure)).await
}

/// Goes on with an end that the host had begun.
pub(super) async fn without_code(activation: &Arc<Activation>, history: Vec<Entry>) -> Result<(), Stop> {
    let failure = why(&history).or_else(|| activation.core().cancelled());
    let failure = failure.unwrap_or_else(|| words::fail("trapped", "the code could not go on"));
    activation.core().run_through(history)?;
    fail(activation, failure).await
}

/// The instance is to stop, and its code does not agree with its journal: it ends without its code.
pub(super) async fn cancelled(inner: &Arc<Inner>, claim: &Claim) -> Result<(), Error> {
    let history = inner.ports.journal.load(&claim.id, Seq(0)).map_err(|e| store(&e))?;
    let begin = life::begin(inner, &claim.id, history.clone(), true).await?;
    let activation = Activation::new(begin, Arc::clone(&claim.again));
    let _closing = Closing(Arc::clone(&activation));
    claim.loaded(&activation);
    match without_code(&activation, history).await {
        Ok(()) | Err(Stop::Unload) => Ok(()),
        Err(Stop::Fault(error)) => Err(error),
        Err(stop) => Err(Error::fault(format!("the undos could not be run: {stop}"))),
    }
}

impl Core {
    /// Nothing but undos is begun from here on. Gives the unwindings that have to end first.
    fn begin_ending(&mut self, failure: &Failure) -> Result<Vec<Key>, Stop> {
        self.ending = true;
        let open: Vec<Key> = self.machine.open(None).cloned().collect();
        for key in open {
            if !matches!(self.machine.command(&key), Some(Command::Unwind { .. })) {
                self.begin(&key)?;
            }
        }
        if self.machine.undo_depth(None) > 0 && self.machine.command(&Key(HOST_UNWIND.to_owned())).is_none() {
            self.record_why(failure);
            self.ask_as_host(Command::Unwind { depth: 0 })?;
        }
        Ok(self.open_unwindings())
    }

    /// In the log, in front of the unwinding: a later activation ends with the same failure.
    fn record_why(&mut self, failure: &Failure) {
        let fields = json!({ "kind": failure.kind, "detail": words::value(&failure.detail) });
        let fields = Json(fields.to_string());
        // Lines that are recorded and were not logged again in this activation come first.
        let at = self.now();
        for _ in 0..=self.machine.next().0 {
            if let Some(entry) = self.machine.log(None, Level::Error, &failure.message, fields.clone(), at) {
                self.news(entry);
                return;
            }
        }
    }

    /// Brings the machine to the end of its history without the code. Nothing but unwindings is taken up.
    fn run_through(&mut self, history: Vec<Entry>) -> Result<(), Stop> {
        self.ending = true;
        for entry in history {
            match entry {
                Entry::Asked { key, command, .. } => {
                    self.ask_as(&key.0, command)?;
                }
                Entry::Noted { key, note, at } => {
                    self.machine.note(None, &key.0, note, at)?;
                    self.go_live()?;
                }
                _ => {}
            }
        }
        self.go_live()
    }
}
