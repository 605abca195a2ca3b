//! The only file that knows the compiler and the language: text in, diagnostics and component bytes out.

use std::path::Path;

use cairn_compiler::{Checked, ir::Program};
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
    /// The text.
    pub(crate) source: Source,
    checked: Checked,
}

/// A diagnostic as programs read it: as data, with its place as people count.
#[derive(Debug, Serialize)]
pub(crate) struct Located<'d> {
    line: u32,
    column: u32,
    #[serde(flatten)]
    diagnostic: &'d Diagnostic,
}

impl File {
    /// Checks a text.
    pub(crate) fn check(source: Source) -> Self {
        let checked = cairn_compiler::check(&source.name, &source.text);
        Self { source, checked }
    }

    /// It cannot be compiled.
    pub(crate) fn wrong(&self) -> bool {
        self.checked.diagnostics.iter().any(|one| one.severity == Severity::Error)
    }

    /// All diagnostics with the lines they are about; empty where there are none.
    pub(crate) fn rendered(&self, paint: Paint) -> String {
        cairn_dsl::render(&self.source, &self.checked.diagnostics, paint.colours())
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
            let (line, column) = self.source.position(diagnostic.primary.span.start);
            Located { line, column, diagnostic }
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

/// The component of the only workflow in a text, or of the one that is named. Warnings are shown.
///
/// # Errors
///
/// Diagnostics (shown already); no such workflow; several and none named; a fault of the emitter.
pub(crate) fn compile(source: &Source, workflow: Option<&str>) -> Outcome<Vec<u8>> {
    let file = File::check(source.clone());
    out::tell(&file.rendered(Paint::stderr()));
    if file.wrong() {
        return Err(Problem::Shown);
    }
    let program = choose(&file, workflow)?;
    cairn_compiler::emit(program).map_err(|e| {
        let name = &program.meta.workflow;
        cairn_host::Error::fault(format!("`{name}` in `{}` was checked but not compiled: {e}", source.name))
            .into()
    })
}

fn choose<'f>(file: &'f File, workflow: Option<&str>) -> Outcome<&'f Program> {
    let all = &file.checked.workflows;
    let names =
        || all.iter().map(|program| format!("`{}`", program.meta.workflow)).collect::<Vec<_>>().join(", ");
    let name = &file.source.name;
    match (workflow, all.as_slice()) {
        (None, [only]) => Ok(only),
        (None, []) | (Some(_), []) => {
            Err(mistake(format!("`{name}` holds no workflow"), "write one: `workflow NAME(…) { … }`"))
        }
        (None, [first, ..]) => Err(mistake(
            format!("`{name}` holds several workflows: {}", names()),
            format!("say which, such as `--workflow {}`", first.meta.workflow),
        )),
        (Some(wanted), all) => all.iter().find(|program| program.meta.workflow == wanted).ok_or_else(|| {
            mistake(format!("`{name}` holds no workflow `{wanted}`"), format!("it holds {}", names()))
        }),
    }
}

/// The page that explains a code.
pub(crate) fn page(code: &str) -> Option<&'static str> {
    cairn_compiler::page(code)
}

/// All codes that have a page, with what each is about in a line.
pub(crate) fn codes() -> Vec<(&'static str, &'static str)> {
    cairn_compiler::codes()
}
