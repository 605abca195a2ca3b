//! Undos, run by the host when the code asks for an unwinding.

use cairn_replay::{Command, Failure, Json, Key, NextUndo, Outcome};
use serde_json::json;

use super::{Stop, core::Core};

impl Core {
    /// Runs the next undo of an unwinding, or ends it.
    pub(super) fn unwind(&mut self, key: &Key) -> Result<(), Stop> {
        match self.machine.next_undo(key) {
            NextUndo::Run(undo) if self.effects.contains_key(&undo) || self.delays.contains_key(&undo) => Ok(()),
            NextUndo::Run(undo) => {
                self.undoing = self.now();
                self.attempt(&undo);
                Ok(())
            }
            NextUndo::Await(_) => Ok(()),
            NextUndo::Done => self.end(key, self.unwound(key)),
        }
    }

    /// What an unwinding ends with.
    fn unwound(&self, key: &Key) -> Outcome {
        let undos = self.machine.unwound(key);
        let failed: Vec<(&Key, &Failure)> =
            undos.iter().filter_map(|undo| Some((undo, self.machine.outcome(undo)?.as_ref().err()?))).collect();
        if failed.is_empty() {
            return Ok(Json("null".to_owned()));
        }
        let detail: Vec<_> = failed
            .iter()
            .map(|(undo, failure)| json!({ "key": undo.0, "kind": failure.kind, "message": failure.message }))
            .collect();
        let names: Vec<_> =
            failed.iter().map(|(undo, failure)| format!("{} ({})", self.undo_name(undo), failure.kind)).collect();
        Err(Failure {
            kind: "undo_failed".to_owned(),
            message: format!("{} of {} undos failed: {}", failed.len(), undos.len(), names.join(", ")),
            detail: Json(serde_json::Value::Array(detail).to_string()),
        })
    }

    /// The tool of an undo; of a block its key.
    fn undo_name(&self, undo: &Key) -> String {
        match self.machine.command(undo) {
            Some(Command::Undo { request, .. }) => request.tool.clone(),
            _ => undo.0.clone(),
        }
    }

    /// An undo has ended: whichever unwinding it belongs to goes on.
    pub(super) fn unwind_further(&mut self) -> Result<(), Stop> {
        self.open_unwindings().iter().try_for_each(|key| self.unwind(key))
    }

    /// Unwindings that are asked for and not ended.
    pub(super) fn open_unwindings(&self) -> Vec<Key> {
        let open = self.machine.open(None);
        open.filter(|key| matches!(self.machine.command(key), Some(Command::Unwind { .. })))
            .cloned()
            .collect()
    }
}

