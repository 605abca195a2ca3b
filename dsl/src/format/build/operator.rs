//! Expressions and types that may be broken at their operators.

use super::Build;
use super::row::Row;
use crate::format::doc::{Doc, Line};
use crate::format::trivia::Trivia;
use crate::grammar::Rule;
use crate::walk::Node;

impl<'t> Build<'t> {
    /// `a && b && c`: a line begins with its operator.
    pub(super) fn operators(self, node: &Node<'t>) -> Doc<'t> {
        let mut parts = node.children();
        let first = parts.next().map_or_else(Doc::nothing, |first| self.node(&first));
        let mut rest = Vec::new();
        while let (Some(operator), Some(operand)) = (parts.next(), parts.next()) {
            let operand = self.node(&operand);
            rest.extend([Doc::line(Line::Plain), self.node(&operator), Doc::space(), operand]);
        }
        if rest.is_empty() {
            return first;
        }
        Doc::concat(vec![first, Doc::concat(rest).indent()]).group()
    }

    /// `c ? a : d ? b : e`: a line begins with `?` or `:`.
    pub(super) fn conditional(self, node: &Node<'t>) -> Doc<'t> {
        self.operators(node)
    }

    /// `a.b.c(…).d(…)`: where it is too long, and calls more than one method, each has a line.
    pub(super) fn chain(self, node: &Node<'t>) -> Doc<'t> {
        let methods = node.all(Rule::method).count();
        if methods < 2 {
            return self.row(node);
        }
        let mut start = Row::of(Rule::postfix);
        let mut links = Row::of(Rule::postfix);
        let mut called = false;
        for part in node.children() {
            called |= part.rule() == Rule::method;
            let row = if called { &mut links } else { &mut start };
            if part.rule() == Rule::method {
                row.glue(Doc::line(Line::Soft));
            }
            row.push(self.node(&part));
        }
        Doc::concat(vec![start.done(), links.done().indent()]).group()
    }

    /// `A | B | C`: a line begins with `|`.
    pub(super) fn union(self, node: &Node<'t>) -> Doc<'t> {
        let mut members = node.all(Rule::ty_post);
        let first = members.next();
        let mut bars = node.all(Rule::P_BAR).peekable();
        let mut parts = Vec::new();
        // A bar in front of all of them is left out, unless somebody has something to say about it.
        let leads = |bar: &Node<'t>| first.as_ref().is_some_and(|first| bar.start() < first.start());
        if let Some(bar) = bars.next_if(leads)
            && !is_silent(self.table.at(bar.start()))
        {
            parts.extend([self.leaf(&bar), Doc::space()]);
        }
        parts.extend(first.as_ref().map(|first| self.node(first)));
        let mut rest = Vec::new();
        for (bar, member) in bars.zip(members) {
            rest.extend([Doc::line(Line::Plain), self.leaf(&bar), Doc::space(), self.node(&member)]);
        }
        parts.push(Doc::concat(rest).indent());
        Doc::concat(parts).group()
    }
}

fn is_silent(trivia: &Trivia<'_>) -> bool {
    trivia.before.is_empty() && trivia.after.is_none()
}
