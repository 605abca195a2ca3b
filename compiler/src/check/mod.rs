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
mod bounds;
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
mod meta;
mod names;
mod narrow;
mod needs;
mod relate;
mod report;
mod secrets;
mod settings;
mod size;
mod stmt;
mod trial;
mod typed;
mod unused;
mod vars;
mod walk;
mod workflow;

#[cfg(test)]
mod tests;

use cairn_dsl::{Diagnostic, Source};

use crate::ir::Program;
use crate::ir::test::Test;
use crate::load::{Alone, Loaded, Loader, load};
use body::Shared;
use functions::Functions;
use needs::Wants;
use report::Report;

pub use decls::std_part;
pub use failures::BUILT_IN as FAILURE_KINDS;
pub use index::Index;
pub(crate) use relate::assignable;

/// What came of checking a file.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Errors and warnings, sorted by place, at most twenty.
    pub diagnostics: Vec<Diagnostic>,
    /// The workflows in the order of the file, those of used files behind them, ready to be emitted; none if there is an error.
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
    checked(file_name, text, &Alone, Index::default()).0
}

/// Reads and checks a file and those that it uses, which the loader gives.
#[must_use]
pub fn check_with(file_name: &str, text: &str, loader: &dyn Loader) -> Checked {
    checked(file_name, text, loader, Index::default()).0
}

/// The same, with the types of all names and expressions: for editors.
#[must_use]
pub fn check_with_index(file_name: &str, text: &str, loader: &dyn Loader) -> (Checked, Index) {
    checked(file_name, text, loader, Index::wanted())
}

fn checked(file_name: &str, text: &str, loader: &dyn Loader, index: Index) -> (Checked, Index) {
    let Loaded { source, files, diagnostics, described } = load(file_name, text, loader);
    let mut report = Report::new(diagnostics);
    report.index = index;
    let root = decls::declare_all(&files, &described, &mut report);
    let mut shared = Shared {
        report,
        functions: Functions::default(),
        wants: Wants::default(),
        hashes: Default::default(),
    };
    let mut workflows: Vec<Program> = Vec::new();
    for decls in std::iter::once(&root).chain(&root.others) {
        functions::check_all(&root, decls, &source, &mut shared);
        flows::check_all(&root, decls, &source, &mut shared);
        for (decl, doc) in &decls.workflows {
            workflows.push(workflow::check(decl, *doc, (&root, decls), &source, &mut shared));
        }
    }
    let tests = files.first().map_or_else(Vec::new, |first| {
        trial::check_all(&first.tree, &root, &source, &mut shared, &workflows)
    });
    if let Some(first) = files.first()
        && !shared.report.failed()
    {
        unused::look(&first.tree, &source, &mut shared.report);
    }
    let (workflows, tests) =
        if shared.report.failed() { (Vec::new(), Vec::new()) } else { (workflows, tests) };
    let index = std::mem::take(&mut shared.report.index);
    let mut diagnostics = shared.report.finish();
    // An edit is made in the file that was asked about; those that it uses are left alone.
    let own = source.part(0).text.len();
    for diagnostic in &mut diagnostics {
        diagnostic.edits.retain(|edit| edit.span.end as usize <= own);
    }
    (Checked { diagnostics, workflows, tests, source }, index)
}
