//! Calls, waits and undos.

use cairn_compiler::ir::{Call, CallOptions, Expr, Key, Stmt, Tool, Unclear, WaitArm};
use serde_json::{Value as Json, json};

use super::{
    decode::decode,
    run::{Body, Left, Undo},
    value::{Failure, Value},
    world::Called,
};

/// Kinds that are tried again where a policy names none.
const PASSING: [&str; 4] = ["timeout", "network", "http_5xx", "http_429"];

impl Body<'_, '_> {
    pub(super) fn call(&mut self, call: &Call) -> Result<(), Failure> {
        let operation = match &call.tool {
            Tool::Named(name) => name.clone(),
            Tool::Chosen(name) => self.scope.value(name)?.text(),
        };
        let arguments = self.scope.value(&call.arguments)?.to_json();
        let policy = self.policy(&call.options)?;
        let key = self.ask(&call.key);
        let answer = self.attempts(&key, &operation, &arguments, &policy)?;
        let value = decode(&call.result, &Value::from_json(&answer))?;
        if let Some(local) = call.local {
            self.scope.set(local, value);
        }
        if let Some(undo) = &call.undo {
            let arguments = self.scope.value(&undo.arguments)?.to_json();
            let policy = self.policy(&undo.options)?;
            let key = self.ask(&undo.key);
            self.undos.push(Undo::Call { key, operation: undo.tool.clone(), arguments, policy });
        }
        Ok(())
    }

    fn policy(&mut self, options: &CallOptions) -> Result<Policy, Failure> {
        if let Some(timeout) = &options.timeout {
            self.scope.value(timeout)?;
        }
        let unclear = options.unclear;
        let Some(retry) = &options.retry else { return Ok(Policy { attempts: 1, on: Vec::new(), unclear }) };
        let attempts = self.scope.value(&retry.attempts)?.number();
        Ok(Policy { attempts: u32::try_from(attempts).unwrap_or(0).max(1), on: retry.on.clone(), unclear })
    }

    fn attempts(
        &mut self,
        key: &str,
        operation: &str,
        arguments: &Json,
        policy: &Policy,
    ) -> Result<Json, Failure> {
        let mut attempt = 1;
        loop {
            let called =
                Called { key: key.to_owned(), operation: operation.to_owned(), arguments: arguments.clone() };
            self.world.called.push(called);
            match (self.world.answers)(operation, arguments, attempt).map_err(|failure| policy.means(failure))
            {
                Err(failure) if attempt < policy.attempts && policy.passes(&failure.kind) => attempt += 1,
                answer => return answer,
            }
        }
    }

    /// An event that is there goes before any timer; without either it would wait for ever.
    pub(super) fn wait(
        &mut self,
        key: &Key,
        timer_key: &Key,
        arms: &[WaitArm],
        after: Option<&(bool, Expr, Vec<Stmt>)>,
    ) -> Left {
        let mut wanted = Vec::new();
        for arm in arms {
            let mut fields = Vec::new();
            for (name, value) in &arm.subscription.fields {
                fields.push((name.clone(), self.scope.value(value)?.to_json()));
            }
            wanted.push((arm.subscription.event.clone(), fields));
        }
        let due =
            after.map(|(until, value, _)| Ok((*until, self.scope.value(value)?.number()))).transpose()?;
        if !arms.is_empty() {
            self.ask(key);
        }
        if due.is_some() {
            self.ask(timer_key);
        }
        let fits = |(name, fields): &(String, Vec<(String, Json)>), event: &super::Event| {
            *name == event.name && fields.iter().all(|(name, value)| event.data.get(name) == Some(value))
        };
        let found = self
            .world
            .events
            .iter()
            .enumerate()
            .find_map(|(at, event)| Some((at, wanted.iter().position(|wanted| fits(wanted, event))?)));
        if let Some((at, arm)) = found {
            let event = self.world.events.remove(at);
            return self.took(&arms[arm], &event.data);
        }
        match (due, after) {
            (Some((until, n)), Some((_, _, stmts))) => {
                let at = if until { n } else { self.world.now.saturating_add(n.max(0)) };
                self.world.now = self.world.now.max(at);
                self.all(stmts)
            }
            _ => panic!("the run would wait for ever: {wanted:?}"),
        }
    }

    fn took(&mut self, arm: &WaitArm, data: &Json) -> Left {
        if let Some(local) = arm.local {
            // The local's declared type says what the event's fields are.
            let ty = &self.locals[local.0 as usize].ty;
            let value = decode(ty, &Value::from_json(data))?;
            self.scope.set(local, value);
        }
        self.all(&arm.body)
    }

    /// Runs the undos above a depth, newest first, and forgets them.
    ///
    /// # Errors
    /// `undo_failed`, with those that did.
    pub(super) fn unwind(&mut self, depth: usize, key: Option<&Key>) -> Result<(), Failure> {
        if self.undos.len() <= depth {
            return Ok(());
        }
        let key = key.map_or_else(|| format!("{}undo", self.prefix), |key| self.key(key));
        self.world.ask(&key);
        let taken = self.undos.split_off(depth.min(self.undos.len()));
        let mut failed = Vec::new();
        let mut count = 0;
        self.unwind_these(taken, &mut count, &mut failed);
        if failed.is_empty() {
            return Ok(());
        }
        let message = format!("{} of {count} undos failed", failed.len());
        Err(Failure { kind: "undo_failed".to_owned(), message, detail: Json::Array(failed) })
    }

    fn unwind_these(&mut self, undos: Vec<Undo>, count: &mut usize, failed: &mut Vec<Json>) {
        for undo in undos.into_iter().rev() {
            match undo {
                Undo::Block(of) => self.unwind_these(of, count, failed),
                Undo::Call { key, operation, arguments, policy } => {
                    *count += 1;
                    if let Err(failure) = self.attempts(&key, &operation, &arguments, &policy) {
                        failed.push(json!({ "key": key, "kind": failure.kind, "message": failure.message }));
                    }
                }
            }
        }
    }
}

/// How patiently a step is done.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    attempts: u32,
    on: Vec<String>,
    unclear: Unclear,
}

impl Policy {
    fn passes(&self, kind: &str) -> bool {
        // What fails so is never tried again.
        kind != "unclear"
            && if self.on.is_empty() {
                PASSING.contains(&kind)
            } else {
                self.on.iter().any(|one| one == kind)
            }
    }

    /// An answer that is lost is a lost connection where that does not matter.
    fn means(&self, failure: Failure) -> Failure {
        match (failure.kind.as_str(), self.unclear) {
            ("unclear", Unclear::Retry) => Failure { kind: "network".to_owned(), ..failure },
            ("unclear", Unclear::Ask) => panic!("nobody is there to be asked"),
            _ => failure,
        }
    }
}
