//! Diagnostics for people.

use codespan_reporting::diagnostic::{Diagnostic as Shown, Label as Place, LabelStyle, Severity as Level};
use codespan_reporting::files::SimpleFiles;
use codespan_reporting::term::{self, Config};

use crate::{Diagnostic, Label, Severity, Source};

/// All diagnostics as text, each with the lines it is about; with ANSI colours if `colour`.
#[must_use]
pub fn render(source: &Source, diagnostics: &[Diagnostic], colour: bool) -> String {
    let mut files = SimpleFiles::new();
    for part in source.parts() {
        files.add(part.name, part.text);
    }
    let config = Config::default();
    let mut text = String::new();
    for diagnostic in diagnostics {
        let shown = shown(source, diagnostic);
        text.push_str(&one(&config, &files, &shown, colour).unwrap_or_else(|| plain(source, diagnostic)));
    }
    text
}

/// By their place among the parts of the source.
type Files<'s> = SimpleFiles<&'s str, &'s str>;

fn one(config: &Config, files: &Files<'_>, shown: &Shown<usize>, colour: bool) -> Option<String> {
    if !colour {
        return term::emit_into_string(config, files, shown).ok();
    }
    let mut ansi = codespan_reporting::term::termcolor::Ansi::new(Vec::new());
    term::emit_to_write_style(&mut ansi, config, files, shown).ok()?;
    String::from_utf8(ansi.into_inner()).ok()
}

/// One line, for the case that the places are outside the text.
fn plain(source: &Source, diagnostic: &Diagnostic) -> String {
    let (line, column) = source.position(diagnostic.primary.span.start);
    let name = source.part(diagnostic.primary.span.start).name;
    format!("{name}:{line}:{column}: {}: {}\n", diagnostic.code.0, diagnostic.message)
}

fn shown(source: &Source, diagnostic: &Diagnostic) -> Shown<usize> {
    let level = match diagnostic.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    };
    let primary = place(source, LabelStyle::Primary, &diagnostic.primary);
    let others = diagnostic.secondary.iter().map(|label| place(source, LabelStyle::Secondary, label));
    Shown::new(level)
        .with_code(diagnostic.code.0)
        .with_message(&diagnostic.message)
        .with_labels(std::iter::once(primary).chain(others).collect())
        .with_notes(notes(diagnostic))
}

/// Places beyond the end are shown at the end.
fn place(source: &Source, style: LabelStyle, label: &Label) -> Place<usize> {
    let part = source.part(label.span.start);
    let file = source.parts().position(|other| other.start == part.start).unwrap_or(0);
    let range = label.span.range();
    let end = range.end.saturating_sub(part.start as usize).min(part.text.len());
    let start = range.start.saturating_sub(part.start as usize).min(end);
    Place::new(style, file, start..end).with_message(&label.text)
}

fn notes(diagnostic: &Diagnostic) -> Vec<String> {
    let fix = if diagnostic.edits.is_empty() { "" } else { " [fix]" };
    let help = diagnostic.help.iter().map(|help| format!("help: {}{fix}", help.replace('\n', "\n      ")));
    help.collect()
}

#[cfg(test)]
mod tests;
