//! Parts one after the other, with a blank between them where one belongs.

use crate::format::doc::{Doc, Line};
use crate::grammar::Rule;

/// A row that grows.
pub(super) struct Row<'t> {
    parent: Rule,
    parts: Vec<Doc<'t>>,
    last: Option<Rule>,
}

impl<'t> Row<'t> {
    /// The parts of the rule `parent`.
    pub(super) fn of(parent: Rule) -> Self {
        Self { parent, parts: Vec::new(), last: None }
    }

    pub(super) fn push(&mut self, doc: Doc<'t>) {
        let comma = doc.meta.first.is_none() || doc.meta.first == Some(Rule::P_COMMA);
        if let (Some(last), Some(first)) = (self.last, doc.meta.first)
            && !comma
        {
            match last {
                Rule::doc => self.parts.push(Doc::line(Line::Hard)),
                _ if is_tight(self.parent, last, first) => {}
                _ => self.parts.push(Doc::space()),
            }
        }
        self.glue(doc);
    }

    /// Without a blank.
    pub(super) fn glue(&mut self, doc: Doc<'t>) {
        // A comma without comments counts as no token, but a blank follows it.
        self.last = doc.meta.last.or(self.last);
        self.parts.push(doc);
    }

    pub(super) fn done(self) -> Doc<'t> {
        Doc::concat(self.parts)
    }
}

/// Whether nothing stands between two tokens that are parts of `parent`.
fn is_tight(parent: Rule, last: Rule, first: Rule) -> bool {
    let opened = matches!(
        last,
        Rule::P_LPAREN
            | Rule::P_LBRACK
            | Rule::P_DOT
            | Rule::P_OPTDOT
            | Rule::P_DOTS
            | Rule::prefix
            | Rule::P_LT
    );
    opened
        || match first {
            Rule::P_COMMA | Rule::P_RPAREN | Rule::P_RBRACK | Rule::P_DOT | Rule::P_OPTDOT => true,
            Rule::P_OPT | Rule::ty_opt | Rule::must | Rule::P_LT | Rule::P_GT => true,
            Rule::P_COLON => parent != Rule::expr,
            Rule::P_LPAREN => matches!(last, Rule::ident | Rule::name | Rule::P_RBRACK),
            Rule::P_LBRACK => matches!(parent, Rule::postfix | Rule::callee),
            _ => false,
        }
}
