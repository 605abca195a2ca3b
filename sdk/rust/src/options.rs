//! How patiently a step is done.

use std::time::Duration;

use crate::{time::millis, world::cairn::workflow::types};

/// The default waits as long as the host lets it, and makes one attempt.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Of one attempt.
    pub timeout: Option<Duration>,
    /// Further attempts.
    pub retry: Option<Retry>,
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

    pub(crate) fn world(&self) -> types::Options {
        types::Options {
            timeout: self.timeout.map(millis),
            deadline: None,
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
                jitter: 0.0,
                on: retry.on.clone(),
            }),
            cache: None,
            unclear: types::Unclear::Retry,
        }
    }
}
