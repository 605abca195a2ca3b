//! The heads of declarations: name, parameters, result, failures.

use super::Build;
use super::row::Row;
use crate::format::doc::{Doc, Line};
use crate::grammar::Rule;
use crate::walk::Node;

impl<'t> Build<'t> {
    /// `workflow w(…) -> T fails a, b { … }`: on one line, or the failures on a second one, or the result as well.
    pub(super) fn durable(self, node: &Node<'t>) -> Doc<'t> {
        let mut start = Row::of(node.rule());
        let mut promises = Vec::new();
        let mut body = Doc::nothing();
        let mut children = node.children();
        while let Some(child) = children.next() {
            match child.rule() {
                Rule::P_ARROW | Rule::ty | Rule::fails => promises.push(child),
                Rule::P_LBRACE | Rule::block => body = self.part(node.rule(), &child, &mut children),
                _ => start.push(self.part(node.rule(), &child, &mut children)),
            }
        }
        Doc::concat(vec![start.done(), self.promises(&promises), body])
    }

    /// What stands between the parameters and the body, with the blank or line end in front of the body.
    fn promises(self, nodes: &[Node<'t>]) -> Doc<'t> {
        let result = || {
            let mut row = Row::of(Rule::workflow_decl);
            nodes.iter().filter(|node| node.rule() != Rule::fails).for_each(|part| row.push(self.node(part)));
            row.done()
        };
        let fails = || {
            let fails = nodes.iter().find(|node| node.rule() == Rule::fails);
            fails.map_or_else(Doc::nothing, |fails| self.node(fails))
        };
        let way = |first: Line, second: Line, last: Line| {
            let mut parts = Vec::new();
            for (line, doc) in [(first, result()), (second, fails())] {
                if !doc.is_empty() {
                    parts.extend([Doc::line(line).indent(), doc.indent()]);
                }
            }
            parts.push(Doc::line(last));
            Doc::concat(parts)
        };
        if nodes.is_empty() {
            return Doc::space();
        }
        if result().meta.forced {
            return Doc::concat(vec![Doc::space(), result(), Doc::space(), fails(), Doc::space()]);
        }
        let mut ways = vec![way(Line::Plain, Line::Plain, Line::Plain)];
        if !fails().is_empty() {
            ways.push(way(Line::Plain, Line::Hard, Line::Hard));
        }
        ways.push(way(Line::Hard, Line::Hard, Line::Hard));
        Doc::choice(ways)
    }

    /// `fn f(…) -> T = e`: `e` on a line of its own where it stood on one.
    pub(super) fn function(self, node: &Node<'t>) -> Doc<'t> {
        let mut row = Row::of(node.rule());
        let mut children = node.children();
        while let Some(child) = children.next() {
            match child.rule() {
                Rule::P_ARROW => row.glue(self.result(&child, children.next())),
                Rule::expr if self.begins_line(&child) => {
                    row.glue(Doc::concat(vec![Doc::line(Line::Hard), self.node(&child)]).indent());
                }
                _ => row.push(self.node(&child)),
            }
        }
        row.done()
    }

    /// `op(…) -> T fails a readonly` in a tool.
    pub(super) fn operation(self, node: &Node<'t>) -> Doc<'t> {
        let mut row = Row::of(node.rule());
        let mut children = node.children();
        while let Some(child) = children.next() {
            match child.rule() {
                Rule::P_ARROW => row.glue(self.result(&child, children.next())),
                Rule::fails => {
                    row.glue(Doc::concat(vec![Doc::line(Line::Plain), self.node(&child)]).indent().group());
                }
                _ => row.push(self.node(&child)),
            }
        }
        row.done()
    }

    /// `-> T`, on the next line where it is too long for this one.
    fn result(self, arrow: &Node<'t>, ty: Option<Node<'t>>) -> Doc<'t> {
        let ty = ty.map_or_else(Doc::nothing, |ty| self.node(&ty));
        let line = if ty.meta.forced { Doc::space() } else { Doc::line(Line::Plain) };
        Doc::concat(vec![line, self.leaf(arrow), Doc::space(), ty]).indent().group()
    }
}
