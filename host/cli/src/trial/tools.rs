//! Tools that answer as the test says, and remember who called.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cairn_host::{
    journal::{InstanceId, Journal, MemoryJournal},
    ops::FailureView,
    port::Tools,
    replay::{Entry, Seq},
    tool::{Answer, Attempt, Failed, Grant, Tool},
};
use serde_json::Value;
use tokio::sync::Notify;

use super::{journal::Promised, time::VirtualClock};

/// What an operation answers.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reply {
    Gives(Value),
    Fails(FailureView),
    /// Nobody knows whether it was carried out.
    Lost(FailureView),
    Hangs,
}

/// A `mock`, worked out.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) operation: String,
    /// Only for calls that have these among their arguments.
    pub(super) arguments: Option<Value>,
    pub(super) replies: Vec<Reply>,
}

/// A call, as it is remembered. One that a crash cut off and that came again is one call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) operation: String,
    pub(super) arguments: Value,
    /// The idempotency key.
    pub(super) key: String,
    /// From 1.
    pub(super) attempt: usize,
    /// Milliseconds since the beginning.
    pub(super) at: u64,
    pub(super) reply: Reply,
}

/// What a tool cannot do anything about: the test is wrong, or the host is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trouble {
    /// No mock stands for this call.
    Unanswered {
        /// Whose.
        operation: String,
        /// With what.
        arguments: Value,
        /// There are mocks for it, with other arguments.
        others: bool,
    },
    /// A step ran again although its outcome was recorded.
    Again {
        /// Of the step.
        operation: String,
        /// Its idempotency key.
        key: String,
    },
    /// A repeated attempt came with other arguments than before.
    Changed {
        /// Of the step.
        operation: String,
        /// Its idempotency key.
        key: String,
    },
}

/// The toolbox of one test, over all lives of its host.
#[derive(Clone)]
pub(super) struct Mocks(Arc<Shared>);

struct Shared {
    clock: VirtualClock,
    memory: MemoryJournal,
    promised: Promised,
    book: Mutex<Book>,
    wrong: Notify,
}

#[derive(Default)]
struct Book {
    plans: Vec<(Plan, usize)>,
    /// What an attempt was answered in the run that this one is compared with.
    before: BTreeMap<(String, usize), Reply>,
    calls: Vec<Call>,
    trouble: Option<Trouble>,
}

impl Mocks {
    pub(super) fn new(
        plans: &[Plan],
        clock: VirtualClock,
        memory: MemoryJournal,
        promised: Promised,
    ) -> Self {
        let plans = plans.iter().map(|plan| (plan.clone(), 0)).collect();
        let book = Mutex::new(Book { plans, ..Book::default() });
        Self(Arc::new(Shared { clock, memory, promised, book, wrong: Notify::new() }))
    }

    /// Attempts that were made in another run get the answers that they got there, whatever order they come in.
    pub(super) fn answering_as(self, calls: &[Call]) -> Self {
        let before =
            calls.iter().map(|call| ((call.key.clone(), call.attempt), call.reply.clone())).collect();
        self.book().before = before;
        self
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All calls so far, in order.
    pub(super) fn calls(&self) -> Vec<Call> {
        self.book().calls.clone()
    }

    /// Those calls whose steps were not cancelled. One that was, because another was quicker, may as well not have gone out.
    pub(super) fn settled(&self) -> Vec<Call> {
        let cancelled =
            |call: &Call| step(&call.key).is_some_and(|(id, key)| self.0.promised.was_cancelled(&id, &key));
        self.calls().into_iter().filter(|call| !cancelled(call)).collect()
    }

    /// Resolves when something is wrong.
    pub(super) async fn trouble(&self) -> Trouble {
        loop {
            if let Some(trouble) = self.book().trouble.clone() {
                return trouble;
            }
            self.0.wrong.notified().await;
        }
    }

    fn is_wrong(&self, trouble: Trouble) -> Reply {
        self.book().trouble.get_or_insert(trouble);
        self.0.wrong.notify_one();
        Reply::Hangs
    }

    fn reply(&self, attempt: Attempt) -> Reply {
        let operation = format!("{}.{}", attempt.tool, attempt.operation);
        let key = attempt.idempotency_key;
        let number = match self.number(&key) {
            Ok(number) => number,
            Err(()) => return self.is_wrong(Trouble::Again { operation, key }),
        };
        let mut book = self.book();
        if let Some(call) = book.calls.iter().find(|call| call.key == key && call.attempt == number) {
            let (same, reply) = (call.arguments == attempt.arguments, call.reply.clone());
            drop(book);
            return if same { reply } else { self.is_wrong(Trouble::Changed { operation, key }) };
        }
        let reply = match book.before.get(&(key.clone(), number)).cloned() {
            Some(reply) => reply,
            None => match book.next(&operation, &attempt.arguments) {
                Some(reply) => reply,
                None => {
                    let others = book.plans.iter().any(|(plan, _)| plan.operation == operation);
                    drop(book);
                    let arguments = attempt.arguments;
                    return self.is_wrong(Trouble::Unanswered { operation, arguments, others });
                }
            },
        };
        let (at, arguments) = (self.0.clock.passed(), attempt.arguments);
        book.calls.push(Call { operation, arguments, key, attempt: number, at, reply: reply.clone() });
        reply
    }

    /// Which attempt this is: the one that the journal says is leaving, or one more than it says have failed. An error if the step's outcome is recorded already.
    fn number(&self, idempotency_key: &str) -> Result<usize, ()> {
        let Some((id, key)) = step(idempotency_key) else { return Ok(1) };
        if self.0.promised.has_ended(&id, &key) {
            return Err(());
        }
        let history = self.0.memory.load(&id, Seq(0)).unwrap_or_default();
        let number = history.iter().fold(1, |number, entry| match entry {
            Entry::Tried { key: of, attempt, .. } if of.0 == key => attempt + 1,
            Entry::Sent { key: of, attempt, .. } if of.0 == key => *attempt,
            _ => number,
        });
        Ok(usize::try_from(number).unwrap_or(usize::MAX))
    }
}

/// Instance and key that an idempotency key is made of.
fn step(idempotency_key: &str) -> Option<(InstanceId, String)> {
    let mut parts = idempotency_key.splitn(3, '/');
    let plain = |part: &str| part.replace("%2F", "/").replace("%25", "%");
    let id = InstanceId { tenant: plain(parts.next()?), instance: plain(parts.next()?) };
    let key = parts.next()?;
    // Later runs of an instance that restarts have their number in front.
    let run = key.strip_prefix('!').and_then(|rest| rest.split_once('/'));
    let key = run.filter(|(run, _)| run.parse::<u32>().is_ok()).map_or(key, |(_, key)| key);
    Some((id, key.to_owned()))
}

impl Book {
    /// The next answer of the mock that fits best: one with arguments before one without.
    fn next(&mut self, operation: &str, arguments: &Value) -> Option<Reply> {
        let fits = |plan: &Plan| {
            plan.operation == operation && plan.arguments.as_ref().is_none_or(|some| has(arguments, some))
        };
        let best = self.plans.iter().position(|(plan, _)| plan.arguments.is_some() && fits(plan));
        let best = best.or_else(|| self.plans.iter().position(|(plan, _)| fits(plan)))?;
        let (plan, given) = self.plans.get_mut(best)?;
        let reply = plan.replies.get(*given).or(plan.replies.last()).cloned();
        *given += 1;
        reply
    }
}

/// All fields of `some` are in `all`, with equal values; null is as good as absent.
fn has(all: &Value, some: &Value) -> bool {
    let Value::Object(some) = some else { return all == some };
    some.iter().all(|(name, value)| all.get(name).unwrap_or(&Value::Null) == value)
}

impl Tools for Mocks {
    fn resolve(&self, _: &str, _: Option<&str>, _: &Grant) -> Result<Arc<dyn Tool>, FailureView> {
        Ok(Arc::new(self.clone()))
    }
}

impl Tool for Mocks {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        let timeout = attempt.timeout;
        let operation = format!("{}.{}", attempt.tool, attempt.operation);
        let reply = self.reply(attempt);
        Box::pin(async move {
            match reply {
                Reply::Gives(value) => Ok(value),
                Reply::Fails(failure) => Err(Failed::Known(failure)),
                Reply::Lost(failure) => Err(Failed::Unclear(failure)),
                Reply::Hangs => {
                    tokio::time::sleep(timeout).await;
                    let message = format!("`{operation}` gave no answer within {timeout:?}");
                    let late = FailureView { kind: "timeout".to_owned(), message, detail: Value::Null };
                    Err(Failed::Unclear(late))
                }
            }
        })
    }
}
