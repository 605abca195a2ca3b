//! Declarations are mended one by one, so that a fault in one cannot take its neighbours along.

use crate::parse::begins_item;
use crate::scan::{Kind, Token};

/// Words that begin something at the left margin in other languages, or in ours at another place.
const FOREIGN: [&str; 30] = [
    "import",
    "from",
    "export",
    "require",
    "include",
    "function",
    "def",
    "func",
    "async",
    "class",
    "interface",
    "struct",
    "enum",
    "public",
    "private",
    "pub",
    "static",
    "let",
    "var",
    "call",
    "if",
    "for",
    "while",
    "return",
    "log",
    "print",
    "console",
    "proc",
    "sub",
    "record",
];

/// The borders of the declarations: where each begins, and the end of the text.
pub(super) fn borders(text: &str, tokens: &[Token]) -> Vec<usize> {
    let mut borders = vec![0];
    let mut doc = None;
    for token in tokens {
        let margin =
            token.first && text.get(..token.start).is_some_and(|before| !before.ends_with([' ', '\t']));
        match token.kind {
            Kind::Doc if margin => {
                doc.get_or_insert(token.start);
            }
            Kind::Word if margin && begins(text.get(token.start..token.end).unwrap_or_default()) => {
                borders.push(doc.take().unwrap_or(token.start));
            }
            _ => doc = None,
        }
    }
    borders.push(text.len());
    borders
}

fn begins(word: &str) -> bool {
    begins_item(word) || FOREIGN.contains(&word)
}
