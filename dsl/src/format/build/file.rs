//! The whole file.

use super::Build;
use crate::format::doc::{Doc, Line};
use crate::grammar::Rule;
use crate::walk::Node;

impl<'t> Build<'t> {
    /// Declarations one below the other; an empty line stands around those that do something.
    pub(in crate::format) fn file(self, node: &Node<'t>) -> Doc<'t> {
        let mut parts = Vec::new();
        let mut last = None;
        for child in node.children() {
            let rule = child.children().last().map_or(child.rule(), |kind| kind.rule());
            if let Some(last) = last {
                let apart = is_large(last) || is_large(rule);
                parts.push(Doc::line(if apart { Line::Gap } else { Line::Hard }));
            }
            parts.push(match child.rule() {
                Rule::EOI => Doc::remarks(Rule::EOI, self.table.at(child.start())),
                _ => self.node(&child),
            });
            last = Some(rule);
        }
        Doc::concat(parts)
    }
}

fn is_large(rule: Rule) -> bool {
    matches!(rule, Rule::workflow_decl | Rule::flow_decl | Rule::test_decl)
}
