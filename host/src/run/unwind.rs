//! Undos, run by the host when the code asks for an unwinding.

use cairn_replay::{Command, Failure, Json, Key, Outcome, UndoStep};
use serde_json::json;

use super::{Stop, core::Core};

impl Core {
    /// Runs the next undo of an unwinding, or ends it.
    pub(super) fn unwind(&mut self, key: &Key) -> Result<(), Stop> {
        let steps = self.machine.unwinding(key);
        match steps.iter().find(|step| step.outcome.is_none()) {
            Some(step) if self.effects.contains_key(&step.key) || self.delays.contains_key(&step.key) => {
                Ok(())
            }
            Some(step) => {
                self.undoing = self.now();
                self.attempt(&step.key);
                Ok(())
            }
            None => self.end(key, ended(&steps)),
        }
    }

    /// An undo has ended: whichever unwinding it belongs to goes on.
    pub(super) fn unwind_further(&mut self) -> Result<(), Stop> {
        self.open_unwindings().iter().try_for_each(|key| self.unwind(key))
    }

    /// Unwindings that are asked for and not ended.
    pub(super) fn open_unwindings(&self) -> Vec<Key> {
        let open = self.machine.open().into_iter();
        open.filter(|key| matches!(self.machine.command(key), Some(Command::Unwind { .. })))
            .cloned()
            .collect()
    }
}

fn ended(steps: &[UndoStep]) -> Outcome {
    let failed: Vec<(&UndoStep, &Failure)> =
        steps.iter().filter_map(|step| Some((step, step.outcome.as_ref()?.as_ref().err()?))).collect();
    if failed.is_empty() {
        return Ok(Json("null".to_owned()));
    }
    let detail: Vec<_> = failed
        .iter()
        .map(|(step, failure)| json!({ "key": step.key.0, "kind": failure.kind, "message": failure.message }))
        .collect();
    let names: Vec<_> =
        failed.iter().map(|(step, failure)| format!("{} ({})", step.request.tool, failure.kind)).collect();
    Err(Failure {
        kind: "undo_failed".to_owned(),
        message: format!("{} of {} undos failed: {}", failed.len(), steps.len(), names.join(", ")),
        detail: Json(serde_json::Value::Array(detail).to_string()),
    })
}
