//! `ask`: a person is asked.

use crate::{Json, divergence::Fields};

pub(super) fn describe(whom: &str) -> String {
    format!("a question to `{whom}`")
}

pub(super) fn compare(fields: &mut Fields, recorded: (&String, &Json), asked: (&String, &Json)) {
    fields.value("whom", recorded.0, asked.0);
    fields.text("task", &recorded.1.0, &asked.1.0);
}
