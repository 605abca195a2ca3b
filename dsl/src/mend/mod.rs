//! What to do where the strict grammar refuses a text: find the slip, say it, mend it in a copy, and ask again.
//!
//! Faults of letters (`;`, `'…'`, `# …`) are mended all at once; then each declaration is asked for by itself, its
//! brackets are balanced by what the indentation tells, and whatever the grammar still refuses goes through the list
//! of known slips. What none of them knows is reported in general terms and its statement taken out.

mod at;
mod brackets;
mod copy;
mod expected;
mod letters;
mod region;
mod segment;
mod slip;
mod slips;

use crate::parse::{DIAGNOSTICS_MAX, Parsed, Places, Refusal, read};
use crate::scan::{self, Scan};
use crate::tree::{File, Item, Span};
use crate::{Diagnostic, Edit};

use at::{At, Whole};
use copy::Copy;
use slip::Slip;

/// The tree of what can be read, and a diagnostic for each slip on the way.
pub(crate) fn mend(text: &str, scan: &Scan) -> Parsed {
    let whole = Whole { text: String::new(), tokens: Vec::new() };
    let mut mender =
        Mender { copy: Copy::new(text), whole, diagnostics: Vec::new(), items: Vec::new(), quiet: false };
    mender.letters(scan);
    mender.declarations();
    mender.items.sort_by_key(|item| item.span);
    Parsed { file: File { items: mender.items }, diagnostics: mender.diagnostics }
}

struct Mender {
    copy: Copy,
    whole: Whole,
    diagnostics: Vec<Diagnostic>,
    items: Vec<Item>,
    /// The brackets of the declaration had to be guessed: general complaints follow from that.
    quiet: bool,
}

impl Mender {
    /// Faults that need no grammar, of the whole text.
    fn letters(&mut self, scan: &Scan) {
        let slips = letters::slips(&self.copy.text, scan);
        let mut edits = Vec::new();
        for slip in slips {
            edits.extend(slip.mends().to_vec());
            self.diagnostics.push(slip.diagnostic);
        }
        self.copy.edit(&edits);
    }

    /// From the last to the first, so that what is mended moves nothing that is still to come.
    fn declarations(&mut self) {
        let tokens = scan::scan(&self.copy.text).tokens;
        let borders = segment::borders(&self.copy.text, &tokens);
        self.whole = Whole { text: self.copy.text.clone(), tokens };
        for pair in borders.windows(2).rev() {
            if let [start, end] = *pair {
                self.declaration(start, end);
            }
        }
    }

    fn declaration(&mut self, start: usize, mut end: usize) {
        self.balance(start, &mut end);
        for _ in 0..=DIAGNOSTICS_MAX {
            match self.read(start, end) {
                Ok(()) => return,
                Err(refusal) if refusal.exhausted => break,
                Err(refusal) => {
                    let edits = self.explain(start, end, &refusal);
                    self.make(&edits, start, &mut end);
                }
            }
        }
        self.make(&[Edit { span: Span::of(0, end - start), text: String::new() }], start, &mut end);
    }

    fn read(&mut self, start: usize, end: usize) -> Result<(), Refusal> {
        let segment = self.copy.text.get(start..end).unwrap_or_default();
        let places = Shifted { copy: &self.copy, by: start };
        let (items, diagnostics) = read(segment, &places)?;
        self.items.extend(items);
        self.diagnostics.extend(diagnostics);
        Ok(())
    }

    fn balance(&mut self, start: usize, end: &mut usize) {
        let segment = self.copy.text.get(start..*end).unwrap_or_default();
        let slips = brackets::slips(segment, &scan::scan(segment).tokens);
        self.quiet = !slips.is_empty() && self.has_open_text(start, *end);
        let mut edits = Vec::new();
        for slip in slips {
            edits.extend(slip.mends().to_vec());
            if !self.quiet {
                self.report(slip, start);
            }
        }
        self.quiet |= !edits.is_empty();
        self.make(&edits, start, end);
    }

    /// A text that does not end swallows brackets: what they lack then has its diagnostic already.
    fn has_open_text(&self, start: usize, end: usize) -> bool {
        let segment = self.copy.span(start, end).range();
        let open = |old: &Diagnostic| old.code.0 == "E0121";
        self.diagnostics.iter().any(|old| open(old) && segment.contains(&(old.primary.span.start as usize)))
    }

    /// Says what is wrong, and gives the edits (places of the segment) that let the reading go on.
    fn explain(&mut self, start: usize, end: usize, refusal: &Refusal) -> Vec<Edit> {
        let segment = self.copy.text.get(start..end).unwrap_or_default();
        let tokens = scan::scan(segment).tokens;
        let at = At::new(segment, &tokens, refusal.at, &refusal.expected, &self.whole);
        let slip = slips::find(&at);
        let region = Edit { span: region::region(&at), text: String::new() };
        let edits = if slip.mends().is_empty() { vec![region] } else { slip.mends().to_vec() };
        self.report(slip, start);
        edits
    }

    /// Keeps the diagnostic unless its cause has one already.
    fn report(&mut self, slip: Slip, by: usize) {
        let diagnostic = self.copy.restore(shifted(slip.diagnostic, by));
        if !self.is_known(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// A general complaint in a line that has a diagnostic follows from it, most likely.
    fn is_known(&self, new: &Diagnostic) -> bool {
        self.diagnostics.iter().any(|old| {
            let same = old.code == new.code && old.primary.span == new.primary.span;
            let near = self.quiet || self.same_line(old.primary.span, new.primary.span);
            same || (near && expected::is_general(new))
        })
    }

    fn same_line(&self, one: Span, other: Span) -> bool {
        let (low, high) = (one.start.min(other.start), one.start.max(other.start));
        self.copy.original(low, high).is_some_and(|between| !between.contains('\n'))
    }

    fn make(&mut self, edits: &[Edit], start: usize, end: &mut usize) {
        let by = u32::try_from(start).unwrap_or(u32::MAX);
        let moved: Vec<Edit> =
            edits.iter().map(|edit| Edit { span: forward(edit.span, by), text: edit.text.clone() }).collect();
        *end = end.saturating_add_signed(self.copy.edit(&moved));
    }
}

fn forward(span: Span, by: u32) -> Span {
    Span { start: span.start.saturating_add(by), end: span.end.saturating_add(by) }
}

/// Moves all places of a diagnostic.
fn shifted(mut diagnostic: Diagnostic, by: usize) -> Diagnostic {
    let by = u32::try_from(by).unwrap_or(u32::MAX);
    diagnostic.primary.span = forward(diagnostic.primary.span, by);
    diagnostic.secondary.iter_mut().for_each(|label| label.span = forward(label.span, by));
    diagnostic.edits.iter_mut().for_each(|edit| edit.span = forward(edit.span, by));
    diagnostic
}

/// A segment of the copy.
struct Shifted<'c> {
    copy: &'c Copy,
    by: usize,
}

impl Places for Shifted<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        self.copy.span(start + self.by, end + self.by)
    }
}

#[cfg(test)]
mod tests;
