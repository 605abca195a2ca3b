//! What stands between brackets: lists, whose items have commas, and bodies, whose items have lines.

use super::Build;
use crate::format::doc::{Doc, Line};
use crate::format::trivia::Trivia;
use crate::grammar::Rule;
use crate::walk::Node;

/// What a bracket is to its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `( a, b )` and `[ a, b ]`, without blanks inside.
    List,
    /// `{ a, b }`, with blanks inside.
    Record,
    /// Statements, arms, branches, operations.
    Body,
}

/// What `opener` opens in `parent`; `None` for what is none of these.
pub(super) fn shape(parent: Rule, opener: Rule) -> Option<Shape> {
    match (opener, parent) {
        (Rule::P_LPAREN, Rule::params | Rule::args | Rule::fn_args) => Some(Shape::List),
        (Rule::P_LBRACK, Rule::list | Rule::mock_list | Rule::toolset_decl) => Some(Shape::List),
        (Rule::P_LBRACE, Rule::record | Rule::record_ty | Rule::binder) => Some(Shape::Record),
        (Rule::P_LBRACE, _) => Some(Shape::Body),
        _ => None,
    }
}

/// The parts of a bracket.
struct Bracket<'t> {
    open: Doc<'t>,
    items: Vec<Item<'t>>,
    /// Comments behind the last item.
    remarks: Doc<'t>,
    close: Doc<'t>,
    /// The first item begins its line in the source.
    apart: bool,
}

struct Item<'t> {
    node: Node<'t>,
    comma: Option<&'t Trivia<'t>>,
}

impl<'t> Build<'t> {
    /// The bracket that `open` opens; what it holds, and its end, is taken from `rest`.
    pub(super) fn bracket(
        self,
        shape: Shape,
        parent: Rule,
        open: &Node<'t>,
        rest: &mut impl Iterator<Item = Node<'t>>,
    ) -> Doc<'t> {
        let bracket = self.take(open, rest);
        if bracket.items.is_empty() && bracket.remarks.is_empty() {
            let end = if bracket.open.meta.tail { Doc::line(Line::Hard) } else { Doc::nothing() };
            return Doc::concat(vec![bracket.open, end, bracket.close]);
        }
        match shape {
            Shape::Body => self.body(parent, bracket),
            Shape::List if self.hugs(&bracket) => self.hugged(bracket),
            Shape::List => self.list(bracket, Line::Soft),
            Shape::Record => self.list(bracket, Line::Plain),
        }
    }

    fn take(self, open: &Node<'t>, rest: &mut impl Iterator<Item = Node<'t>>) -> Bracket<'t> {
        let mut items: Vec<Item<'t>> = Vec::new();
        let (mut remarks, mut close) = (Doc::nothing(), Doc::nothing());
        for node in rest {
            match node.rule() {
                Rule::P_RBRACE | Rule::P_RPAREN | Rule::P_RBRACK => {
                    remarks = Doc::remarks(node.rule(), self.table.at(node.start()));
                    close = self.leaf(&node).bare();
                    break;
                }
                Rule::P_COMMA => {
                    if let Some(item) = items.last_mut() {
                        item.comma = Some(self.table.at(node.start()));
                    }
                }
                _ => items.push(Item { node, comma: None }),
            }
        }
        let apart = items.first().is_some_and(|item| self.begins_line(&item.node));
        Bracket { open: self.leaf(open), items, remarks, close, apart }
    }

    /// `edge`: what stands behind the first bracket and in front of the last one.
    fn list(self, bracket: Bracket<'t>, edge: Line) -> Doc<'t> {
        let mut inner = vec![Doc::line(if bracket.apart { Line::Hard } else { edge })];
        let count = bracket.items.len();
        for (number, item) in bracket.items.iter().enumerate() {
            inner.push(self.node(&item.node));
            let comma = Doc::comma(item.comma);
            if number + 1 < count {
                inner.extend([comma, Doc::line(Line::Item)]);
            } else {
                inner.push(if comma.is_empty() { comma.when_broken() } else { comma });
            }
        }
        if !bracket.remarks.is_empty() {
            inner.extend([Doc::line(Line::Item), bracket.remarks]);
        }
        Doc::concat(vec![bracket.open, Doc::concat(inner).indent(), Doc::line(edge), bracket.close]).group()
    }

    /// A single record or list in brackets needs no lines and no indentation of its own.
    fn hugs(self, bracket: &Bracket<'t>) -> bool {
        let [item] = bracket.items.as_slice() else { return false };
        bracket.remarks.is_empty()
            && !bracket.apart
            && Doc::comma(item.comma).is_empty()
            && is_bracketed(item.node)
    }

    fn hugged(self, bracket: Bracket<'t>) -> Doc<'t> {
        let mut parts = vec![bracket.open];
        parts.extend(bracket.items.iter().map(|item| self.node(&item.node)));
        parts.push(bracket.close);
        Doc::concat(parts)
    }

    /// A body of one statement may stay on the line where it stood.
    fn body(self, parent: Rule, bracket: Bracket<'t>) -> Doc<'t> {
        let tall = matches!(
            parent,
            Rule::wait_block | Rule::match_ | Rule::parallel_ | Rule::race_ | Rule::test_decl
        );
        let short = bracket.items.len() == 1 && !bracket.apart && !tall;
        let line = if short && bracket.remarks.is_empty() { Line::Item } else { Line::Hard };
        let mut inner = Vec::new();
        for item in &bracket.items {
            inner.extend([Doc::line(line), self.node(&item.node)]);
        }
        if !bracket.remarks.is_empty() {
            inner.extend([Doc::line(line), bracket.remarks]);
        }
        Doc::concat(vec![bracket.open, Doc::concat(inner).indent(), Doc::line(line), bracket.close])
    }
}

/// Whether `node` is a record or a list, be it named or what a function gives.
fn is_bracketed(node: Node<'_>) -> bool {
    let mut node = node;
    loop {
        let next = match node.rule() {
            Rule::record | Rule::list => return true,
            Rule::arg_named | Rule::lambda => node.children().last().filter(|last| last.rule() == Rule::expr),
            _ => {
                let mut children = node.children();
                children.next().filter(|_| children.next().is_none())
            }
        };
        let Some(next) = next else { return false };
        node = next;
    }
}
