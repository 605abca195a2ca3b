//! `child` and `spawn`: another workflow is started.

use crate::{Json, divergence::Fields};

pub(super) fn describe_child(workflow: &str) -> String {
    format!("a run of the workflow `{workflow}`")
}

pub(super) fn describe_spawn(workflow: &str) -> String {
    format!("a start of the workflow `{workflow}`")
}

pub(super) fn compare(fields: &mut Fields, recorded: (&String, &Json), asked: (&String, &Json)) {
    fields.value("workflow", recorded.0, asked.0);
    fields.text("input", &recorded.1.0, &asked.1.0);
}
