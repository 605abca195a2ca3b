//! How patiently a step is done.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::{time::millis, world::cairn::workflow::types};

/// The default waits as long as the host lets it, and makes one attempt.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Of one attempt.
    pub timeout: Option<Duration>,
    /// Of all attempts and the delays between them.
    pub deadline: Option<SystemTime>,
    /// Further attempts.
    pub retry: Option<Retry>,
    /// What is done about an attempt that had left and has no answer.
    pub unclear: Unclear,
    /// An earlier outcome that will do.
    pub cache: Option<Cache>,
}

/// What is done when nobody can know whether an attempt was carried out.
#[derive(Clone, Copy, Debug, Default)]
pub enum Unclear {
    /// It is made again, with the same idempotency key.
    #[default]
    Retry,
    /// The step fails with `unclear`.
    Fail,
    /// It waits for a person: `cairn retry`, or `cairn skip` with what it gave.
    Ask,
}

/// A success of the same operation will do if it was kept under this key and is not too old.
#[derive(Clone, Debug)]
pub struct Cache {
    /// Within the tenant, the tool and its operation.
    pub key: String,
    /// How old it may be.
    pub age: Duration,
}

/// Further attempts at a step that failed.
#[derive(Clone, Debug)]
pub struct Retry {
    /// At most so many attempts in all.
    pub attempts: u32,
    /// In front of the second.
    pub delay: Duration,
    /// How it grows.
    pub backoff: Backoff,
    /// It grows no further.
    pub longest_delay: Duration,
    /// From 0 to 1: the part of a delay that is drawn at random, so that many do not come back at the same moment.
    pub jitter: f64,
    /// Kinds of failure that are worth another attempt; empty means those that pass by themselves (timeouts, networks).
    pub on: Vec<String>,
}

/// How a delay grows.
#[derive(Clone, Copy, Debug, Default)]
pub enum Backoff {
    /// Not at all.
    Constant,
    /// By the first delay each time.
    Linear,
    /// Twice as long each time.
    #[default]
    Exponential,
}

impl Retry {
    /// So many attempts, a second after the first and then twice as long each time, up to a minute.
    pub fn times(attempts: u32) -> Self {
        Self {
            attempts,
            delay: Duration::from_secs(1),
            backoff: Backoff::Exponential,
            longest_delay: Duration::from_secs(60),
            jitter: 0.0,
            on: Vec::new(),
        }
    }

    /// With this delay in front of the second attempt.
    #[must_use]
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Also on failures of these kinds, and on no others.
    #[must_use]
    pub fn on(self, kinds: &[&str]) -> Self {
        Self { on: kinds.iter().map(|kind| (*kind).to_owned()).collect(), ..self }
    }
}

impl Options {
    /// With a time limit for each attempt.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// With further attempts.
    #[must_use]
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry: Some(retry), ..self }
    }

    /// With a policy for attempts of which nobody knows.
    #[must_use]
    pub fn unclear(self, unclear: Unclear) -> Self {
        Self { unclear, ..self }
    }

    pub(crate) fn world(&self) -> types::Options {
        types::Options {
            timeout: self.timeout.map(millis),
            deadline: self.deadline.map(|due| millis(due.duration_since(UNIX_EPOCH).unwrap_or_default())),
            retry: self.retry.as_ref().map(|retry| types::Retry {
                attempts: retry.attempts,
                delay: millis(retry.delay),
                backoff: match retry.backoff {
                    Backoff::Constant => types::Backoff::Constant,
                    Backoff::Linear => types::Backoff::Linear,
                    Backoff::Exponential => types::Backoff::Exponential,
                },
                factor: 2.0,
                longest_delay: millis(retry.longest_delay),
                jitter: retry.jitter,
                on: retry.on.clone(),
            }),
            cache: self
                .cache
                .as_ref()
                .map(|kept| types::Cached { key: kept.key.clone(), age: millis(kept.age) }),
            unclear: match self.unclear {
                Unclear::Retry => types::Unclear::Retry,
                Unclear::Fail => types::Unclear::Fail,
                Unclear::Ask => types::Unclear::Ask,
            },
        }
    }
}
