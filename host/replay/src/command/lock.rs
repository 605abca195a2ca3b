//! `lock` and `unlock`: a place under a name of the tenant.

use crate::divergence::Fields;

pub(super) fn describe(name: &str, places: u32) -> String {
    match places {
        1 => format!("a wait for the only place of `{name}`"),
        _ => format!("a wait for one of {places} places of `{name}`"),
    }
}

pub(super) fn describe_unlock() -> String {
    "giving a place back".into()
}

pub(super) fn compare(fields: &mut Fields, recorded: (&String, u32), asked: (&String, u32)) {
    fields.value("name", recorded.0, asked.0);
    fields.value("places", &recorded.1, &asked.1);
}
