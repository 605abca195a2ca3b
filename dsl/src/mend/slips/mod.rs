//! The slips of those who know another language well, one file for each part of the language that they happen in.
//!
//! Each knows one slip by the tokens around the place where the grammar stopped. The order matters: the first that
//! recognises its slip has the word.

mod args;
mod block;
mod branch;
mod clause;
mod decl;
mod effect;
mod key;
mod list;
mod name;
mod operator;
mod set;
mod shape;
mod speak;
mod ty;
mod value;

use super::at::At;
use super::expected;
use super::slip::Slip;

type Known = fn(&At<'_>) -> Option<Slip>;

const KNOWN: [Known; 60] = [
    shape::doc_comment,
    shape::f_string,
    shape::interpolated,
    shape::double_braces,
    block::dash,
    list::together,
    key::behind,
    key::in_front,
    operator::word,
    operator::not,
    operator::power,
    effect::awaited,
    effect::marked_twice,
    value::unit,
    value::suffix,
    value::number,
    clause::attempts,
    operator::equals_in_condition,
    set::walrus,
    clause::colon,
    args::equals,
    args::positional,
    args::comma,
    decl::arrow,
    block::colon,
    effect::named,
    branch::arm_sign,
    decl::param_type,
    decl::fn_block,
    decl::fn_result,
    ty::array,
    ty::generic,
    branch::else_word,
    branch::condition_last,
    branch::switch,
    branch::catch_bracket,
    branch::except,
    branch::for_of,
    branch::for_bracket,
    branch::foreach,
    block::braces,
    block::nothing,
    list::pushed,
    list::each,
    speak::throw,
    speak::print,
    set::mutable,
    set::constant,
    set::assigned,
    set::no_value,
    decl::setting,
    decl::import,
    decl::formula,
    decl::function,
    decl::class,
    decl::modifier,
    decl::stmt_outside,
    decl::yaml,
    name::reserved,
    operator::chained,
];

const LAST: [Known; 4] = [effect::in_value, value::missing, shape::comma, effect::unmarked];

/// The slip at the place; in general terms if none is known.
pub(super) fn find(at: &At<'_>) -> Slip {
    let known = KNOWN.iter().chain(&LAST).find_map(|known| known(at));
    known.unwrap_or_else(|| expected::general(at))
}
