//! What stands around a run: its input, the answers of its tools, what happens from outside.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Arg, Name, Path, Span, TestDecl, TestStmtKind, WorkflowDecl};

use super::parts::Parts;
use super::{Trial, near_kind, runs};
use crate::check::body::Body;
use crate::check::decls::{Operation, Param, unknown};
use crate::check::fit::Slot;
use crate::check::names::{listed, nearest};
use crate::check::relate::without_null;
use crate::ir::Expr;
use crate::ir::test::{Answer, Deed, Happening, Mock, Part};
use crate::types::{Field, Type};

/// What is run.
pub(super) struct Run<'t> {
    pub(super) workflow: Option<&'t WorkflowDecl>,
    pub(super) name: String,
    pub(super) input: Part,
    pub(super) span: Span,
}

impl<'s> Body<'s> {
    /// The one `run` of a test.
    pub(super) fn trial_run(&mut self, decl: &TestDecl, parts: &mut Parts) -> Option<Run<'s>> {
        let mut all = runs(decl);
        let Some((path, args, args_span, span)) = all.next() else {
            let found = Diagnostic::error("E1201", decl.title.span, "this test runs nothing")
                .help("add `run NAME(…)`, with a workflow of this file");
            self.report(found);
            return None;
        };
        if let Some((.., again)) = all.next() {
            let found = Diagnostic::error("E1201", again, "a test runs one workflow once")
                .also(span, "the first")
                .help("write another test for the other run");
            self.report(found);
        }
        let workflow = self.workflow_named(path)?;
        let decls = self.decls;
        let params = self.told_before(|body| decls.params(&workflow.params, true, &mut body.shared.report));
        let name = workflow.name.text.clone();
        let input = self.arguments(args, &params, &name, args_span);
        Some(Run { workflow: Some(workflow), name, input: parts.put(input, span), span })
    }

    fn workflow_named(&mut self, path: &Path) -> Option<&'s WorkflowDecl> {
        let decls = self.decls;
        let whole = path.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".");
        let found = decls.workflows.iter().map(|(decl, _)| *decl).find(|decl| decl.name.text == whole);
        if found.is_none() {
            let near = nearest(&whole, decls.workflows.iter().map(|(decl, _)| decl.name.text.as_str()));
            let at = near.and_then(|near| decls.workflows.iter().find(|(decl, _)| decl.name.text == near));
            let name = Name { text: whole, span: path.span };
            self.report(unknown("workflow", &name, near, at.map(|(decl, _)| decl.name.span)));
        }
        found
    }

    /// All mocks and happenings.
    pub(super) fn trial_world(
        &mut self,
        trial: &Trial<'_>,
        parts: &mut Parts,
    ) -> (Vec<Mock>, Vec<Happening>) {
        let (mut mocks, mut happenings) = (Vec::new(), Vec::new());
        for stmt in &trial.decl.body {
            match &stmt.kind {
                TestStmtKind::Mock { operation, args, answers } => {
                    mocks.extend(self.mock((operation, args.as_deref(), answers), stmt.span, parts));
                }
                TestStmtKind::At { when, what, what_span } => {
                    let moment = self.expr_to(when, &Type::Duration, &Slot::Plain("the moment"));
                    let when = parts.put(moment, when.span);
                    let deed = self.deed(what, *what_span, trial, parts);
                    happenings.extend(deed.map(|what| Happening { when, what, span: stmt.span }));
                }
                TestStmtKind::Run { .. } | TestStmtKind::Expect(_) => {}
            }
        }
        (mocks, happenings)
    }

    fn mock(
        &mut self,
        (path, args, answers): (&Path, Option<&[Arg]>, &[tree::MockAnswer]),
        span: Span,
        parts: &mut Parts,
    ) -> Option<Mock> {
        let (operation, of) = self.known_operation(path)?;
        let arguments = args.map(|args| {
            let record = self.some_arguments(args, of, path);
            parts.put(record, span)
        });
        let whole = self.one_list(answers, of, span);
        let answers = whole.as_slice().iter().chain(answers.iter().filter(|_| whole.is_none()));
        let answers = answers.filter_map(|answer| self.answer(answer, &operation, of, parts)).collect();
        Some(Mock { operation, arguments, answers, span })
    }

    /// Where the operation gives a list, a list is one answer and not several: `[a, b]`, while `[[a], [b]]` are two.
    fn one_list(&self, answers: &[tree::MockAnswer], of: &Operation, span: Span) -> Option<tree::MockAnswer> {
        let text = self.source.text.get(span.range())?;
        let (_, behind) = text.split_once("=>")?;
        if !behind.trim_start().starts_with('[') || !matches!(without_null(&of.result), Type::List(_)) {
            return None;
        }
        let items = answers.iter().map(|answer| match answer {
            tree::MockAnswer::Value(e) if !matches!(e.kind, tree::ExprKind::List(_)) => {
                Some(tree::ListItem::Item(e.clone()))
            }
            _ => None,
        });
        let kind = tree::ExprKind::List(items.collect::<Option<_>>()?);
        Some(tree::MockAnswer::Value(tree::Expr { kind, span }))
    }

    /// Those arguments that are given, and nothing for those that are not.
    fn some_arguments(&mut self, args: &[Arg], of: &Operation, path: &Path) -> Expr {
        let may_be_missing = |param: &Param| Param { optional: true, default: None, ..param.clone() };
        let params: Vec<Param> = of.params.iter().map(may_be_missing).collect();
        let name = path.parts.last().map_or("", |part| part.text.as_str());
        self.arguments(args, &params, name, path.span)
    }

    fn answer(
        &mut self,
        answer: &tree::MockAnswer,
        path: &str,
        of: &Operation,
        parts: &mut Parts,
    ) -> Option<Answer> {
        match answer {
            tree::MockAnswer::Hang(_) => Some(Answer::Hangs),
            tree::MockAnswer::Value(e) => {
                let value = self.expr_to(e, &of.result, &Slot::Plain("the answer"));
                Some(Answer::Gives(parts.put(value, e.span)))
            }
            tree::MockAnswer::Fail { kind, fields, span } => {
                let name = kind.parts.last()?;
                let known = self.known_kind(kind)?;
                self.can_fail_so(name, path, of);
                let (message, detail) = self.failure(name, fields.as_ref());
                let (message, detail) = (parts.put(message, *span), parts.put(detail, *span));
                Some(Answer::Fails { kind: known, message, detail })
            }
        }
    }

    /// Kinds of the language are open to all but `cancelled`; others have to be declared.
    fn can_fail_so(&mut self, kind: &Name, path: &str, of: &Operation) {
        let declared = || of.fails.iter().map(|(kind, _)| kind.as_str());
        let built_in = crate::check::failures::is_built_in(&kind.text) && kind.text != "cancelled";
        if built_in || declared().any(|known| known == kind.text) {
            return;
        }
        let text = format!("`{path}` does not fail with `{}`", kind.text);
        let found = Diagnostic::error("E1202", kind.span, text);
        let found = if let Some(at) = of.span { found.also(at, "declared here") } else { found };
        let near = near_kind(&kind.text, declared()).filter(|near| *near != kind.text);
        let found = match near {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None if kind.text == "cancelled" => found.help("a run is cancelled from outside: `at 1m cancel`"),
            None => found.help(format!("list it with the operation: `fails {}`", kind.text)),
        };
        self.report(found);
    }

    fn deed(
        &mut self,
        what: &tree::Happening,
        span: Span,
        trial: &Trial<'_>,
        parts: &mut Parts,
    ) -> Option<Deed> {
        match what {
            tree::Happening::Crash => Some(Deed::Crash),
            tree::Happening::Cancel => Some(Deed::Cancel),
            tree::Happening::Emit { event, fields, to } => {
                let (event, wanted) = self.known_event(event)?;
                let data = self.expr_to(fields, &Type::Record(wanted), &Slot::Plain("the event"));
                let data = parts.put(data, fields.span);
                let to = to.as_ref().map(|e| {
                    let id = self.expr_to(e, &Type::Text, &Slot::Plain("the id of the run"));
                    parts.put(id, e.span)
                });
                Some(Deed::Emit { event, data, to })
            }
            tree::Happening::Retry { step } => Some(Deed::Retry { step: dotted(step) }),
            tree::Happening::Skip { step, result } => {
                let data = self.expr_to(result, &Type::Json, &Slot::Plain("the result"));
                Some(Deed::Skip { step: dotted(step), data: parts.put(data, span) })
            }
            tree::Happening::Answer { question, fields } => {
                self.known_question(question, trial);
                let data = self.expr_to(fields, &answer_type(), &Slot::Plain("the answer"));
                Some(Deed::Answer { question: dotted(question), data: parts.put(data, span) })
            }
        }
    }

    fn known_event(&mut self, path: &Path) -> Option<(String, Vec<Field>)> {
        let whole = path.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".");
        if let Some(event) = self.decls.events.get(&whole) {
            return Some((whole, event.fields.clone()));
        }
        let found = self.decls.unknown_event(&Name { text: whole, span: path.span });
        self.report(found);
        None
    }

    /// A question has the name that its answer is bound to, or `ask`.
    fn known_question(&mut self, path: &Path, trial: &Trial<'_>) {
        let Some(name) = path.parts.last() else { return };
        if trial.questions.contains(name.text.as_str()) {
            return;
        }
        let found = Diagnostic::error(
            "E1204",
            name.span,
            format!("nobody is asked anything under the name `{}`", name.text),
        );
        let names: Vec<String> = trial.questions.iter().map(|name| format!("`{name}`")).collect();
        let found = match (nearest(&name.text, trial.questions.iter().copied()), names.is_empty()) {
            (Some(near), _) => found.help(format!("did you mean `{near}`?")).fix(name.span, near),
            (None, true) => found.help("no workflow here has an `ask`"),
            (None, false) => found.help(format!("there is {}", listed(&names))),
        };
        self.report(found);
    }
}

fn dotted(path: &Path) -> String {
    path.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".")
}

fn answer_type() -> Type {
    let field = |name: &str, optional| Field { name: name.into(), ty: Type::Text, optional };
    Type::Record(vec![field("choice", false), field("by", true), field("note", true)])
}
