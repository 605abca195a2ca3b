//! Text in, tree and diagnostics out.

mod messages;
mod nesting;
mod strict;

use crate::Diagnostic;
use crate::grammar::Rule;
use crate::scan;
use crate::tree::{File, Span};
pub(crate) use crate::walk::Places;

pub(crate) use messages::{
    awaited, bad_bytes, duration_range, effect_in_value, float_range, foreign_constant, int_range,
    lone_surrogate, too_deep, while_true,
};
pub(crate) use strict::{Refusal, read};

/// No more of them are shown for one file: who has twenty to mend wants to see the next ones afterwards.
pub const DIAGNOSTICS_MAX: usize = 20;

/// What was read of a text.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// All of it; or, where there are diagnostics, what could be read.
    pub file: File,
    /// In the order of their places; empty for a text that follows the grammar.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a text. It never fails: a text with faults has diagnostics, and the tree of what could be read all the same.
///
/// The strict grammar is asked first. Where it refuses, the slip is looked for and mended in a copy of the text until
/// the grammar takes it, so that one run reports several faults and what stands around them can still be checked.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    if u32::try_from(text.len()).is_err() {
        return refused(messages::too_long());
    }
    let scan = scan::scan(text);
    if let Some(diagnostic) = nesting::check(text, &scan.tokens) {
        return refused(diagnostic);
    }
    let mut parsed = match read(text, &AsWritten) {
        Ok((items, diagnostics)) => Parsed { file: File { items }, diagnostics },
        Err(refusal) if refusal.exhausted => refused(nesting::exhausted(text, &scan.tokens)),
        Err(_) => crate::mend::mend(text, &scan),
    };
    parsed.diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    parsed.diagnostics.truncate(DIAGNOSTICS_MAX);
    parsed
}

/// Reads a file that another one uses and that stands behind it in a [`Source`](crate::Source): its first byte is `start`. Of a file with
/// faults there are only the diagnostics: what is guessed of it helps nobody who does not look at it.
#[must_use]
pub fn parse_behind(text: &str, start: u32) -> Parsed {
    let nested = nesting::check(text, &scan::scan(text).tokens);
    if nested.is_none()
        && let Ok((items, diagnostics)) = read(text, &Behind(start))
    {
        return Parsed { file: File { items }, diagnostics };
    }
    let mut diagnostics = parse(text).diagnostics;
    for diagnostic in &mut diagnostics {
        let labels = std::iter::once(&mut diagnostic.primary).chain(&mut diagnostic.secondary);
        for span in
            labels.map(|label| &mut label.span).chain(diagnostic.edits.iter_mut().map(|e| &mut e.span))
        {
            *span = Span { start: span.start.saturating_add(start), end: span.end.saturating_add(start) };
        }
    }
    Parsed { file: File::default(), diagnostics }
}

/// The text that was parsed stands behind others.
struct Behind(u32);

impl Places for Behind {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::of(start + self.0 as usize, end + self.0 as usize)
    }
}

/// The items of a text that follows the grammar, whatever its literals hold.
#[cfg(test)]
pub(crate) fn read_as_written(text: &str) -> Option<(Vec<crate::tree::Item>, Vec<Diagnostic>)> {
    read(text, &AsWritten).ok()
}

/// Whether [`parse`] refuses the text before the grammar is asked.
pub(crate) fn is_out_of_reach(text: &str) -> bool {
    u32::try_from(text.len()).is_err() || nesting::check(text, &scan::scan(text).tokens).is_some()
}

fn refused(diagnostic: Diagnostic) -> Parsed {
    Parsed { file: File::default(), diagnostics: vec![diagnostic] }
}

/// The text that was parsed is the file.
struct AsWritten;

impl Places for AsWritten {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::of(start, end)
    }
}

/// Whether a word at the left margin begins a declaration.
pub(crate) fn begins_item(word: &str) -> bool {
    const WORDS: [&str; 12] = [
        "use", "const", "type", "error", "event", "secret", "tool", "toolset", "fn", "flow", "workflow",
        "test",
    ];
    WORDS.contains(&word)
}

/// Whether a rule of the grammar is one of its words.
pub(crate) fn word_of(rule: Rule) -> Option<String> {
    let name = format!("{rule:?}");
    name.strip_prefix("K_").map(str::to_ascii_lowercase)
}

#[cfg(test)]
pub(crate) mod tests;
