//! Diagnostics as data: what was found, where, why it cannot be, and what to do. Rendering is elsewhere.

use serde::Serialize;

use crate::tree::Span;

/// A stable code such as `E0304` or `W0702`; each has a page (`cairn explain E0304`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Code(pub &'static str);

/// Whether the file can be compiled all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It cannot be compiled.
    Error,
    /// It can, but it is probably not what was meant.
    Warning,
}

/// A place in the text and what is to be said about it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The bytes that are underlined.
    pub span: Span,
    /// May be empty: then the place alone is shown.
    pub text: String,
}

/// A change of the text that mends the fault; made only where it is certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The bytes that are replaced; empty to insert.
    pub span: Span,
    /// What stands there instead.
    pub text: String,
}

/// One fault, shown once: never more than one for one cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Which kind of fault.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// What was found and why it cannot be, in one line without a full stop.
    pub message: String,
    /// The place itself.
    pub primary: Label,
    /// Other places that explain it, such as where the name was declared.
    pub secondary: Vec<Label>,
    /// What to do, one or more lines; code in back quotes.
    pub help: Option<String>,
    /// Applied together by `cairn fix`; empty where no edit is certain.
    pub edits: Vec<Edit>,
}

impl Diagnostic {
    /// An error at `span`, without label text, help or edit.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message.into())
    }

    /// A warning at `span`, without label text, help or edit.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message.into())
    }

    fn new(severity: Severity, code: &'static str, span: Span, message: String) -> Self {
        let primary = Label { span, text: String::new() };
        Self {
            code: Code(code),
            severity,
            message,
            primary,
            secondary: Vec::new(),
            help: None,
            edits: Vec::new(),
        }
    }

    /// What is written under the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds a place that explains the fault.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// An edit that certainly mends it.
    #[must_use]
    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.edits.push(Edit { span, text: text.into() });
        self
    }
}
