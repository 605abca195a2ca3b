//! The checker: a syntax tree becomes [`ir::Program`](crate::ir::Program)s, or diagnostics that say why it cannot.
//!
//! One pass over each body does both: an expression is given its type and its checked form together. What is wrong is reported
//! where it stands and has the type [`Type::Never`](crate::types::Type::Never) from then on, which fits everywhere, so that one cause is told once.
//!
//! | file | what |
//! |---|---|
//! | `decls/` | what the file and the standard library declare |
//! | `relate`, `size`, `fit` | how types relate; how large they may be; whether a value fits its place |
//! | `body`, `vars`, `facts`, `narrow`, `flow` | what is known at a point: names, types of paths, the ways that led there |
//! | `expr/`, `stmt/`, `effect/` | the language, form by form |
//! | `block/`, `flows` | what runs side by side, with locals of its own; what is written out where it is done |
//! | `keys`, `failures`, `needs` | journal keys, failure kinds, capabilities |
//! | `settings/` | what stands at the head of a workflow |
//! | `functions`, `workflow`, `meta` | what comes out |

mod block;
mod body;
mod decls;
mod effect;
mod expr;
mod facts;
mod failures;
mod fit;
mod flow;
mod flows;
mod functions;
mod index;
mod keys;
mod later;
mod meta;
mod names;
mod narrow;
mod needs;
mod relate;
mod report;
mod settings;
mod size;
mod stmt;
mod trial;
mod vars;
mod walk;
mod workflow;

#[cfg(test)]
mod tests;

use cairn_dsl::{Diagnostic, Source};

use crate::ir::Program;
use crate::ir::test::Test;
use body::Shared;
use functions::Functions;
use needs::Wants;
use report::Report;

pub use index::Index;

/// What came of checking a file.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Errors and warnings, sorted by place, at most twenty.
    pub diagnostics: Vec<Diagnostic>,
    /// The workflows in the order of the file, ready to be emitted; none if there is an error.
    pub workflows: Vec<Program>,
    /// The tests in the order of the file; none if there is an error.
    pub tests: Vec<Test>,
    /// The text with its lines, for [`cairn_dsl::render`].
    pub source: Source,
}

impl Checked {
    /// Nothing is wrong but for warnings.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.diagnostics.iter().all(|d| d.severity != cairn_dsl::Severity::Error)
    }
}

/// Reads and checks a file. `file_name` is how messages call it.
#[must_use]
pub fn check(file_name: &str, text: &str) -> Checked {
    checked(file_name, text, Index::default()).0
}

/// The same, with the types of all names and expressions: for editors.
#[must_use]
pub fn check_with_index(file_name: &str, text: &str) -> (Checked, Index) {
    checked(file_name, text, Index::wanted())
}

fn checked(file_name: &str, text: &str, index: Index) -> (Checked, Index) {
    let source = Source::new(file_name, text);
    let parsed = cairn_dsl::parse(text);
    let mut report = Report::new(parsed.diagnostics);
    report.index = index;
    let decls = decls::declare(&parsed.file, &mut report);
    let mut shared = Shared { report, functions: Functions::default(), wants: Wants::default() };
    functions::check_all(&decls, &source, &mut shared);
    flows::check_all(&decls, &source, &mut shared);
    let checked =
        decls.workflows.iter().map(|(decl, doc)| workflow::check(decl, *doc, &decls, &source, &mut shared));
    let workflows: Vec<Program> = checked.collect();
    let tests = trial::check_all(&parsed.file, &decls, &source, &mut shared, &workflows);
    let (workflows, tests) =
        if shared.report.failed() { (Vec::new(), Vec::new()) } else { (workflows, tests) };
    let index = std::mem::take(&mut shared.report.index);
    (Checked { diagnostics: shared.report.finish(), workflows, tests, source }, index)
}
