//! What is expected of a run, and what of it is shown where it does not hold.

use cairn_dsl::tree::{self, BinaryOp, Expr, ExprKind, TestStmtKind};

use super::parts::Parts;
use super::{Subjects, Trial};
use crate::check::body::Body;
use crate::ir::test::{Expectation, ExpectationKind, Shown};
use crate::types::Type;

impl Body<'_> {
    /// All expectations, and the parts that the judging program works out.
    pub(super) fn trial_expectations(&mut self, trial: &Trial<'_>) -> (Vec<Expectation>, Parts) {
        let (result, failure) = match trial.workflow {
            Some(workflow) => (self.result_of(workflow), self.failure_of(workflow)),
            None => (Type::Never, Type::Never),
        };
        self.subjects = Some(Subjects::of(result, failure));
        let mut parts = Parts::default();
        let mut expectations = Vec::new();
        for stmt in &trial.decl.body {
            match &stmt.kind {
                TestStmtKind::Expect(tree::Expectation::Fails(path)) => {
                    let kind = self.known_kind(path).map(ExpectationKind::Fails);
                    expectations.extend(kind.map(|kind| Expectation { span: path.span, kind }));
                }
                TestStmtKind::Expect(tree::Expectation::Holds(e)) => {
                    let kind = self.holds(e, &mut parts);
                    expectations.push(Expectation { span: e.span, kind });
                }
                _ => {}
            }
        }
        (expectations, parts)
    }

    fn holds(&mut self, e: &Expr, parts: &mut Parts) -> ExpectationKind {
        if let Some(subjects) = &mut self.subjects {
            (subjects.result, subjects.failure) = (false, false);
        }
        let value = self.condition(e, "what is expected");
        // A test says what the types may say already.
        self.shared.report.spare("W0804", e.span);
        let holds = parts.put(value, e.span);
        let mut telling = Vec::new();
        tells(e, &mut telling);
        let shown = telling.into_iter().map(|part| self.shown(part, parts)).collect();
        let (result, failure) = self.subjects.as_ref().map_or((false, false), |s| (s.result, s.failure));
        ExpectationKind::Holds { holds, result, failure, shown }
    }

    fn shown(&mut self, e: &Expr, parts: &mut Parts) -> Shown {
        let value = self.told_before(|body| body.expr(e, None));
        let ty = value.ty.clone();
        Shown { span: e.span, part: parts.put(value, e.span), ty }
    }
}

/// The parts of a condition whose values explain it: sides of comparisons, and what a method is asked of; no literals.
fn tells<'e>(e: &'e Expr, found: &mut Vec<&'e Expr>) {
    match &e.kind {
        ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or, left, right, .. } => {
            tells(left, found);
            tells(right, found);
        }
        ExprKind::Binary { left, right, .. } => {
            found.extend([&**left, right].into_iter().filter(|e| is_worked_out(e)));
        }
        ExprKind::Unary { of, .. } => tells(of, found),
        ExprKind::Method { of, .. } => found.extend(Some(&**of).filter(|e| is_worked_out(e))),
        _ => {}
    }
}

fn is_worked_out(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Duration(_)
        | ExprKind::Bytes(_)
        | ExprKind::Time(_) => false,
        ExprKind::Text(parts) => {
            parts.iter().any(|part| matches!(part, tree::TextPart::Expr(e) if is_worked_out(e)))
        }
        ExprKind::List(items) => items.iter().any(|item| match item {
            tree::ListItem::Item(e) | tree::ListItem::Spread(e) => is_worked_out(e),
        }),
        ExprKind::Record(entries) => entries.iter().any(|entry| match entry {
            tree::Entry::Field { value, .. } | tree::Entry::Computed { value, .. } => is_worked_out(value),
            tree::Entry::Spread(e) => is_worked_out(e),
        }),
        ExprKind::Unary { of, .. } => is_worked_out(of),
        _ => true,
    }
}
