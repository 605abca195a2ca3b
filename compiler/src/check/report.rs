//! Collects what was found: each cause once, in the order of the text, at most twenty.

use cairn_dsl::tree::Span;
use cairn_dsl::{Diagnostic, Severity};

use super::index::Index;

/// More than this many help nobody.
const AT_MOST: usize = 20;

/// What was found so far.
#[derive(Default)]
pub(super) struct Report {
    found: Vec<Diagnostic>,
    muted: u32,
    /// Where the text could not be read: what stands around it is a guess, and a name that is not known may have stood there.
    torn: Vec<Span>,
    /// What an editor wants to know besides.
    pub(super) index: Index,
}

impl Report {
    /// Begins with what the parser found.
    pub(super) fn new(syntax: Vec<Diagnostic>) -> Self {
        let torn = syntax.iter().filter(|d| d.severity == Severity::Error).map(|d| d.primary.span).collect();
        Self { found: syntax, torn, ..Self::default() }
    }

    /// Takes one in, unless it is muted or follows from a part of the text that could not be read.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        let place = diagnostic.primary.span;
        let guessed = self.torn.iter().any(|torn| place.start <= torn.start && torn.end <= place.end);
        let unknown = !self.torn.is_empty() && matches!(diagnostic.code.0, "E0201" | "E0203");
        let twice = |d: &Diagnostic| d.code == diagnostic.code && d.primary.span == diagnostic.primary.span;
        if self.muted == 0 && !guessed && !unknown && !self.found.iter().any(twice) {
            self.found.push(diagnostic);
        }
    }

    /// What was found with this code inside a place is no fault there.
    pub(super) fn spare(&mut self, code: &str, place: Span) {
        let inside = |span: Span| place.start <= span.start && span.end <= place.end;
        self.found.retain(|d| d.code.0 != code || !inside(d.primary.span));
    }

    /// Until [`unmute`](Self::unmute), nothing is taken in: what is looked at was looked at before.
    pub(super) fn mute(&mut self) {
        self.muted += 1;
    }

    /// Ends one [`mute`](Self::mute).
    pub(super) fn unmute(&mut self) {
        self.muted = self.muted.saturating_sub(1);
    }

    /// How much was found so far.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// An error was found.
    pub(super) fn failed(&self) -> bool {
        self.found.iter().any(|d| d.severity == Severity::Error)
    }

    /// All of it, sorted by place. Where there are errors, warnings that may follow from them are left out.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        let failed = self.failed();
        if failed {
            self.found.retain(|d| d.severity == Severity::Error);
        }
        self.found.sort_by_key(|d| (d.primary.span.start, d.primary.span.end));
        self.found.truncate(AT_MOST);
        self.found
    }
}
