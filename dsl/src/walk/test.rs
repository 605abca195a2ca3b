//! Tests.

use super::{Node, Walk, Walked};
use crate::grammar::Rule;
use crate::tree::{Expectation, Happening, MockAnswer, TestDecl, TestStmt, TestStmtKind};

impl Walk<'_> {
    pub(super) fn test(&mut self, node: &Node<'_>) -> Walked<TestDecl> {
        let title = self.plain_text(&node.need(Rule::plain_string)?);
        let body = node.all(Rule::test_stmt).map(|stmt| self.test_stmt(&stmt)).collect::<Walked<_>>()?;
        Ok(TestDecl { title, body, body_span: self.braces(node)? })
    }

    fn test_stmt(&mut self, node: &Node<'_>) -> Walked<TestStmt> {
        let inner = node.inner()?;
        let kind = match inner.rule() {
            Rule::t_run => TestStmtKind::Run {
                workflow: self.path(&inner.need(Rule::path)?),
                args: self.args(&inner)?,
                args_span: self.span(&inner.need(Rule::args)?),
            },
            Rule::t_mock => self.mock(&inner)?,
            Rule::t_at => self.at(&inner)?,
            Rule::t_expect => TestStmtKind::Expect(self.expectation(&inner)?),
            _ => return Err(inner.broken()),
        };
        Ok(TestStmt { kind, span: self.span(&inner) })
    }

    fn mock(&mut self, node: &Node<'_>) -> Walked<TestStmtKind> {
        let operation = self.path(&node.need(Rule::path)?);
        let args = if node.has(Rule::args) { Some(self.args(node)?) } else { None };
        let list = node.find(Rule::mock_list);
        let answers = list.as_ref().unwrap_or(node).all(Rule::mock_result);
        let answers = answers.map(|answer| self.mock_answer(&answer)).collect::<Walked<_>>()?;
        Ok(TestStmtKind::Mock { operation, args, answers })
    }

    fn mock_answer(&mut self, node: &Node<'_>) -> Walked<MockAnswer> {
        let inner = node.inner()?;
        Ok(match inner.rule() {
            Rule::fail_ => MockAnswer::Fail {
                kind: self.path(&inner.need(Rule::path)?),
                fields: self.find_record(&inner)?,
                span: self.span(&inner),
            },
            Rule::K_HANG => MockAnswer::Hang(self.span(&inner)),
            _ => MockAnswer::Value(self.expr(&inner)?),
        })
    }

    fn at(&mut self, node: &Node<'_>) -> Walked<TestStmtKind> {
        let last = node.children().last().ok_or_else(|| node.broken())?;
        let what = match last.rule() {
            Rule::emit_ => Happening::Emit {
                event: self.path(&last.need(Rule::path)?),
                fields: self.need_record(&last)?,
                to: self.expr_under(&last, Rule::to_)?,
            },
            Rule::t_answer => Happening::Answer {
                question: self.path(&last.need(Rule::path)?),
                fields: self.need_record(&last)?,
            },
            Rule::t_retry => Happening::Retry { step: self.path(&last.need(Rule::path)?) },
            Rule::t_skip => {
                Happening::Skip { step: self.path(&last.need(Rule::path)?), result: self.need_expr(&last)? }
            }
            Rule::K_CRASH => Happening::Crash,
            Rule::K_CANCEL => Happening::Cancel,
            _ => return Err(last.broken()),
        };
        Ok(TestStmtKind::At { when: self.need_expr(node)?, what, what_span: self.span(&last) })
    }

    fn expectation(&mut self, node: &Node<'_>) -> Walked<Expectation> {
        Ok(match node.find(Rule::path) {
            Some(kind) => Expectation::Fails(self.path(&kind)),
            None => Expectation::Holds(self.need_expr(node)?),
        })
    }
}
