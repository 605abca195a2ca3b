//! Attempts at steps: what leaves the host.

use std::{future::Future, sync::Arc, time::Duration};

use cairn_replay::{Command, Instant, Key, Options, Request, Unclear};
use serde_json::Value;

use super::{
    Stop,
    commit::{Purpose, settled},
    core::Core,
    unclear::is_careful,
    words,
};
use crate::{
    crash,
    host::Inner,
    ops::{FailureView, Progress},
    registry::Code,
    tool::{Attempt, Bound, Failed, GRACE, Grant, Tool, fill},
};

/// How long an attempt of a run that is about to end for its time is put off, in milliseconds.
const A_WHILE: u64 = 1_000;

/// How an attempt went.
pub(crate) type Went = Result<Value, Failed>;

impl Core {
    /// The next attempt at a step: at once, or when its delay is over. None of one whose last attempt is unclear, if that matters to it.
    pub(super) fn attempt(&mut self, key: &Key) -> Result<(), Stop> {
        if self.machine.unclear(key).is_some() && is_careful(self.machine.command(key)) {
            return self.unclear(key, None);
        }
        let (due, number) = match self.machine.tries(key) {
            Some(tries) => (tries.again, tries.made + 1),
            None => (Instant(0), 1),
        };
        if due > self.now() {
            self.delay(key, due, number);
        } else {
            self.delays.remove(key);
            self.launch(key, number);
        }
        Ok(())
    }

    /// The next attempt is made at this moment.
    pub(super) fn delay(&mut self, key: &Key, due: Instant, number: u32) {
        self.delays.insert(key.clone(), (due, number));
        self.scopes.bell.notify_one();
    }

    /// Attempts whose delay is over.
    pub(super) fn launch_due(&mut self, now: Instant) {
        let due: Vec<_> = self.delays.iter().filter(|(_, (due, _))| *due <= now).collect();
        let due: Vec<(Key, u32)> = due.into_iter().map(|(key, (_, number))| (key.clone(), *number)).collect();
        for (key, number) in due {
            self.delays.remove(&key);
            self.launch(&key, number);
        }
    }

    /// Sends an attempt out, as soon as all that it could depend on is on disk.
    fn launch(&mut self, key: &Key, number: u32) {
        if self.machine.paused() {
            return self.delay(key, self.now(), number);
        }
        // Nothing leaves between the moment and the look; a clock that is set back in between loses nothing.
        if self.is_late() && !self.is_to_undo(key) {
            return self.delay(key, Instant(self.now().0.saturating_add(A_WHILE)), number);
        }
        if matches!(self.machine.command(key), Some(Command::Body { .. })) {
            return self.body_may_run(key, number);
        }
        let Some((request, options, undo)) = step_of(self.machine.command(key)) else { return };
        let sent = Sent {
            inner: Arc::clone(&self.inner),
            code: Arc::clone(&self.code),
            grant: Arc::clone(&self.grant),
            idempotency_key: self.idempotency_key(key),
            request: request.clone(),
            options: options.clone(),
            undo,
        };
        let (undoes, pauses) = (self.is_to_undo(key), self.pauses);
        let step = Progress::Step { key: key.0.clone(), what: what(&sent), attempt: number };
        self.attempts.insert(key.clone(), number);
        crash::point("ask:before-commit");
        // Also where nothing is pending: what was handed over before may not be on disk yet. What undoes waits until all is quiet; only
        // then it leaves.
        let careful = undoes && sent.options.unclear != Unclear::Retry;
        let unrecorded = careful || sent.options.unclear == Unclear::Retry;
        let receipt =
            if careful { Some(self.commit(Purpose::EffectLeaves)) } else { self.leaves(key, number) };
        let Some(receipt) = receipt else { return };
        let (me, key_) = (self.me.clone(), key.clone());
        let task = tokio::spawn(async move {
            let durable = settled(receipt).await;
            crash::point("ask:after-commit");
            let Some(activation) = me.upgrade() else { return };
            if let Err(error) = durable {
                return activation.broke(error);
            }
            if undoes {
                activation.until_quiet().await;
            }
            // Of what is recorded as sent nobody knows any more that it was held back.
            if unrecorded && activation.core().holds_back(&key_, number, pauses) {
                return;
            }
            if careful {
                let leaves = activation.core().leaves(&key_, number);
                let Some(leaves) = leaves else { return };
                if let Err(error) = settled(leaves).await {
                    return activation.broke(error);
                }
            }
            activation.core().announce(step);
            drop(activation);
            let went = sent.out().await;
            if let Some(activation) = me.upgrade() {
                activation.came(&key_, number, went).await;
            }
        });
        self.effects.insert(key.clone(), task.abort_handle());
    }

    /// An attempt that is about to leave does not, if the instance was paused since: whoever did so is told that nothing of it runs. Where it goes on
    /// already, the attempt leaves behind that.
    fn holds_back(&mut self, key: &Key, number: u32, pauses: u64) -> bool {
        let holds = (self.machine.paused() || self.pauses != pauses) && !self.closed;
        if holds {
            self.is_back(key);
            self.delay(key, self.now(), number);
        }
        holds
    }

    /// See [`words::idempotency_key`].
    pub(super) fn idempotency_key(&self, key: &Key) -> String {
        words::idempotency_key(&self.id, &self.machine, key)
    }
}

pub(super) fn step_of(command: Option<&Command>) -> Option<(&Request, &Options, bool)> {
    match command? {
        Command::Call { request, options } => Some((request, options, false)),
        Command::Undo { request, options } => Some((request, options, true)),
        _ => None,
    }
}

fn what(sent: &Sent) -> String {
    let verb = if sent.undo { "undo" } else { "call" };
    format!("{verb} {}", sent.request.tool)
}

/// All that an attempt needs, away from the activation.
struct Sent {
    inner: Arc<Inner>,
    code: Arc<Code>,
    grant: Arc<Grant>,
    idempotency_key: String,
    request: Request,
    options: Options,
    undo: bool,
}

impl Sent {
    async fn out(self) -> Went {
        crash::point(if self.undo { "undo:before" } else { "effect:before" });
        let went = self.call().await;
        crash::point(if self.undo { "undo:after" } else { "effect:after" });
        went
    }

    async fn call(&self) -> Went {
        let Some((tool, operation)) = self.request.tool.split_once('.') else {
            let message = format!("`{}` names no operation: write `tool.operation`", self.request.tool);
            return Err(fail("missing", message).into());
        };
        let timeout = self.timeout()?;
        let meta = self.code.component.meta.as_ref().and_then(|meta| meta.tool(tool));
        let from = meta.and_then(|meta| meta.from.as_deref());
        let declared = meta.and_then(|meta| meta.operation(operation));
        let found = match self.component(tool, from).await? {
            Some(component) => component,
            None => self.inner.ports.tools.resolve(tool, from, &self.grant)?,
        };
        let mut arguments = serde_json::from_str(&self.request.arguments.0).unwrap_or_default();
        let secrets = fill(&mut arguments, &self.request.secrets, &self.grant)?;
        let fails = declared.map(|of| of.fails.iter().map(|one| (one.kind.clone(), one.status)).collect());
        let attempt = Attempt {
            tool: tool.to_owned(),
            operation: operation.to_owned(),
            arguments,
            idempotency_key: self.idempotency_key.clone(),
            readonly: declared.is_some_and(|of| of.readonly),
            route: declared.and_then(|of| of.route.clone()),
            fails: fails.unwrap_or_default(),
            timeout,
        };
        secrets.masked(self.in_time(found.call(attempt), timeout).await)
    }

    /// The component that the tool is, if it is one: what the operator bound, else what lies in the code.
    async fn component(&self, tool: &str, from: Option<&str>) -> Result<Option<Arc<dyn Tool>>, FailureView> {
        let tools = &self.inner.ports.tools;
        let code = match self.grant.bind.get(tool).map(String::as_str) {
            _ if !tools.runs_components() => return Ok(None),
            Some(bound) => match bound.strip_prefix("component:") {
                Some(digest) if digest.starts_with("sha256:") => {
                    let code = self.inner.registry.tool(&*self.inner.ports.journal, digest).await;
                    code.map_err(|error| fail("tool_failed", error.to_string()))?
                }
                _ => return Ok(None),
            },
            None => match self.code.tools.get(tool).filter(|_| from.is_some()) {
                Some(code) => Arc::clone(code),
                None => return Ok(None),
            },
        };
        Ok(Some(Arc::new(Bound::new(code, &self.grant))))
    }

    /// What is left for an attempt.
    fn timeout(&self) -> Result<Duration, FailureView> {
        let given = self.options.timeout.map(|span| Duration::from_millis(span.0));
        let timeout = given.unwrap_or(self.inner.limits.attempt);
        let Some(deadline) = self.options.deadline else { return Ok(timeout) };
        let left = Duration::from_millis(deadline.0.saturating_sub(self.inner.ports.clock.now().0));
        if left.is_zero() {
            return Err(fail(
                "timeout",
                format!("the deadline of `{}` passed before it went out", self.request.tool),
            ));
        }
        Ok(timeout.min(left))
    }

    /// Tools keep their time themselves; this is for those that do not.
    async fn in_time(&self, answer: impl Future<Output = Went>, timeout: Duration) -> Went {
        let clock = &self.inner.ports.clock;
        let millis = u64::try_from((timeout + GRACE).as_millis()).unwrap_or(u64::MAX);
        let latest = clock.until(Instant(clock.now().0.saturating_add(millis)));
        tokio::select! {
            biased;
            went = answer => went,
            () = latest => {
                let message = format!("`{}` gave no answer within {timeout:?}", self.request.tool);
                Err(Failed::Unclear(fail("timeout", message)))
            }
        }
    }
}

fn fail(kind: &str, message: String) -> FailureView {
    FailureView { kind: kind.to_owned(), message, detail: Value::Null }
}
