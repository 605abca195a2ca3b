//! What the grammar matched, with the few questions that the walk asks of it.
//!
//! pest's own pairs count their children whenever they are asked for them, and references for each. They are read through once;
//! from then on a question costs no more than a look.

use pest::Token;
use pest::iterators::Pairs;

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

/// All matched rules of a text, each in front of those within it.
pub(crate) struct Matches<'t> {
    text: &'t str,
    all: Vec<Match>,
}

#[derive(Debug)]
struct Match {
    rule: Rule,
    start: usize,
    end: usize,
    /// The end with the blanks that pest counts to a rule which ends with something optional.
    whole: usize,
    /// How many matches are within it.
    inner: usize,
}

impl<'t> Matches<'t> {
    pub(crate) fn of(pairs: Pairs<'t, Rule>) -> Self {
        let text = pairs.get_input();
        let tokens = pairs.tokens();
        let mut all: Vec<Match> = Vec::with_capacity(tokens.len() / 2);
        let mut open = Vec::new();
        let mut last_end = 0;
        for token in tokens {
            match token {
                Token::Start { rule, pos } => {
                    open.push(all.len());
                    all.push(Match { rule, start: pos.pos(), end: 0, whole: 0, inner: 0 });
                }
                Token::End { pos, .. } => {
                    let Some(at) = open.pop() else { continue };
                    let inner = all.len() - at - 1;
                    let Some(closed) = all.get_mut(at) else { continue };
                    (closed.whole, closed.inner) = (pos.pos(), inner);
                    closed.end = if inner == 0 || is_text(closed.rule) { closed.whole } else { last_end };
                    last_end = closed.end;
                }
            }
        }
        Self { text, all }
    }

    /// What the whole text was matched by.
    pub(crate) fn first(&self) -> Option<Node<'_>> {
        children(self.text, &self.all).next()
    }
}

/// What ends with its last letter, whatever is within.
fn is_text(rule: Rule) -> bool {
    matches!(rule, Rule::string | Rule::multi | Rule::tagged)
}

fn children<'t>(text: &'t str, mut rest: &'t [Match]) -> impl Iterator<Item = Node<'t>> + use<'t> {
    std::iter::from_fn(move || {
        let (own, behind) = rest.split_first()?;
        let (inner, next) = behind.split_at_checked(own.inner)?;
        rest = next;
        Some(Node { text, own, inner })
    })
}

/// One matched rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'t> {
    text: &'t str,
    own: &'t Match,
    inner: &'t [Match],
}

impl<'t> Node<'t> {
    pub(crate) fn rule(&self) -> Rule {
        self.own.rule
    }

    pub(crate) fn text(&self) -> &'t str {
        self.text.get(self.own.start..self.own.whole).unwrap_or_default()
    }

    /// The whole text that was parsed.
    pub(crate) fn input(&self) -> &'t str {
        self.text
    }

    pub(crate) fn start(&self) -> usize {
        self.own.start
    }

    /// Without the blanks that pest counts to a rule which ends with something optional.
    pub(crate) fn end(&self) -> usize {
        self.own.end
    }

    pub(crate) fn children(&self) -> impl Iterator<Item = Node<'t>> + use<'t> {
        children(self.text, self.inner)
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
