//! One pass of the strict grammar.

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};

use super::messages;
use crate::Diagnostic;
use crate::grammar::{Grammar, Rule};
use crate::tree::Item;
use crate::walk::{Matches, Places, Walk};

/// Why the grammar did not take a text.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// How far it came, in bytes.
    pub(crate) at: usize,
    /// What could have stood there.
    pub(crate) expected: Vec<Rule>,
    /// It gave up for want of stack, and not because of the text.
    pub(crate) exhausted: bool,
}

/// The items of `text`, with what their literals cannot hold.
pub(crate) fn read(text: &str, places: &dyn Places) -> Result<(Vec<Item>, Vec<Diagnostic>), Refusal> {
    let matches = Grammar::parse(Rule::file, text).map(Matches::of).map_err(refusal)?;
    let mut walk = Walk::new(places);
    let walked = matches.first().map_or_else(|| Ok(Vec::new()), |file| walk.file(&file));
    let mut diagnostics = walk.diagnostics;
    let items = walked.unwrap_or_else(|broken| {
        diagnostics.push(messages::broken(&broken, places.span(broken.at, broken.at)));
        Vec::new()
    });
    Ok((items, diagnostics))
}

fn refusal(error: pest::error::Error<Rule>) -> Refusal {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    match error.variant {
        ErrorVariant::ParsingError { positives, .. } => Refusal { at, expected: positives, exhausted: false },
        ErrorVariant::CustomError { .. } => Refusal { at, expected: Vec::new(), exhausted: true },
    }
}
