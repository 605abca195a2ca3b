//! From the grammar's pairs to the document.
//!
//! Most rules are a row of their parts with blanks between them ([`row`]); brackets are lists or bodies ([`bracket`]); what
//! may be broken in a way of its own has a function of its own.

mod bracket;
mod file;
mod head;
mod operator;
mod row;
mod step;
mod text;

use std::borrow::Cow;

use super::doc::{Doc, Text};
use super::trivia::{Table, is_token};
use crate::grammar::Rule;
use crate::walk::Node;

use row::Row;

/// What the document is built with.
#[derive(Clone, Copy)]
pub(super) struct Build<'t> {
    pub(super) table: &'t Table<'t>,
}

impl<'t> Build<'t> {
    fn node(self, node: &Node<'t>) -> Doc<'t> {
        if is_token(node.rule()) || node.children().next().is_none() {
            return self.leaf(node);
        }
        match node.rule() {
            Rule::expr => self.conditional(node),
            Rule::postfix => self.chain(node),
            Rule::ty => self.union(node),
            Rule::call_ | Rule::do_ | Rule::run_ | Rule::spawn_ => self.step(node),
            Rule::undo_call | Rule::undo_do | Rule::undo_run | Rule::s_defaults => self.step(node),
            Rule::workflow_decl | Rule::flow_decl => self.durable(node),
            Rule::fn_decl => self.function(node),
            Rule::tool_op => self.operation(node).group(),
            Rule::for_ => self.items(node),
            Rule::arm => self.arm(node).group(),
            Rule::stmt | Rule::item | Rule::branch | Rule::event_arm | Rule::after_arm | Rule::c_undo => {
                self.row(node).group()
            }
            _ => self.row(node),
        }
    }

    fn leaf(self, node: &Node<'t>) -> Doc<'t> {
        let trivia = self.table.at(node.start());
        let text = match node.rule() {
            Rule::P_COMMA => return Doc::comma(Some(trivia)),
            Rule::string => self.text(node),
            Rule::doc => doc_comment(node.text()),
            _ => Text::Plain(Cow::Borrowed(node.text())),
        };
        Doc::token(node.rule(), text, trivia)
    }

    /// The parts of `node` one after the other, brackets as what they are in it.
    fn row(self, node: &Node<'t>) -> Doc<'t> {
        let mut row = Row::of(node.rule());
        let mut children = node.children();
        while let Some(child) = children.next() {
            row.push(self.part(node.rule(), &child, &mut children));
        }
        row.done()
    }

    /// A part of a row; a bracket takes what it holds from `rest`.
    fn part(self, parent: Rule, child: &Node<'t>, rest: &mut impl Iterator<Item = Node<'t>>) -> Doc<'t> {
        match bracket::shape(parent, child.rule()) {
            Some(shape) => self.bracket(shape, parent, child, rest),
            // A condition that needs several lines is told from the block behind it.
            None if child.rule() == Rule::expr
                && matches!(parent, Rule::if_ | Rule::else_if | Rule::while_) =>
            {
                self.node(child).indent()
            }
            None => self.node(child),
        }
    }

    /// The token begins its line in the source.
    fn begins_line(self, node: &Node<'t>) -> bool {
        self.table.at(node.start()).first
    }
}

/// `/// ` and what is said.
fn doc_comment(line: &str) -> Text<'_> {
    let said = line.strip_prefix("///").unwrap_or(line);
    let said = said.strip_prefix(' ').unwrap_or(said).trim_end();
    Text::Plain(if said.is_empty() { Cow::Borrowed("///") } else { Cow::Owned(format!("/// {said}")) })
}
