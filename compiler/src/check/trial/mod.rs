//! Tests of the file: what runs, what answers, what happens, what is expected. Checked against the workflow and the tools' signatures, and
//! lowered to two small programs, which are compiled and run as everything else is.

mod expect;
mod parts;
mod subjects;
mod world;

#[cfg(test)]
mod tests;

pub(super) use subjects::Subjects;

use std::collections::BTreeSet;

use cairn_dsl::tree::{File, ItemKind, Path, Span, TestDecl, TestStmtKind, WorkflowDecl};
use cairn_dsl::{Diagnostic, Source};

use super::body::{Body, Shared};
use super::decls::Decls;
use super::failures::BUILT_IN;
use super::names::nearest;
use super::needs::Wants;
use super::relate::read_type;
use crate::ir::Program;
use crate::ir::test::Test;
use crate::types::{Field, Type};
use parts::Parts;

/// Checks all tests of a file; they mean something only if nothing was reported.
pub(super) fn check_all(
    file: &File,
    decls: &Decls<'_>,
    source: &Source,
    shared: &mut Shared,
    workflows: &[Program],
) -> Vec<Test> {
    let questions = questions(workflows);
    let mut titles: Vec<(&str, Span)> = Vec::new();
    let mut tests = Vec::new();
    for item in &file.items {
        let ItemKind::Test(decl) = &item.kind else { continue };
        let title = decl.title.value.as_str();
        if let Some((_, before)) = titles.iter().find(|(known, _)| *known == title) {
            let found =
                Diagnostic::error("E0202", decl.title.span, format!("there are two tests called {title:?}"))
                    .label("this one")
                    .also(*before, "the first")
                    .help("say what each of them shows");
            shared.report.push(found);
        }
        titles.push((title, decl.title.span));
        tests.extend(check(decl, decls, source, shared, &questions));
    }
    tests
}

/// A test while it is gone through.
struct Trial<'t> {
    decl: &'t TestDecl,
    workflow: Option<&'t WorkflowDecl>,
    /// Names under which people are asked something.
    questions: &'t BTreeSet<&'t str>,
}

/// The last part of the key of every `ask`.
fn questions(workflows: &[Program]) -> BTreeSet<&str> {
    let asks = workflows.iter().flat_map(|w| &w.places).filter(|place| place.what.starts_with("ask"));
    asks.map(|place| place.key.rsplit('/').next().unwrap_or(&place.key)).collect()
}

fn check(
    decl: &TestDecl,
    decls: &Decls<'_>,
    source: &Source,
    shared: &mut Shared,
    questions: &BTreeSet<&str>,
) -> Option<Test> {
    shared.functions.clear();
    shared.wants = Wants::default();
    let mut body = Body::new(decls, source, shared);
    body.pure = Some("a test");
    let mut parts = Parts::default();
    let run = body.trial_run(decl, &mut parts);
    let workflow = run.as_ref().and_then(|run| run.workflow);
    let trial = Trial { decl, workflow, questions };
    let (mocks, happenings) = body.trial_world(&trial, &mut parts);
    let before = parts.program(&mut body, Vec::new());
    body.shared.functions.clear();
    let (expectations, parts) = body.trial_expectations(&trial);
    let (subjects, params) = body.subjects.take().map(Subjects::finish).unwrap_or_default();
    let after = parts.program(&mut body, params);
    let run = run?;
    Some(Test {
        title: decl.title.value.clone(),
        span: decl.title.span,
        workflow: run.name,
        run: run.span,
        input: run.input,
        mocks,
        happenings,
        expectations,
        before,
        after,
        subjects,
    })
}

impl Body<'_> {
    /// Runs something whose faults were told where it was checked first.
    fn told_before<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.shared.report.mute();
        let done = work(self);
        self.shared.report.unmute();
        done
    }

    /// The result of a workflow.
    fn result_of(&mut self, decl: &WorkflowDecl) -> Type {
        let decls = self.decls;
        self.told_before(|body| {
            decl.result.as_ref().map_or(Type::Null, |ty| decls.ty(ty, &mut body.shared.report))
        })
    }

    /// How a workflow may fail, as a record: kind, message, and the fields of all kinds that it lists, each perhaps missing.
    fn failure_of(&self, decl: &WorkflowDecl) -> Type {
        let plain = |name: &str| Field { name: name.into(), ty: Type::Text, optional: false };
        let mut fields = vec![plain("kind"), plain("message")];
        let declared = decl.fails.iter().filter_map(|kind| self.decls.errors.get(&kind.name.text));
        for field in declared.flat_map(|error| &error.fields) {
            match fields.iter_mut().find(|known| known.name == field.name) {
                None => fields.push(Field { optional: true, ..field.clone() }),
                Some(known) if read_type(known) != read_type(field) => known.ty = Type::Json,
                Some(_) => {}
            }
        }
        Type::Record(fields)
    }

    /// A failure kind; one that there is not is reported.
    fn known_kind(&mut self, path: &Path) -> Option<String> {
        let name = path.parts.last()?;
        if self.decls.knows_kind(&name.text) {
            return Some(name.text.clone());
        }
        let found = self.decls.unknown_kind(name);
        self.report(found);
        None
    }
}

/// `run` statements of a test.
fn runs(decl: &TestDecl) -> impl Iterator<Item = (&Path, &[cairn_dsl::tree::Arg], Span, Span)> {
    decl.body.iter().filter_map(|stmt| match &stmt.kind {
        TestStmtKind::Run { workflow, args, args_span } => {
            Some((workflow, args.as_slice(), *args_span, stmt.span))
        }
        _ => None,
    })
}

/// The closest of the kinds that an operation can fail with.
fn near_kind<'k>(wrong: &str, declared: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    nearest(wrong, declared.into_iter().chain(BUILT_IN))
}
