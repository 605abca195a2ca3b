//! `types`: operations under way.

use cairn_replay as replay;
use wasmtime::component::Resource;

use crate::{
    bindings::cairn::workflow::types::{
        Backoff, Failure, Host, HostOperation, Options, Request, Retry, Unclear,
    },
    link::refused,
    run::{Guest, Stop, is_json},
};

/// What a guest's handle of an operation stands for: a key of its journal.
#[expect(unreachable_pub, reason = "the generated bindings name it in a public place")]
pub struct Operation;

impl Host for Guest {}

impl HostOperation for Guest {
    async fn outcome(&mut self, operation: Resource<Operation>) -> wasmtime::Result<Result<String, Failure>> {
        self.meter.waited();
        self.outside_bodies("wait")?;
        let key = self.key(&operation)?;
        self.activation.wait(self.scope.as_ref(), std::slice::from_ref(&key)).await?;
        Ok(outcome(self.told(&key)?))
    }

    fn cancel(&mut self, operation: Resource<Operation>) -> wasmtime::Result<()> {
        let key = self.key(&operation)?;
        Ok(self.activation.core().cancel_operation(&key)?)
    }

    fn drop(&mut self, _: Resource<Operation>) -> wasmtime::Result<()> {
        Ok(())
    }
}

/// An outcome in the guest's form.
pub(super) fn outcome(outcome: replay::Outcome) -> Result<String, Failure> {
    match outcome {
        Ok(json) => Ok(String::from(&*json.0)),
        Err(replay::Failure { kind, message, detail }) => {
            Err(Failure { kind, message, detail: String::from(&*detail.0) })
        }
    }
}

/// A request in the journal's form.
pub(super) fn request(guest: &Guest, request: Request) -> wasmtime::Result<replay::Request> {
    let Request { tool, arguments, secrets } = request;
    let arguments = object(guest, arguments, &format!("arguments of `{tool}`"))?;
    Ok(replay::Request { tool, arguments, secrets })
}

fn shared(guest: &Guest, text: String) -> replay::Json {
    replay::Json(guest.activation.core().share(text))
}

/// A JSON object of the guest's.
pub(super) fn object(guest: &Guest, text: String, what: &str) -> wasmtime::Result<replay::Json> {
    small_enough(guest, &text, what)?;
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text) {
        Ok(_) => Ok(shared(guest, text)),
        Err(e) => Err(refused(format!("the code gave {what} that are no JSON object: {e}"))),
    }
}

/// Options in the journal's form.
pub(super) fn options(options: Options) -> replay::Options {
    replay::Options {
        timeout: options.timeout.map(replay::Span),
        deadline: options.deadline.map(replay::Instant),
        retry: options.retry.map(retry),
        cache: options.cache.map(|cached| replay::Cached { key: cached.key, age: replay::Span(cached.age) }),
        unclear: match options.unclear {
            Unclear::Retry => replay::Unclear::Retry,
            Unclear::Fail => replay::Unclear::Fail,
            Unclear::Ask => replay::Unclear::Ask,
        },
    }
}

fn retry(retry: Retry) -> replay::Retry {
    replay::Retry {
        attempts: retry.attempts,
        delay: replay::Span(retry.delay),
        backoff: match retry.backoff {
            Backoff::Constant => replay::Backoff::Constant,
            Backoff::Linear => replay::Backoff::Linear,
            Backoff::Exponential => replay::Backoff::Exponential,
        },
        factor: retry.factor,
        longest_delay: replay::Span(retry.longest_delay),
        jitter: retry.jitter,
        on: retry.on,
    }
}

/// A JSON text of the guest's.
pub(super) fn json(guest: &Guest, text: String, what: &str) -> wasmtime::Result<replay::Json> {
    small_enough(guest, &text, what)?;
    if is_json(&text) {
        Ok(shared(guest, text))
    } else {
        Err(refused(format!("the code gave {what} that is no JSON")))
    }
}

/// As [`json`], as a value.
pub(super) fn value(guest: &Guest, text: String, what: &str) -> wasmtime::Result<serde_json::Value> {
    let text = json(guest, text, what)?;
    serde_json::from_str(&text.0).map_err(|e| refused(format!("the code gave {what} that is no JSON: {e}")))
}

fn small_enough(guest: &Guest, text: &str, what: &str) -> wasmtime::Result<()> {
    // What is recorded was small enough.
    if text.len() <= guest.value_bytes || guest.replays() {
        return Ok(());
    }
    let message = format!(
        "the code gave {what} of {} bytes, more than {}: give a reference to where it is kept",
        text.len(),
        guest.value_bytes
    );
    Err(wasmtime::Error::new(Stop::OverLimit(message)))
}
