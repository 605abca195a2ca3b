//! Diagnostics: those of `cairn check`.

use cairn_dsl::{Diagnostic as Found, Severity};
use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location, NumberOrString,
    Uri,
};

use crate::{document::Document, text::range};

/// All of a file.
pub(crate) fn all(document: &Document, uri: &Uri) -> Vec<Diagnostic> {
    document.diagnostics.iter().map(|found| one(document, found, uri)).collect()
}

/// One as the protocol has it: the help stands below the message.
pub(crate) fn one(document: &Document, found: &Found, uri: &Uri) -> Diagnostic {
    let text = &document.text;
    let mut message = found.message.clone();
    if !found.primary.text.is_empty() {
        message = format!("{message}\n{}", found.primary.text);
    }
    if let Some(help) = &found.help {
        message = format!("{message}\nhelp: {help}");
    }
    // What stands in a file that this one uses is behind its text, and cannot be pointed at here.
    let here = found.secondary.iter().filter(|label| label.span.end as usize <= text.len());
    let related = here.map(|label| DiagnosticRelatedInformation {
        location: Location { uri: uri.clone(), range: range(text, label.span) },
        message: if label.text.is_empty() { "here".to_owned() } else { label.text.clone() },
    });
    Diagnostic {
        range: range(text, found.primary.span),
        severity: Some(match found.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(found.code.0.to_owned())),
        source: Some("cairn".to_owned()),
        message,
        related_information: Some(related.collect()),
        tags: matches!(found.code.0, "W0201" | "E0801").then(|| vec![DiagnosticTag::UNNECESSARY]),
        ..Diagnostic::default()
    }
}
