//! The `cairn-map` section: where in the source the operation of a journal key stands.

use serde::{Deserialize, Serialize};

/// A place in the source, and the keys of the operations that stand there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// A key; `*` in it is a part that is worked out while it runs.
    pub key: String,
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// What stands there: `call inventory.reserve`.
    pub what: String,
}

/// The place of a journal key: the template with the fewest `*` that fits, the host's `#2` aside.
#[must_use]
pub(crate) fn find<'a>(places: &'a [Place], key: &str) -> Option<&'a Place> {
    let plain = match key.rsplit_once('#') {
        Some((before, number)) if number.bytes().all(|b| b.is_ascii_digit()) => before,
        _ => key,
    };
    let fitting = places.iter().filter(|place| fits(&place.key, key) || fits(&place.key, plain));
    fitting.min_by_key(|place| place.key.matches('*').count())
}

/// Does `key` have the form of `template`? A `*` stands for any text without `]` and `/`: both are encoded in data.
fn fits(template: &str, key: &str) -> bool {
    match template.split_once('*') {
        None => template == key,
        Some((before, behind)) => {
            let Some(rest) = key.strip_prefix(before) else { return false };
            let longest = rest.find([']', '/']).unwrap_or(rest.len());
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.take_while(|at| *at <= longest)
                .any(|at| rest.get(at..).is_some_and(|rest| fits(behind, rest)))
        }
    }
}
