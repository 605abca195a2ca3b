//! Attempts of which nobody can know whether they were carried out: they had left, and no answer is recorded. What is done about
//! them the step says itself.

use cairn_replay::{Act, Command, Entry, Failure, Instant, Json, Key, Level, Machine, Unclear};
use serde_json::{Value, json};

use super::{
    Activation, Stop,
    commit::Purpose,
    core::{Answer, Core},
    effect::step_of,
    operate::Who,
    words,
};
use crate::{
    Error,
    ops::{FailureView, Progress},
};

/// What such a step fails with.
const KIND: &str = "unclear";

/// Does it matter to a step whether an attempt that was cut off had left?
pub(super) fn is_careful(command: Option<&Command>) -> bool {
    step_of(command).is_some_and(|(_, options, _)| options.unclear != Unclear::Retry)
}

/// Is it a step that waits for a person to decide? Of an instance that is not loaded: nothing of it is out.
pub(crate) fn waits_unclear(machine: &Machine, key: &Key) -> bool {
    let asks = step_of(machine.command(key)).is_some_and(|(_, options, _)| options.unclear == Unclear::Ask);
    // An undo outlives the block that asked for it.
    let undoes = matches!(machine.command(key), Some(Command::Undo { .. }));
    let mut scope = machine.scope_of(key).filter(|_| !undoes);
    let mut wanted = true;
    while let Some(block) = scope {
        wanted &= machine.outcome(block).is_none();
        scope = machine.scope_of(block);
    }
    asks && wanted && machine.unclear(key).is_some()
}

impl Core {
    /// An attempt is about to leave: where it matters whether one that is cut off had left, that is recorded, and is on disk when the
    /// commit is. None where it may not leave any more.
    pub(super) fn leaves(&mut self, key: &Key, attempt: u32) -> Option<Answer> {
        if is_careful(self.machine.command(key)) {
            let sent = Entry::Sent { key: key.clone(), at: self.now(), attempt };
            if self.closed || self.machine.divergence().is_some() {
                return None;
            }
            if let Err(stop) = self.apply(sent) {
                self.broken.get_or_insert(Error::fault(stop.to_string()));
                self.scopes.bell.notify_one();
                return None;
            }
        }
        Some(self.commit(Purpose::EffectLeaves))
    }

    /// What becomes of a step whose last attempt is unclear: of one that this process saw, and `why` it is; of one that was out when
    /// the process before it ended, nobody knows.
    pub(super) fn unclear(&mut self, key: &Key, why: Option<FailureView>) -> Result<(), Stop> {
        let Some((_, options, _)) = step_of(self.machine.command(key)) else { return Ok(()) };
        if options.unclear == Unclear::Fail {
            let failure = self.unclear_failure(key, why);
            return self.end(key, Err(failure));
        }
        self.unclear.insert(key.clone());
        if !self.beside.told_unclear(key) {
            self.tell_unclear(key, why)?;
        }
        self.nothing_is_out(key);
        self.scopes.bell.notify_one();
        Ok(())
    }

    /// A person has to be asked: it is told in the log, once.
    fn tell_unclear(&mut self, key: &Key, why: Option<FailureView>) -> Result<(), Stop> {
        let (id, at) = (self.id.instance.clone(), self.now());
        let known = self.what_is_unclear(key, why.as_ref());
        let fields = self.unclear_fields(key, why);
        let what = self.machine.command(key).map(words::what).unwrap_or_default();
        self.announce(Progress::Unclear { key: key.0.clone(), what, message: known.clone() });
        let message = format!(
            "{known}; `cairn retry {id} --key '{0}'` makes it again, and `cairn skip {id} '{0}' --result JSON` says what it gave",
            key.0
        );
        let (scope, level) = (Some(key.clone()), Level::Warn);
        self.apply(Entry::Logged { scope, at, level, message, fields: Json(fields.to_string().into()) })
    }

    fn unclear_failure(&self, key: &Key, why: Option<FailureView>) -> Failure {
        let message = format!(
            "{}; see there whether it was, and go on by hand: it is not made again by itself",
            self.what_is_unclear(key, why.as_ref())
        );
        Failure {
            kind: KIND.to_owned(),
            message,
            detail: Json(self.unclear_fields(key, why).to_string().into()),
        }
    }

    /// ``nobody knows whether `payments.charge` was carried out: attempt 1 left at …, and no answer is recorded``
    fn what_is_unclear(&self, key: &Key, why: Option<&FailureView>) -> String {
        let tool = step_of(self.machine.command(key)).map(|(request, ..)| request.tool.as_str());
        let (attempt, at) = self.machine.unclear(key).unwrap_or_default();
        let why = match why {
            Some(why) => why.message.clone(),
            None => "no answer was recorded before the host stopped".to_owned(),
        };
        format!(
            "nobody knows whether `{}` was carried out: attempt {attempt} left at {} with the idempotency key `{}`, and {why}",
            tool.unwrap_or_default(),
            moment(at),
            self.idempotency_key(key)
        )
    }

    fn unclear_fields(&self, key: &Key, why: Option<FailureView>) -> Value {
        let (attempt, at) = self.machine.unclear(key).unwrap_or_default();
        let why = why.map(|why| json!({ "kind": why.kind, "message": why.message }));
        json!({
            "key": key.0, "attempt": attempt, "sent": moment(at),
            "idempotency_key": self.idempotency_key(key), "why": why,
        })
    }

    /// What a step ends with that is not wanted any more: where an attempt had left, that is said.
    pub(super) fn with_unclear(&self, key: &Key, failure: Failure) -> Failure {
        if failure.kind != "cancelled" || self.machine.unclear(key).is_none() {
            return failure;
        }
        let why = FailureView {
            kind: failure.kind.clone(),
            message: "it was then cut off".to_owned(),
            detail: Value::Null,
        };
        let message = format!("{}; {}", failure.message, self.what_is_unclear(key, Some(&why)));
        Failure { message, ..failure }
    }
}

impl Activation {
    /// Steps that wait for a person to decide.
    pub(crate) fn unclear(&self) -> Vec<Key> {
        self.core().unclear.iter().cloned().collect()
    }

    /// The unclear step is sent again. An inner `None` if it is not unclear; an outer one if it is being unloaded.
    pub(crate) fn resend(&self, who: &Who, key: &Key) -> Result<Option<Option<Answer>>, Error> {
        self.core().operate(|core| {
            if !core.unclear.contains(key) {
                return Ok(None);
            }
            core.apply(who.acted(core.now(), Act::Resend { key: key.clone() }))?;
            core.unclear.remove(key);
            let answer = core.commit(if core.machine.paused() { Purpose::Pauses } else { Purpose::Wakes });
            core.attempt(key)?;
            Ok(Some(answer))
        })
    }
}

fn moment(at: Instant) -> String {
    let at = jiff::Timestamp::from_millisecond(i64::try_from(at.0).unwrap_or(i64::MAX)).unwrap_or_default();
    crate::calendar::written(at).as_str().unwrap_or_default().to_owned()
}
