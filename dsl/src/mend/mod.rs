//! What to do where the strict grammar refuses a text.

use crate::Diagnostic;
use crate::parse::{AsWritten, Parsed, read};
use crate::scan::Scan;
use crate::tree::{File, Span};

pub(crate) fn mend(text: &str, _scan: Scan) -> Parsed {
    let Err(refusal) = read(text, &AsWritten) else {
        return Parsed { file: File::default(), diagnostics: Vec::new() };
    };
    let span = Span::of(refusal.at, refusal.at);
    let diagnostic = Diagnostic::error("E0101", span, "this cannot stand here");
    Parsed { file: File::default(), diagnostics: vec![diagnostic] }
}
