//! Steps with what is said about them, and the arms of `match`.

use super::Build;
use super::row::Row;
use crate::format::doc::{Doc, Line};
use crate::grammar::Rule;
use crate::walk::Node;

impl<'t> Build<'t> {
    /// `call t.op(…) timeout 5s`: the clauses on the line of the call, or on the next one, or each on its own. `undo` always
    /// has its own, and keeps the others off the line of the call.
    pub(super) fn step(self, node: &Node<'t>) -> Doc<'t> {
        let mut head = Row::of(node.rule());
        let (mut clauses, mut undos) = (Vec::new(), Vec::new());
        let mut children = node.children();
        while let Some(child) = children.next() {
            match child.rule() {
                Rule::c_undo => undos.extend([Doc::line(Line::Hard), self.node(&child)]),
                Rule::c_timeout | Rule::c_retry | Rule::c_cache | Rule::c_unclear => {
                    if !clauses.is_empty() {
                        clauses.push(Doc::line(Line::Plain));
                    }
                    clauses.push(self.node(&child));
                }
                _ => head.push(self.part(node.rule(), &child, &mut children)),
            }
        }
        let mut tail = Vec::new();
        if !clauses.is_empty() {
            let line = if undos.is_empty() { Line::Plain } else { Line::Hard };
            tail.extend([Doc::line(line), Doc::concat(clauses).group()]);
        }
        tail.extend(undos);
        Doc::concat(vec![head.done(), Doc::concat(tail).indent().group()])
    }

    /// `for a in xs, b in ys parallel max 5 { … }`: where that is too long, each head and the options have a line.
    pub(super) fn items(self, node: &Node<'t>) -> Doc<'t> {
        let mut heads = Row::of(node.rule());
        let mut options = Row::of(node.rule());
        let mut body = Doc::nothing();
        let mut behind_comma = false;
        for child in node.children() {
            match child.rule() {
                Rule::block => body = self.node(&child),
                Rule::P_COMMA => {
                    heads.push(self.node(&child));
                    heads.glue(Doc::line(Line::Plain));
                    behind_comma = true;
                }
                Rule::for_head if behind_comma => heads.glue(self.node(&child)),
                Rule::K_FOR | Rule::for_head => heads.push(self.node(&child)),
                _ => options.push(self.node(&child)),
            }
        }
        let (heads, options) = (heads.done(), options.done());
        let more = if options.is_empty() { Doc::nothing() } else { Doc::line(Line::Plain) };
        Doc::concat(vec![
            Doc::concat(vec![heads, more, options]).indent().indent().group(),
            Doc::space(),
            body,
        ])
    }

    /// `"a" | "b" if c => …`: a comma behind a value, none behind a block.
    pub(super) fn arm(self, node: &Node<'t>) -> Doc<'t> {
        let mut row = Row::of(node.rule());
        let mut block = false;
        let mut comma = None;
        for child in node.children() {
            if child.rule() == Rule::P_COMMA {
                comma = Some(self.table.at(child.start()));
                continue;
            }
            block = child.rule() == Rule::block;
            row.push(self.node(&child));
        }
        let comma = Doc::comma(comma);
        if !block || !comma.is_empty() {
            row.glue(comma);
        }
        row.done()
    }
}
