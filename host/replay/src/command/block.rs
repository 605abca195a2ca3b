//! `block` and `undo-block`: a part of the component that runs as a scope of its own.

use crate::{Json, divergence::Fields};

pub(super) fn describe(number: u32) -> String {
    format!("block {number} side by side")
}

pub(super) fn describe_undo(number: u32) -> String {
    format!("an undo by block {number}")
}

pub(super) fn compare(fields: &mut Fields, recorded: (u32, &Json), asked: (u32, &Json)) {
    fields.value("block", &recorded.0, &asked.0);
    fields.text("captured", &recorded.1.0, &asked.1.0);
}
