//! `sleep`: until a moment, or for a while after it was first asked for.

use crate::{Instant, Span};

pub(super) fn describe_until(due: Instant) -> String {
    format!("a sleep until {} ms after 1970", due.0)
}

pub(super) fn describe_span(span: Span) -> String {
    format!("a sleep of {} ms", span.0)
}
