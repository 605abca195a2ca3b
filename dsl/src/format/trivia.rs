//! Comments and blank lines, kept with the token that they stand at.

use std::collections::BTreeMap;

use crate::grammar::Rule;
use crate::walk::Node;

/// A comment that has its line for itself.
#[derive(Debug)]
pub(super) struct Remark<'t> {
    /// With its `//`, without blanks at its end.
    pub(super) text: &'t str,
    /// An empty line stands before it.
    pub(super) blank: bool,
}

/// What stands around a token and is no token.
#[derive(Debug, Default)]
pub(super) struct Trivia<'t> {
    /// On lines of their own in front of it.
    pub(super) before: Vec<Remark<'t>>,
    /// An empty line stands between the last of them (or the token before) and the token.
    pub(super) blank: bool,
    /// The comment behind it on its line.
    pub(super) after: Option<&'t str>,
    /// It is the first on its line.
    pub(super) first: bool,
}

/// The trivia of all tokens of a file.
#[derive(Debug)]
pub(super) struct Table<'t> {
    of: BTreeMap<usize, Trivia<'t>>,
    none: Trivia<'t>,
}

impl<'t> Table<'t> {
    /// Looks between the tokens under `file`: nothing but blanks and comments stands there.
    pub(super) fn of(text: &'t str, file: &Node<'t>) -> Self {
        let mut table = Self { of: BTreeMap::new(), none: Trivia::default() };
        let mut last: Option<(usize, usize)> = None;
        for (_, start, end) in leaves(file) {
            let from = last.map_or(0, |(_, end)| end);
            let gap = Gap::read(text.get(from..start).unwrap_or_default(), last.is_some());
            if let Some((before, _)) = last {
                table.of.entry(before).or_default().after = gap.after;
            }
            table.of.insert(start, gap.trivia);
            last = Some((start, end));
        }
        table
    }

    /// All comments, in order.
    #[cfg(test)]
    pub(super) fn comments(&self) -> impl Iterator<Item = &'t str> {
        self.of.values().flat_map(|trivia| trivia.before.iter().map(|remark| remark.text).chain(trivia.after))
    }

    /// What stands around the token that begins at `start`.
    pub(super) fn at(&self, start: usize) -> &Trivia<'t> {
        self.of.get(&start).unwrap_or(&self.none)
    }
}

/// Rules that are one token, whatever is inside.
pub(super) fn is_token(rule: Rule) -> bool {
    matches!(rule, Rule::string | Rule::tagged)
}

/// The tokens under `node`: rule, first byte, and the byte behind.
pub(super) fn leaves(node: &Node<'_>) -> Vec<(Rule, usize, usize)> {
    let mut leaves = Vec::new();
    gather(node, &mut leaves);
    leaves
}

fn gather(node: &Node<'_>, leaves: &mut Vec<(Rule, usize, usize)>) {
    let mut children = node.children().peekable();
    if is_token(node.rule()) || children.peek().is_none() {
        leaves.push((node.rule(), node.start(), node.end()));
        return;
    }
    for child in children {
        gather(&child, leaves);
    }
}

/// What stands between two tokens.
struct Gap<'t> {
    after: Option<&'t str>,
    trivia: Trivia<'t>,
}

impl<'t> Gap<'t> {
    /// `behind`: a token stands before the gap, so that a comment on its line is that token's.
    fn read(gap: &'t str, behind: bool) -> Self {
        let mut read = Self { after: None, trivia: Trivia::default() };
        let mut ends = usize::from(!behind);
        for (number, line) in gap.split('\n').enumerate() {
            ends += usize::from(number > 0);
            let Some(text) = line.find("//").and_then(|at| line.get(at..)).map(str::trim_end) else {
                continue;
            };
            if ends == 0 {
                read.after = Some(text);
            } else {
                read.trivia.before.push(Remark { text, blank: ends > 1 });
            }
            ends = 0;
        }
        let first = gap.contains('\n') || !behind;
        read.trivia.first = first;
        read.trivia.blank = ends > 1;
        read
    }
}
