//! Texts: what is said stays as it is, letter for letter; the indentation of `"""` follows its surroundings.

use std::borrow::Cow;

use super::Build;
use crate::format::doc::Text;
use crate::format::layout::layout;
use crate::grammar::Rule;
use crate::walk::Node;

const QUOTES: &str = "\"\"\"";

impl<'t> Build<'t> {
    /// A text whose `${…}` have line ends in them is left alone.
    pub(super) fn text(self, node: &Node<'t>) -> Text<'t> {
        let multi = node.find(Rule::multi);
        let parts = multi.as_ref().unwrap_or(node);
        if parts.all(Rule::interp).any(|interp| interp.text().contains('\n')) {
            return Text::Plain(Cow::Borrowed(node.text()));
        }
        let written: String = parts.children().map(|part| self.piece(&part)).collect();
        match &multi {
            None => Text::Plain(Cow::Owned(format!("\"{written}\""))),
            Some(_) => multi_line(&written.replace("\r\n", "\n")),
        }
    }

    fn piece(self, part: &Node<'t>) -> Cow<'t, str> {
        match part.find(Rule::expr) {
            Some(value) => {
                let line = layout(&self.node(&value), usize::MAX).text;
                Cow::Owned(format!("${{{}}}", line.trim_end_matches('\n')))
            }
            None => Cow::Borrowed(part.text()),
        }
    }
}

/// Between `"""`. What is common to its lines, and the first and last line where nothing stands on them, is no part of the
/// text (see the walk, which reads it).
fn multi_line(written: &str) -> Text<'static> {
    let lines: Vec<&str> = written.split('\n').collect();
    let common = lines.iter().skip(1).filter(|line| !is_blank(line)).map(|line| margin(line)).min();
    let (Some(common), [first, middle @ .., last]) = (common, lines.as_slice()) else {
        return Text::Plain(Cow::Owned(format!("{QUOTES}{written}{QUOTES}")));
    };
    let opening = format!("{QUOTES}{}", if is_blank(first) { "" } else { first });
    let apart = is_blank(last);
    let rest = middle.iter().chain((!apart).then_some(last));
    let lines = rest.map(|line| line.get(margin(line).min(common)..).unwrap_or_default().to_owned());
    Text::Multi { opening, lines: lines.collect(), apart }
}

fn is_blank(line: &str) -> bool {
    margin(line) == line.len()
}

/// As the walk counts it.
fn margin(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t', '\r']).len()
}
