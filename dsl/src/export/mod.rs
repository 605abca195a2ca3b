//! The grammar in the notations of others, for what writes programs token by token and has to be kept to the language.
//!
//! All of it is made of the grammar file, read by pest itself ([`read`]). Two things are different there: blanks have to be
//! asked for, since nothing is skipped ([`spread`]), and nothing can be looked ahead at. So words are always told apart by
//! a blank, and what the grammar forbids by looking ahead is forbidden by the shape of names and texts ([`avoid`]) or, in few
//! places, not at all. Whatever [`format`](crate::format) has laid out is accepted.

mod avoid;
mod form;
mod gbnf;
mod lark;
mod notation;
mod read;
mod spread;

use form::Form;

const GRAMMAR: &str = include_str!("../cairn.pest");

/// The grammar as GBNF, which llama.cpp and its relatives take; the start is `root`.
#[must_use]
pub fn gbnf() -> String {
    gbnf::print(&forms())
}

/// The grammar as Lark, for its Earley parser (`parser="earley", lexer="dynamic"`); the start is `root`.
#[must_use]
pub fn lark() -> String {
    lark::print(&forms())
}

/// Name and form of each rule, `root` first.
fn forms() -> Vec<(String, Form)> {
    spread::spread(read::rules(GRAMMAR))
}

#[cfg(test)]
mod tests;
