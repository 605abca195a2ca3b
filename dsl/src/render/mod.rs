//! Diagnostics for people.

use codespan_reporting::diagnostic::{Diagnostic as Shown, Label as Place, LabelStyle, Severity as Level};
use codespan_reporting::files::SimpleFile;
use codespan_reporting::term::{self, Config};

use crate::{Diagnostic, Label, Severity, Source};

/// All diagnostics as text, each with the lines it is about; with ANSI colours if `colour`.
#[must_use]
pub fn render(source: &Source, diagnostics: &[Diagnostic], colour: bool) -> String {
    let file = SimpleFile::new(&source.name, &source.text);
    let config = Config::default();
    let mut text = String::new();
    for diagnostic in diagnostics {
        let shown = shown(source, diagnostic);
        text.push_str(&one(&config, &file, &shown, colour).unwrap_or_else(|| plain(source, diagnostic)));
    }
    text
}

type File<'s> = SimpleFile<&'s String, &'s String>;

fn one(config: &Config, file: &File<'_>, shown: &Shown<()>, colour: bool) -> Option<String> {
    if !colour {
        return term::emit_into_string(config, file, shown).ok();
    }
    let mut ansi = codespan_reporting::term::termcolor::Ansi::new(Vec::new());
    term::emit_to_write_style(&mut ansi, config, file, shown).ok()?;
    String::from_utf8(ansi.into_inner()).ok()
}

/// One line, for the case that the places are outside the text.
fn plain(source: &Source, diagnostic: &Diagnostic) -> String {
    let (line, column) = source.position(diagnostic.primary.span.start);
    format!("{}:{line}:{column}: {}: {}\n", source.name, diagnostic.code.0, diagnostic.message)
}

fn shown(source: &Source, diagnostic: &Diagnostic) -> Shown<()> {
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
fn place(source: &Source, style: LabelStyle, label: &Label) -> Place<()> {
    let range = label.span.range();
    let end = range.end.min(source.text.len());
    Place::new(style, (), range.start.min(end)..end).with_message(&label.text)
}

fn notes(diagnostic: &Diagnostic) -> Vec<String> {
    let fix = if diagnostic.edits.is_empty() { "" } else { " [fix]" };
    let help = diagnostic.help.iter().map(|help| format!("help: {}{fix}", help.replace('\n', "\n      ")));
    help.collect()
}

#[cfg(test)]
mod tests;
