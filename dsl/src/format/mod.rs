//! The one style: [`format`] lays a text out anew and changes nothing that it means.
//!
//! The pairs of the grammar become a document ([`build`]), in which each token has its comments with it ([`trivia`]);
//! the document is laid out on lines ([`layout`]), and comments behind code are aligned ([`align`]).

mod align;
mod build;
mod doc;
mod layout;
mod trivia;

use pest::Parser;

use crate::Diagnostic;
use crate::grammar::{Grammar, Rule};
use crate::walk::Matches;

/// Lines are no longer where they can be shorter.
const WIDTH: usize = 110;

/// So often at most a text is laid out again.
const ROUNDS: usize = 3;

/// One level.
const INDENT: usize = 2;

/// The text in the one style. Comments stay between the tokens that they stood between; what the text means is the same;
/// a text in this style stays as it is.
///
/// What the author decides: empty lines between things (one is kept), and whether a bracket that could be closed on its
/// line ends the line all the same.
///
/// # Errors
///
/// What [`parse`](crate::parse) says of a text that does not follow the grammar.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let mut before = once(text)?;
    // Where a name alone is wider than a line, what had to break may close up again: a second look settles it.
    for _ in 0..ROUNDS {
        let after = once(&before)?;
        if after == before {
            break;
        }
        before = after;
    }
    Ok(before)
}

fn once(text: &str) -> Result<String, Vec<Diagnostic>> {
    let refused = || crate::parse(text).diagnostics;
    if crate::parse::is_out_of_reach(text) {
        return Err(refused());
    }
    let matches = Grammar::parse(Rule::file, text).map(Matches::of).map_err(|_| refused())?;
    let Some(file) = matches.first() else { return Err(refused()) };
    let table = trivia::Table::of(text, &file);
    let doc = build::Build { table: &table }.file(&file);
    Ok(align::align(&layout::layout(&doc, WIDTH)))
}

#[cfg(test)]
mod tests;
