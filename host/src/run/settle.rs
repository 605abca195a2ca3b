//! The answer of an attempt: the step ends, or is tried again.

use cairn_replay::{Command, Entry, Json, Key, Outcome};
use serde_json::Value;

use super::{
    Stop,
    commit::Purpose,
    core::{Answer, Core},
    effect::{Went, step_of},
    retry,
    unclear::is_careful,
    words,
};
use crate::{ops::Progress, tool::Failed};

impl Core {
    /// Takes the answer of an attempt in; gives whether anybody wanted it.
    pub(super) fn came(&mut self, key: &Key, attempt: u32, went: Went) -> Result<bool, Stop> {
        if self.closed || self.machine.outcome(key).is_some() {
            return Ok(false);
        }
        // The task that brings the answer is about to end by itself.
        self.is_back(key);
        match went {
            Ok(value) => self.succeeded(key, value)?,
            Err(Failed::Unclear(view)) if is_careful(self.machine.command(key)) => {
                self.unclear(key, Some(view))?;
            }
            Err(failed) => self.failed(key, attempt, words::kept(failed.into()))?,
        }
        Ok(true)
    }

    /// As [`Core::came`], of what is no step.
    pub(super) fn settle(&mut self, key: &Key, outcome: Outcome) -> Result<bool, Stop> {
        self.is_back(key);
        if self.closed || self.machine.outcome(key).is_some() {
            return Ok(false);
        }
        self.end(key, outcome).map(|()| true)
    }

    /// The commit that keeps it, unless the guest's next request has taken it along.
    pub(super) fn keep_what_came(&mut self) -> Option<Answer> {
        self.has_pending().then(|| self.commit(Purpose::OutcomeCame))
    }

    fn succeeded(&mut self, key: &Key, value: Value) -> Result<(), Stop> {
        let json = value.to_string();
        drop(value);
        if let Some(limit) = self.too_long(json.len()) {
            return self.end(key, limit);
        }
        let json = Json(self.share(json));
        self.keep_for_others(key, &json);
        self.end(key, Ok(json))
    }

    fn failed(&mut self, key: &Key, attempt: u32, failure: cairn_replay::Failure) -> Result<(), Stop> {
        let options = match self.machine.command(key) {
            Some(Command::Body { options }) => options,
            command => match step_of(command) {
                Some((_, options, _)) => options,
                None => return Ok(()),
            },
        };
        let at = self.now();
        let Some(again) = retry::again(options, attempt, &failure, at, &self.idempotency_key(key)) else {
            return self.end(key, Err(failure));
        };
        self.announce(Progress::Tried {
            key: key.0.clone(),
            attempt,
            failure: words::failure(&failure),
            again: again.0,
        });
        self.apply(Entry::Tried { key: key.clone(), at, attempt, failure, again })?;
        self.delay(key, again, attempt + 1);
        self.nothing_is_out(key);
        Ok(())
    }

    /// Of a step nothing is out for now: whoever waits for it may be unloaded. That need not be the scope that asked for it: an undo outlives its block.
    pub(super) fn nothing_is_out(&mut self, key: &Key) {
        let unwindings: Vec<Key> = self.unwinding.keys().cloned().collect();
        for of in unwindings.iter().chain([key]) {
            let scope = self.machine.scope_of(of).cloned();
            self.ring(scope.as_ref(), None);
        }
    }
}
