//! Doc comments.

use super::Node;
use crate::grammar::Rule;

/// The lines in front of `node`, joined; `///` and one space are taken away.
pub(super) fn doc(node: &Node<'_>) -> Option<String> {
    let lines: Vec<&str> = node.all(Rule::doc).map(|line| content(line.text())).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn content(line: &str) -> &str {
    let bare = line.strip_prefix("///").unwrap_or(line);
    bare.strip_prefix(' ').unwrap_or(bare).trim_end()
}
