//! The parser that pest makes of the grammar file.

/// The strict grammar.
#[derive(pest_derive::Parser)]
#[grammar = "cairn.pest"]
pub(crate) struct Grammar;
