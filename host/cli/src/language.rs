//! The only file that knows the compiler and the language: text in, diagnostics and component bytes out.

use std::path::Path;

use cairn_compiler::{Checked, Disk, EmitError, check_with, explain, ir::Program};
use cairn_dsl::{Diagnostic, Severity, Source};
use serde::Serialize;
use serde_json::Value;

use crate::{
    problem::{Outcome, Problem, mistake},
    screen::{Paint, out},
};

/// A text in the Cairn language.
///
/// # Errors
///
/// The user's mistake where the bytes are no UTF-8.
pub(crate) fn read(path: &Path, bytes: Vec<u8>) -> Outcome<Source> {
    let text = String::from_utf8(bytes).map_err(|e| {
        mistake(
            format!(
                "`{}` is neither text nor WebAssembly: byte {} is no UTF-8",
                path.display(),
                e.utf8_error().valid_up_to()
            ),
            "a `.cairn` file is UTF-8; a component begins with the bytes 00 61 73 6d",
        )
    })?;
    Ok(Source::new(path.display().to_string(), text))
}

/// What the compiler finds in a file.
pub(crate) struct File {
    checked: Checked,
}

/// A diagnostic as programs read it: as data, with its place as people count.
#[derive(Debug, Serialize)]
pub(crate) struct Located<'d> {
    line: u32,
    column: u32,
    /// All places that it speaks of, the place itself first.
    spans: Vec<Place<'d>>,
    #[serde(flatten)]
    diagnostic: &'d Diagnostic,
}

/// A place as people count, from 1, and as the compiler does: bytes from 0.
#[derive(Debug, Serialize)]
pub(crate) struct Place<'d> {
    file: &'d str,
    start: u32,
    end: u32,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    text: &'d str,
}

fn place<'d>(source: &'d Source, label: &'d cairn_dsl::Label) -> Place<'d> {
    let (start, end) = (label.span.start, label.span.end);
    let ((line, column), (end_line, end_column)) = (source.position(start), source.position(end));
    let file = source.part(start).name;
    Place { file, start, end, line, column, end_line, end_column, text: &label.text }
}

impl File {
    /// Checks a text and the files beside it that it uses.
    pub(crate) fn check(source: &Source) -> Self {
        Self { checked: check_with(&source.name, &source.text, &Disk) }
    }

    /// All that the compiler found.
    pub(crate) fn checked(&self) -> &Checked {
        &self.checked
    }

    /// As the user called it.
    pub(crate) fn name(&self) -> &str {
        &self.checked.source.name
    }

    /// It cannot be compiled.
    pub(crate) fn wrong(&self) -> bool {
        self.checked.diagnostics.iter().any(|one| one.severity == Severity::Error)
    }

    /// All diagnostics with the lines they are about; empty where there are none.
    pub(crate) fn rendered(&self, paint: Paint) -> String {
        cairn_dsl::render(&self.checked.source, &self.checked.diagnostics, paint.colours())
    }

    /// How many errors and warnings.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let all = &self.checked.diagnostics;
        let errors = all.iter().filter(|one| one.severity == Severity::Error).count();
        (errors, all.len() - errors)
    }

    /// The codes of its errors and warnings, each once, in their order.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        let mut codes = Vec::new();
        for diagnostic in &self.checked.diagnostics {
            if !codes.contains(&diagnostic.code.0) {
                codes.push(diagnostic.code.0);
            }
        }
        codes
    }

    /// All diagnostics as data.
    pub(crate) fn located(&self) -> Vec<Located<'_>> {
        let located = self.checked.diagnostics.iter().map(|diagnostic| {
            let (line, column) = self.checked.source.position(diagnostic.primary.span.start);
            let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
            let spans = labels.map(|label| place(&self.checked.source, label)).collect();
            Located { line, column, spans, diagnostic }
        });
        located.collect()
    }

    /// What its workflows say of themselves: the JSON of `cairn-meta`.
    ///
    /// # Errors
    ///
    /// A fault where it cannot be written as JSON.
    pub(crate) fn metas(&self) -> Outcome<Vec<Value>> {
        let values = self.checked.workflows.iter().map(|program| serde_json::to_value(&program.meta));
        let all: Result<Vec<Value>, _> = values.collect();
        all.map_err(|e| {
            cairn_host::Error::fault(format!("cannot write what a workflow says of itself: {e}")).into()
        })
    }
}

/// A workflow and those that it may start, as components.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// The one that was asked for.
    pub(crate) main: Vec<u8>,
    /// All others of the text, and of the texts that it uses.
    pub(crate) peers: Vec<Vec<u8>>,
}

/// The component of the first workflow in a text, or of the one that is named, and those of all others. Warnings are shown.
///
/// # Errors
///
/// Diagnostics (shown already); no such workflow; a fault of the emitter.
pub(crate) fn compile(source: &Source, workflow: Option<&str>) -> Outcome<Compiled> {
    let file = File::check(source);
    out::tell(&file.rendered(Paint::stderr()));
    if file.wrong() {
        return Err(Problem::Shown);
    }
    let program = choose(&file, workflow)?;
    let emit = |program: &Program| {
        cairn_compiler::emit(program).map_err(|e| not_compiled(&e, &program.meta.workflow, &source.name))
    };
    let others = file.checked.workflows.iter().filter(|other| other.meta.workflow != program.meta.workflow);
    Ok(Compiled { main: emit(program)?, peers: others.map(emit).collect::<Outcome<_>>()? })
}

fn not_compiled(error: &EmitError, workflow: &str, file: &str) -> Problem {
    let message = format!("`{workflow}` in `{file}` was checked but cannot be compiled: {error}");
    match error {
        EmitError::TooLarge { .. } => {
            mistake(message, "split it into several workflows, or move data out of the code")
        }
        EmitError::Internal(_) => cairn_host::Error::fault(message).into(),
    }
}

pub(crate) fn choose<'f>(file: &'f File, workflow: Option<&str>) -> Outcome<&'f Program> {
    let all = &file.checked.workflows;
    let names =
        || all.iter().map(|program| format!("`{}`", program.meta.workflow)).collect::<Vec<_>>().join(", ");
    let name = file.name();
    match (workflow, all.as_slice()) {
        (None, [first, ..]) => Ok(first),
        (None, []) | (Some(_), []) => {
            Err(mistake(format!("`{name}` holds no workflow"), "write one: `workflow NAME(…) { … }`"))
        }
        (Some(wanted), all) => all.iter().find(|program| program.meta.workflow == wanted).ok_or_else(|| {
            mistake(format!("`{name}` holds no workflow `{wanted}`"), format!("it holds {}", names()))
        }),
    }
}

/// The text in the one style; `None` where it cannot be read, which is shown.
pub(crate) fn format(source: &Source) -> Option<String> {
    let told = |diagnostics: Vec<Diagnostic>| {
        out::tell(&cairn_dsl::render(source, &diagnostics, Paint::stderr().colours()));
    };
    cairn_dsl::format(&source.text).map_err(told).ok()
}

/// How a grammar is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    /// For llama.cpp and its relatives.
    Gbnf,
    /// For Lark's Earley parser.
    Lark,
}

/// The grammar of the language.
pub(crate) fn grammar(notation: Notation) -> String {
    match notation {
        Notation::Gbnf => cairn_dsl::export::gbnf(),
        Notation::Lark => cairn_dsl::export::lark(),
    }
}

/// A text after all certain edits were made.
#[derive(Debug)]
pub(crate) struct Mended {
    /// As the user called it.
    pub(crate) name: String,
    /// What it is now.
    pub(crate) text: String,
    /// What was mended: code and message.
    pub(crate) messages: Vec<String>,
    /// What is left, for people.
    pub(crate) rendered: String,
    /// There are errors among it.
    pub(crate) wrong: bool,
}

/// Makes the edits that mend a fault for certain.
pub(crate) fn mend(source: &Source) -> Mended {
    let check = |text: &str| File::check(&Source::new(source.name.clone(), text)).checked.diagnostics;
    let fixed = cairn_dsl::fix(&source.text, check);
    let file = File::check(&Source::new(source.name.clone(), fixed.text.clone()));
    Mended {
        name: source.name.clone(),
        messages: fixed.mended.iter().map(|one| format!("{}: {}", one.code.0, one.message)).collect(),
        rendered: file.rendered(Paint::stderr()),
        wrong: file.wrong(),
        text: fixed.text,
    }
}

/// The page that explains a code.
pub(crate) fn page(code: &str) -> Option<&'static str> {
    explain::page(code)
}

/// All codes, with what each is about in a line: the heading of its page.
pub(crate) fn codes() -> Vec<(&'static str, &'static str)> {
    explain::codes().map(|code| (code, page(code).map_or("", heading))).collect()
}

/// `One word, one meaning` of `# E0201: One word, one meaning`.
fn heading(page: &str) -> &str {
    let line = page.lines().next().unwrap_or_default().trim_start_matches('#').trim();
    line.split_once(':').map_or(line, |(_, title)| title.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_with_a_heading() {
        let codes = codes();
        assert!(codes.len() > 50, "{}", codes.len());
        for (code, title) in codes {
            assert!(!title.is_empty() && !title.starts_with(code), "{code}: {title}");
        }
    }

    #[test]
    fn of_several_workflows_the_first_is_meant_and_the_others_are_there() {
        let text = "workflow a() -> int { return 1 }\nworkflow b() -> int { return 2 }\n";
        let source = Source::new("two.cairn", text);
        let said = |name| compile(&source, name).map_err(|problem| problem.text(Paint::plain()));
        assert!(said(Some("c")).unwrap_err().contains("it holds `a`, `b`"));
        let name = |bytes: &[u8]| cairn_host::Host::inspect(bytes).unwrap().workflow().to_owned();
        for (wanted, main, peer) in [(None, "a", "b"), (Some("a"), "a", "b"), (Some("b"), "b", "a")] {
            let compiled = said(wanted).unwrap();
            let peers: Vec<String> = compiled.peers.iter().map(|bytes| name(bytes)).collect();
            assert_eq!((name(&compiled.main), peers), (main.to_owned(), vec![peer.to_owned()]));
        }
    }
}
