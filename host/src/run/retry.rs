//! When a step is tried again.

use cairn_replay::{Backoff, Failure, Instant, Options, Retry, Span};
use sha2::{Digest, Sha256};

/// Kinds worth another attempt where the code names none: the world's default.
const PASSING: [&str; 4] = ["timeout", "network", "http_5xx", "http_429"];

/// When the attempt behind `attempt`, which failed, is due; none if it was the last.
pub(crate) fn again(
    options: &Options,
    attempt: u32,
    failure: &Failure,
    now: Instant,
    step: &str,
) -> Option<Instant> {
    let retry = options.retry.as_ref()?;
    if attempt >= retry.attempts || !worth_it(retry, &failure.kind) {
        return None;
    }
    let due = Instant(now.0.saturating_add(delay(retry, attempt, step).0));
    match options.deadline {
        Some(deadline) if due >= deadline => None,
        _ => Some(due),
    }
}

fn worth_it(retry: &Retry, kind: &str) -> bool {
    if retry.on.is_empty() { PASSING.contains(&kind) } else { retry.on.iter().any(|on| on == kind) }
}

/// The delay behind an attempt, from 1. Its random part is drawn from the step's name and the attempt: spread over many
/// instances, and yet nothing that would have to be journaled.
fn delay(retry: &Retry, attempt: u32, step: &str) -> Span {
    let base = retry.delay.0 as f64;
    let grown = match retry.backoff {
        Backoff::Constant => base,
        Backoff::Linear => base * f64::from(attempt),
        Backoff::Exponential => base * retry.factor.powi(i32::try_from(attempt - 1).unwrap_or(i32::MAX)),
    };
    // What is not a number becomes the longest delay.
    let capped = grown.min(retry.longest_delay.0 as f64).max(0.0);
    let jitter = if retry.jitter.is_nan() { 0.0 } else { retry.jitter.clamp(0.0, 1.0) };
    Span((capped * (1.0 - jitter * chance(step, attempt))).round() as u64)
}

/// Evenly distributed from 0 to 1, the same for the same step and attempt.
fn chance(step: &str, attempt: u32) -> f64 {
    let hash = Sha256::new().chain_update(step).chain_update(attempt.to_le_bytes()).finalize();
    let bits = hash.iter().take(4).fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    f64::from(bits) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::run::words::fail;

    fn retry(backoff: Backoff, factor: f64, jitter: f64) -> Retry {
        Retry {
            attempts: 4,
            delay: Span(100),
            backoff,
            factor,
            longest_delay: Span(350),
            jitter,
            on: Vec::new(),
        }
    }

    #[test]
    fn delays_grow_as_they_are_told_and_no_further() {
        let delays =
            |backoff| (1..=4).map(|n| delay(&retry(backoff, 2.0, 0.0), n, "k").0).collect::<Vec<_>>();
        assert_eq!(delays(Backoff::Constant), [100, 100, 100, 100]);
        assert_eq!(delays(Backoff::Linear), [100, 200, 300, 350]);
        assert_eq!(delays(Backoff::Exponential), [100, 200, 350, 350]);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let options = |on: &[&str]| {
            let on = on.iter().map(|kind| (*kind).to_owned()).collect();
            Options { retry: Some(Retry { on, ..retry(Backoff::Constant, 1.0, 0.0) }), ..Options::default() }
        };
        let due =
            |options: &Options, attempt, kind| again(options, attempt, &fail(kind, ""), Instant(5), "k");
        assert_eq!(due(&options(&[]), 1, "network"), Some(Instant(105)));
        assert_eq!(due(&options(&[]), 1, "card_declined"), None);
        assert_eq!(due(&options(&["card_declined"]), 3, "card_declined"), Some(Instant(105)));
        assert_eq!(due(&options(&["card_declined"]), 4, "card_declined"), None);
        assert_eq!(due(&Options::default(), 1, "network"), None);
        let late = Options { deadline: Some(Instant(105)), ..options(&[]) };
        assert_eq!(due(&late, 1, "network"), None);
    }

    proptest! {
        #[test]
        fn no_numbers_lead_beyond_the_longest_delay(
            factor in any::<f64>(), jitter in any::<f64>(), attempt in 1..u32::MAX, key in ".{0,9}"
        ) {
            let retry = retry(Backoff::Exponential, factor, jitter);
            prop_assert!(delay(&retry, attempt, &key) <= Span(350));
            prop_assert_eq!(delay(&retry, attempt, &key), delay(&retry, attempt, &key));
        }
    }
}
