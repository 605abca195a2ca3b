//! What is wrong with a test, or with what it tests: shown with its place, as what the compiler finds is.

use cairn_dsl::{Diagnostic, tree::Span};

/// One thing that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault(Box<Diagnostic>);

impl Fault {
    /// What was found, and where.
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        // It has no code: there is no page for what a test finds out.
        Self(Box::new(Diagnostic::error("", span, message)))
    }

    pub(super) fn label(self, text: impl Into<String>) -> Self {
        Self(Box::new(self.0.label(text)))
    }

    pub(super) fn also(self, span: Span, text: impl Into<String>) -> Self {
        Self(Box::new(self.0.also(span, text)))
    }

    pub(super) fn help(self, text: impl Into<String>) -> Self {
        Self(Box::new(self.0.help(text)))
    }

    /// It was found where the host had died behind an entry.
    pub(super) fn behind(self, entry: &str) -> Self {
        let text = format!("after a crash behind {entry}: {}", self.0.message);
        Self(Box::new(Diagnostic { message: text, ..*self.0 }))
    }

    /// As the renderer wants it.
    pub(crate) fn diagnostic(&self) -> &Diagnostic {
        &self.0
    }
}
