//! Expressions and types that may be broken at their operators.

use super::Build;
use super::row::Row;
use crate::format::doc::{Doc, Line};
use crate::format::trivia::Trivia;
use crate::grammar::Rule;
use crate::walk::{Node, binding};

impl<'t> Build<'t> {
    /// `c ? a : d ? b : e`: a line begins with `?` or `:`.
    pub(super) fn conditional(self, node: &Node<'t>) -> Doc<'t> {
        let parts: Vec<Node<'t>> = node.children().collect();
        let is_sign = |part: &Node<'t>| matches!(part.rule(), Rule::P_QUERY | Rule::P_COLON);
        self.joined(&parts, is_sign, |between| match between {
            [value] if value.rule() == Rule::expr => self.node(value),
            _ => self.operands(between),
        })
    }

    /// `a && b && c`: a line begins with its operator. What binds tighter is kept together longer.
    fn operands(self, parts: &[Node<'t>]) -> Doc<'t> {
        let Some(loosest) = parts.iter().filter_map(binding).min() else {
            let mut row = Row::of(Rule::expr);
            parts.iter().for_each(|part| row.push(self.node(part)));
            return row.done();
        };
        self.joined(parts, |part| binding(part) == Some(loosest), |between| self.operands(between))
    }

    /// What stands between signs, and the signs: each but the first on a line that begins with its sign.
    fn joined(
        self,
        parts: &[Node<'t>],
        is_sign: impl Fn(&Node<'t>) -> bool,
        between: impl Fn(&[Node<'t>]) -> Doc<'t>,
    ) -> Doc<'t> {
        let mut operands = parts.split(&is_sign).map(between);
        let first = operands.next().unwrap_or_else(Doc::nothing);
        let mut rest = Vec::new();
        for (sign, operand) in parts.iter().filter(|part| is_sign(part)).zip(operands) {
            rest.extend([Doc::line(Line::Plain), self.node(sign), Doc::space(), operand]);
        }
        if rest.is_empty() {
            return first;
        }
        Doc::concat(vec![first, Doc::concat(rest).indent()]).group()
    }

    /// `a.b.c(…).d(…)`: where it is too long, and calls more than one method, each has a line.
    pub(super) fn chain(self, node: &Node<'t>) -> Doc<'t> {
        if node.all(Rule::member).filter(is_method).count() < 2 {
            return self.row(node);
        }
        let mut start = Row::of(Rule::postfix);
        let mut links = Row::of(Rule::postfix);
        let mut called = false;
        for part in node.children() {
            let method = is_method(&part);
            called |= method;
            let row = if called { &mut links } else { &mut start };
            if method {
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

/// `.d(…)`, and not `.d`.
fn is_method(node: &Node<'_>) -> bool {
    node.rule() == Rule::member && node.has(Rule::fn_args)
}

fn is_silent(trivia: &Trivia<'_>) -> bool {
    trivia.before.is_empty() && trivia.after.is_none()
}
