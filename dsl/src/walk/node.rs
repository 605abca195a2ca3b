//! A pair of pest with the few questions that the walk asks of it.

use pest::iterators::Pair;

use crate::grammar::Rule;

/// The grammar and the walk disagree: a fault of this crate, never of the text.
#[derive(Debug)]
pub(crate) struct Broken {
    /// The rule whose pair lacks something.
    pub(crate) rule: Rule,
    /// Where it begins, in bytes of what was parsed.
    pub(crate) at: usize,
}

/// What every step of the walk gives.
pub(crate) type Walked<T> = Result<T, Broken>;

/// One matched rule.
#[derive(Clone, Debug)]
pub(crate) struct Node<'t>(pub(crate) Pair<'t, Rule>);

impl<'t> Node<'t> {
    pub(crate) fn rule(&self) -> Rule {
        self.0.as_rule()
    }

    pub(crate) fn text(&self) -> &'t str {
        self.0.as_str()
    }

    pub(crate) fn start(&self) -> usize {
        self.0.as_span().start()
    }

    /// Without the blanks that pest counts to a rule which ends with something optional.
    pub(crate) fn end(&self) -> usize {
        let whole = self.0.as_span().end();
        if matches!(self.rule(), Rule::string | Rule::multi | Rule::tagged) {
            return whole;
        }
        self.children().last().map_or(whole, |last| last.end())
    }

    pub(crate) fn children(&self) -> impl DoubleEndedIterator<Item = Node<'t>> + use<'t> {
        self.0.clone().into_inner().map(Node)
    }

    pub(crate) fn all(&self, rule: Rule) -> impl Iterator<Item = Node<'t>> + use<'t> {
        self.children().filter(move |child| child.rule() == rule)
    }

    pub(crate) fn find(&self, rule: Rule) -> Option<Node<'t>> {
        self.children().find(|child| child.rule() == rule)
    }

    pub(crate) fn has(&self, rule: Rule) -> bool {
        self.find(rule).is_some()
    }

    /// The child that the grammar demands.
    pub(crate) fn need(&self, rule: Rule) -> Walked<Node<'t>> {
        self.find(rule).ok_or_else(|| self.broken())
    }

    /// The first child that is none of the words and signs.
    pub(crate) fn inner(&self) -> Walked<Node<'t>> {
        self.children().find(|child| !is_sign(child.rule())).ok_or_else(|| self.broken())
    }

    pub(crate) fn broken(&self) -> Broken {
        Broken { rule: self.rule(), at: self.start() }
    }
}

/// Signs and doc comments carry nothing that [`Node::inner`] could mean.
fn is_sign(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::doc
            | Rule::P_LPAREN
            | Rule::P_RPAREN
            | Rule::P_LBRACE
            | Rule::P_RBRACE
            | Rule::P_LBRACK
            | Rule::P_RBRACK
            | Rule::P_BAR
            | Rule::P_COMMA
            | Rule::P_DOTS
            | Rule::P_FAT
            | Rule::K_AS
            | Rule::K_AFTER
            | Rule::K_UNTIL
            | Rule::K_UNDO
            | Rule::K_TIMEOUT
            | Rule::K_RETRY
            | Rule::K_CACHE
            | Rule::K_UNCLEAR
            | Rule::K_WAIT
            | Rule::K_ON
            | Rule::K_SECRET
    )
}
