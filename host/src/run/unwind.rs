//! Undos, run by the host when the code asks for an unwinding.

use cairn_replay::{Command, Failure, Json, Key, NextUndo, Outcome};
use serde_json::json;

use super::{Stop, core::Core};

impl Core {
    /// Runs the next undo of an unwinding, or ends it.
    pub(super) fn unwind(&mut self, key: &Key) -> Result<(), Stop> {
        match self.machine.next_undo(key) {
            NextUndo::Run(undo) => {
                if !self.is_under_way(&undo) {
                    self.unwinding.insert(key.clone(), self.now());
                    // It may take so long, and no longer.
                    self.scopes.bell.notify_one();
                    return self.undo(&undo, key);
                }
                Ok(())
            }
            // What it leaves to be undone is known when it has ended.
            NextUndo::Await(block) => {
                self.unwinding.insert(key.clone(), self.now());
                self.cancel_block(&block)
            }
            NextUndo::Done => {
                self.unwinding.remove(key);
                self.end(key, self.unwound(key))
            }
        }
    }

    fn undo(&mut self, undo: &Key, unwinding: &Key) -> Result<(), Stop> {
        match self.machine.command(undo) {
            Some(Command::UndoBlock { .. }) => {
                self.begin_undo_block(undo, unwinding);
                Ok(())
            }
            _ => self.attempt(undo),
        }
    }

    fn is_under_way(&self, undo: &Key) -> bool {
        self.effects.contains_key(undo)
            || self.delays.contains_key(undo)
            || self.unclear.contains(undo)
            || self.scopes.get(Some(undo)).is_some()
    }

    /// The block that an unwinding is just running.
    pub(super) fn undo_block_of(&mut self, unwinding: &Key) -> Option<Key> {
        let NextUndo::Run(undo) = self.machine.next_undo(unwinding) else { return None };
        let block = matches!(self.machine.command(&undo), Some(Command::UndoBlock { .. }));
        block.then(|| {
            self.unwinding.insert(unwinding.clone(), self.now());
            undo
        })
    }

    /// What an unwinding ends with.
    fn unwound(&self, key: &Key) -> Outcome {
        let undos = self.machine.unwound(key);
        let failed: Vec<(&Key, &Failure)> = undos
            .iter()
            .filter_map(|undo| Some((undo, self.machine.outcome(undo)?.as_ref().err()?)))
            .collect();
        if failed.is_empty() {
            return Ok(Json("null".into()));
        }
        let detail: Vec<_> = failed
            .iter()
            .map(|(undo, failure)| json!({ "key": undo.0, "kind": failure.kind, "message": failure.message }))
            .collect();
        let names: Vec<_> = failed
            .iter()
            .map(|(undo, failure)| format!("{} ({})", self.undo_name(undo), failure.kind))
            .collect();
        Err(Failure {
            kind: "undo_failed".to_owned(),
            message: format!("{} of {} undos failed: {}", failed.len(), undos.len(), names.join(", ")),
            detail: Json(serde_json::Value::Array(detail).to_string().into()),
        })
    }

    /// The tool of an undo; of a block its key.
    fn undo_name(&self, undo: &Key) -> String {
        match self.machine.command(undo) {
            Some(Command::Undo { request, .. }) => request.tool.clone(),
            _ => undo.0.clone(),
        }
    }

    /// An undo has ended, or a block that unwindings waited for: they go on.
    pub(super) fn unwind_further(&mut self) -> Result<(), Stop> {
        let under_way: Vec<Key> = self.unwinding.keys().cloned().collect();
        under_way.iter().try_for_each(|key| self.unwind(key))
    }
}
