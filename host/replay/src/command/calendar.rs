//! `calendar`: arithmetic in a time zone.

use crate::{Instant, Json, divergence::Fields};

pub(super) fn describe(question: &str, zone: &str) -> String {
    format!("the calendar's `{question}` in {zone}")
}

type Parts<'a> = (&'a String, Instant, &'a String, &'a Json);

pub(super) fn compare(fields: &mut Fields, recorded: Parts<'_>, asked: Parts<'_>) {
    fields.value("question", recorded.0, asked.0);
    fields.value("of", &recorded.1.0, &asked.1.0);
    fields.value("zone", recorded.2, asked.2);
    fields.text("arguments", &recorded.3.0, &asked.3.0);
}
