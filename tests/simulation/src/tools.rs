//! The tools: they answer by what they are asked, sooner or later.

use std::{sync::Arc, time::Duration};

use cairn_host::{
    ops::FailureView,
    port::Tools,
    tool::{Answer, Attempt, Failed, Grant, Tool},
};
use serde_json::Value;

use crate::{canary::Canary, catalog::Reply, world::World};

/// Where calls go.
#[derive(Clone)]
pub(crate) struct Outside(pub(crate) World);

impl Tools for Outside {
    fn resolve(&self, _: &str, _: Option<&str>, _: &Grant) -> Result<Arc<dyn Tool>, FailureView> {
        Ok(Arc::new(self.clone()))
    }
}

/// A call is under way.
struct Calling(World, u32);

impl Drop for Calling {
    fn drop(&mut self) {
        let mut core = self.0.core();
        if core.life == self.1 {
            core.calling = core.calling.saturating_sub(1);
        }
    }
}

impl Outside {
    /// What an attempt is answered, and when; none: the host is dead.
    fn receives(&self, mut attempt: Attempt) -> Option<(Reply, u64, Calling)> {
        let mut core = self.0.core();
        if core.dead {
            return None;
        }
        if core.is(Canary::OtherKey) && core.life > 1 && core.dice.once_in(3) {
            attempt.idempotency_key.push_str("~2");
        }
        if core.is(Canary::SameKeyAgain) {
            attempt.idempotency_key = before(&attempt.idempotency_key);
        }
        let operation = format!("{}.{}", attempt.tool, attempt.operation);
        core.say(|| format!("call {operation} {} as {}", attempt.arguments, attempt.idempotency_key));
        let times = if core.is(Canary::SendsTwice) && core.dice.once_in(10) { 2 } else { 1 };
        let mut number = 1;
        for _ in 0..times {
            let life = core.life;
            let seen = core.eye.called(life, &attempt.idempotency_key, &operation, &attempt.arguments);
            match seen {
                Ok(attempt) => number = attempt,
                Err(violation) => self.0.finds(&mut core, violation),
            }
        }
        if !self.0.passes(&mut core, "a call has gone out") {
            return None;
        }
        let program = core.eye.program_of(&attempt.idempotency_key, &core.programs);
        let reply = program.map_or(Reply::Gives(Value::Null), |program| {
            program.answers(&operation, &attempt.arguments, number)
        });
        core.calling += 1;
        let takes = core.takes();
        Some((reply, takes, Calling(self.0.clone(), core.life)))
    }

    /// An answer is on its way back; `false`: nobody is there.
    fn answers(&self, key: &str, reply: &Reply) -> bool {
        let mut core = self.0.core();
        core.say(|| format!("answer {key}: {reply:?}"));
        self.0.passes(&mut core, "an answer comes in")
    }
}

/// The canary: the key without what tells that a part of the run was taken back.
fn before(key: &str) -> String {
    let mut parts = key.splitn(4, '/');
    let all = (parts.next(), parts.next(), parts.next(), parts.next());
    match all {
        (Some(tenant), Some(instance), Some(generation), Some(key)) if generation.starts_with("!0.") => {
            format!("{tenant}/{instance}/{key}")
        }
        _ => key.to_owned(),
    }
}

impl Tool for Outside {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        let (timeout, key) = (attempt.timeout, attempt.idempotency_key.clone());
        let received = self.receives(attempt);
        Box::pin(async move {
            let Some((reply, takes, _calling)) = received else { return std::future::pending().await };
            if matches!(reply, Reply::Hangs) {
                tokio::time::sleep(timeout).await;
            } else if takes > 0 {
                tokio::time::sleep(Duration::from_millis(takes)).await;
            }
            if !self.answers(&key, &reply) {
                return std::future::pending().await;
            }
            match reply {
                Reply::Gives(value) => Ok(value),
                Reply::Fails { kind, message, detail } => Err(FailureView { kind, message, detail }.into()),
                Reply::Hangs => Err(Failed::Unclear(FailureView {
                    kind: "timeout".to_owned(),
                    message: "no answer".to_owned(),
                    detail: Value::Null,
                })),
            }
        })
    }
}
