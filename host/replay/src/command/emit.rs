//! `emit`: an event is sent.

use crate::{Json, divergence::Fields};

pub(super) fn describe(event: &str, to: Option<&str>) -> String {
    match to {
        Some(to) => format!("the event `{event}` to `{to}`"),
        None => format!("the event `{event}` to all"),
    }
}

type Parts<'a> = (&'a String, &'a Json, &'a Option<String>);

pub(super) fn compare(fields: &mut Fields, recorded: Parts<'_>, asked: Parts<'_>) {
    fields.value("event", recorded.0, asked.0);
    fields.text("data", &recorded.1.0, &asked.1.0);
    fields.option("to", recorded.2.as_ref(), asked.2.as_ref());
}
