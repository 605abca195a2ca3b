//! A slip that was recognised.

use crate::tree::Span;
use crate::{Diagnostic, Edit};

/// What is said about it, and how the copy is mended. Places are the copy's.
pub(super) struct Slip {
    pub(super) diagnostic: Diagnostic,
    /// Beyond the diagnostic's own edits. Where there are neither, the statement is taken out.
    mends: Vec<Edit>,
}

impl From<Diagnostic> for Slip {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, mends: Vec::new() }
    }
}

impl Slip {
    pub(super) fn new(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { diagnostic: Diagnostic::error(code, span, message), mends: Vec::new() }
    }

    pub(super) fn label(mut self, text: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.label(text);
        self
    }

    pub(super) fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.also(span, text);
        self
    }

    pub(super) fn help(mut self, text: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.help(text);
        self
    }

    /// An edit that is certain.
    pub(super) fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.fix(span, text);
        self
    }

    /// An edit that lets the reading go on, but is not offered.
    pub(super) fn mend(mut self, span: Span, text: impl Into<String>) -> Self {
        self.mends.push(Edit { span, text: text.into() });
        self
    }

    /// How the copy is mended.
    pub(super) fn mends(&self) -> &[Edit] {
        if self.mends.is_empty() { &self.diagnostic.edits } else { &self.mends }
    }
}

/// An empty place in front of `span`.
pub(super) fn before(span: Span) -> Span {
    Span { start: span.start, end: span.start }
}

/// An empty place behind `span`.
pub(super) fn behind(span: Span) -> Span {
    Span { start: span.end, end: span.end }
}
