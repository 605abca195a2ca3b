//! Field by field: in what two requests of the same kind differ.

use std::fmt::Display;

/// A field that is not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub field: String,
    /// What is recorded; of a long text the part around the difference.
    pub recorded: String,
    /// What was asked; of a long text the part around the difference.
    pub asked: String,
    /// The byte at which the two texts part; `None` for what is not a text.
    pub from: Option<usize>,
}

/// Characters of a text shown in front of a difference.
const BEFORE: usize = 24;
/// Characters shown from the difference on.
const AFTER: usize = 40;

/// Collects differences.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<Difference>);

impl Fields {
    pub(super) fn done(self) -> Vec<Difference> {
        self.0
    }

    pub(crate) fn value<T: PartialEq + Display>(&mut self, field: &str, recorded: &T, asked: &T) {
        if recorded != asked {
            self.add(field, recorded.to_string(), asked.to_string(), None);
        }
    }

    pub(crate) fn option<T: PartialEq + Display>(
        &mut self,
        field: &str,
        recorded: Option<T>,
        asked: Option<T>,
    ) {
        if recorded != asked {
            let show = |value: Option<T>| value.map_or_else(|| "none".into(), |value| value.to_string());
            self.add(field, show(recorded), show(asked), None);
        }
    }

    /// JSON is compared as text, as the guest gave it: two spellings of one value differ.
    pub(crate) fn text(&mut self, field: &str, recorded: &str, asked: &str) {
        if recorded != asked {
            let from = parting(recorded, asked);
            self.add(field, window(recorded, from), window(asked, from), Some(from));
        }
    }

    fn add(&mut self, field: &str, recorded: String, asked: String, from: Option<usize>) {
        self.0.push(Difference { field: field.to_owned(), recorded, asked, from });
    }
}

/// The first byte at which two texts differ, moved back to the beginning of its character.
fn parting(one: &str, other: &str) -> usize {
    let same = one.chars().zip(other.chars()).take_while(|(one, other)| one == other);
    same.map(|(one, _)| one.len_utf8()).sum()
}

/// The part of a text around a byte, which must be the beginning of a character or the end.
fn window(text: &str, from: usize) -> String {
    let (before, after) = text.split_at_checked(from).unwrap_or((text, ""));
    let skip = before.chars().count().saturating_sub(BEFORE);
    let mut shown = String::new();
    if skip > 0 {
        shown.push('…');
    }
    shown.extend(before.chars().skip(skip));
    shown.extend(after.chars().take(AFTER));
    if after.chars().nth(AFTER).is_some() {
        shown.push('…');
    }
    shown
}
