//! Arguments, and what is said about a step behind them.

use super::{Node, Walk, Walked};
use crate::grammar::Rule;
use crate::tree::{Arg, Call, Callee, Clause, Expr, ExprKind, Path, Retry, Run, Unclear, Undo};

impl Walk<'_> {
    /// The arguments under `node`; none where it has no brackets.
    pub(super) fn args(&mut self, node: &Node<'_>) -> Walked<Vec<Arg>> {
        let Some(args) = node.find(Rule::args) else { return Ok(Vec::new()) };
        let wanted = |each: &Node<'_>| matches!(each.rule(), Rule::arg_named | Rule::spread | Rule::ident);
        args.children().filter(wanted).map(|arg| self.arg(&arg)).collect()
    }

    fn arg(&mut self, node: &Node<'_>) -> Walked<Arg> {
        Ok(match node.rule() {
            Rule::arg_named => {
                Arg::Named { name: self.name(&node.need(Rule::name)?), value: self.need_expr(node)? }
            }
            Rule::spread => Arg::Spread(self.need_expr(node)?, self.span(node)),
            _ => {
                let name = self.name(node);
                let value = Expr { kind: ExprKind::Name(name.clone()), span: name.span };
                Arg::Named { name, value }
            }
        })
    }

    pub(super) fn call(&mut self, node: &Node<'_>) -> Walked<Call> {
        let callee = node.need(Rule::callee)?;
        Ok(Call {
            callee: Callee {
                path: self.path(&callee.need(Rule::path)?),
                index: self.find_expr(&callee)?.map(Box::new),
            },
            args: self.args(node)?,
            args_span: self.span(&node.need(Rule::args)?),
            clauses: self.clauses(node)?,
            span: self.span(node),
        })
    }

    pub(super) fn run(&mut self, node: &Node<'_>) -> Walked<Run> {
        Ok(Run { target: self.target(node)?, args: self.args(node)?, clauses: self.clauses(node)? })
    }

    fn target(&self, node: &Node<'_>) -> Walked<Path> {
        if let Some(path) = node.find(Rule::path) {
            return Ok(self.path(&path));
        }
        let name = self.ident(node)?;
        Ok(Path { span: name.span, parts: vec![name] })
    }

    pub(super) fn clauses(&mut self, node: &Node<'_>) -> Walked<Vec<Clause>> {
        let clauses = node.children().filter(|each| is_clause(each.rule()));
        clauses.map(|clause| self.clause(&clause)).collect()
    }

    fn clause(&mut self, node: &Node<'_>) -> Walked<Clause> {
        let span = self.span(node);
        Ok(match node.rule() {
            Rule::c_timeout => Clause::Timeout(self.need_expr(node)?, span),
            Rule::c_retry => Clause::Retry(self.retry(&node.inner()?)?, span),
            Rule::c_undo => Clause::Undo(self.undo(&node.inner()?)?, span),
            Rule::c_unclear => Clause::Unclear(unclear(node), span),
            _ => Clause::Cache(self.need_record(node)?, span),
        })
    }

    fn retry(&mut self, node: &Node<'_>) -> Walked<Retry> {
        Ok(match node.rule() {
            Rule::K_NONE => Retry::None,
            Rule::record => Retry::Policy(self.record(node)?),
            _ => Retry::Policy(self.constant(node)?),
        })
    }

    /// The path of a constant, as the expression that it also is.
    fn constant(&self, node: &Node<'_>) -> Walked<Expr> {
        let mut parts = self.path(node).parts.into_iter();
        let first = parts.next().ok_or_else(|| node.broken())?;
        let start = Expr { span: first.span, kind: ExprKind::Name(first) };
        Ok(parts.fold(start, |of, name| Expr {
            span: of.span.to(name.span),
            kind: ExprKind::Field { of: Box::new(of), name },
        }))
    }

    fn undo(&mut self, node: &Node<'_>) -> Walked<Undo> {
        Ok(match node.rule() {
            Rule::undo_call => Undo::Call(Box::new(self.call(node)?)),
            Rule::undo_do => Undo::Do(self.run(node)?),
            Rule::undo_run => Undo::Run(self.run(node)?),
            _ => Undo::Block(self.block(node)?),
        })
    }
}

fn is_clause(rule: Rule) -> bool {
    matches!(rule, Rule::c_timeout | Rule::c_retry | Rule::c_undo | Rule::c_cache | Rule::c_unclear)
}

/// What stands behind `unclear`.
pub(super) fn unclear(node: &Node<'_>) -> Unclear {
    let says = |word| node.find(Rule::unclear_mode).is_some_and(|mode| mode.has(word));
    match () {
        () if says(Rule::K_FAIL) => Unclear::Fail,
        () if says(Rule::K_ASK) => Unclear::Ask,
        () => Unclear::Retry,
    }
}
