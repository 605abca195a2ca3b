//! `call`: a tool is asked. Its request and its patience are what an undo has too.

use crate::{Cached, Options, Request, Retry, Unclear, divergence::Fields};

pub(super) fn describe(request: &Request) -> String {
    format!("a call of `{}`", request.tool)
}

pub(super) fn compare(fields: &mut Fields, recorded: (&Request, &Options), asked: (&Request, &Options)) {
    fields.value("tool", &recorded.0.tool, &asked.0.tool);
    fields.text("arguments", &recorded.0.arguments.0, &asked.0.arguments.0);
    fields.value("secrets", &recorded.0.secrets.join(", "), &asked.0.secrets.join(", "));
    compare_options(fields, recorded.1, asked.1);
}

pub(super) fn compare_options(fields: &mut Fields, recorded: &Options, asked: &Options) {
    fields.option("timeout", recorded.timeout.map(|span| span.0), asked.timeout.map(|span| span.0));
    fields.option("deadline", recorded.deadline.map(|due| due.0), asked.deadline.map(|due| due.0));
    fields.option("retry", recorded.retry.as_ref().map(policy), asked.retry.as_ref().map(policy));
    fields.option("cache", recorded.cache.as_ref().map(cached), asked.cache.as_ref().map(cached));
    fields.value("unclear", &unclear(recorded.unclear), &unclear(asked.unclear));
}

fn unclear(policy: Unclear) -> &'static str {
    match policy {
        Unclear::Retry => "retry",
        Unclear::Fail => "fail",
        Unclear::Ask => "ask",
    }
}

fn cached(cached: &Cached) -> String {
    format!("`{}` for {} ms", cached.key, cached.age.0)
}

fn policy(retry: &Retry) -> String {
    format!(
        "{} attempts, {:?} from {} ms by {} to {} ms, jitter {}, on [{}]",
        retry.attempts,
        retry.backoff,
        retry.delay.0,
        retry.factor,
        retry.longest_delay.0,
        retry.jitter,
        retry.on.join(", ")
    )
}
