//! What could have stood there, in human words.

use super::at::At;
use super::slip::Slip;
use crate::Diagnostic;
use crate::grammar::Rule;
use crate::parse::word_of;
use crate::scan::Kind;

const GENERAL: &str = "E0101";

/// No more of them are listed.
const LISTED_MAX: usize = 6;

/// Nothing particular was recognised.
pub(super) fn is_general(diagnostic: &Diagnostic) -> bool {
    diagnostic.code.0 == GENERAL
}

/// What was found, and what could stand there.
pub(super) fn general(at: &At<'_>) -> Slip {
    let found = match at.kind(0) {
        None => "this ends too early".to_owned(),
        Some(Kind::Text | Kind::TextHead | Kind::TextMiddle | Kind::TextTail) => {
            "this text cannot stand here".to_owned()
        }
        Some(Kind::Doc) => "a doc comment cannot stand here".to_owned(),
        Some(_) => format!("`{}` cannot stand here", short(at.letters(0))),
    };
    let slip = Slip::new(GENERAL, at.span(0), found);
    let words = words(at.expected);
    if words.is_empty() { slip } else { slip.help(format!("here may stand {}", listed(&words))) }
}

fn short(letters: &str) -> String {
    let cut: String = letters.chars().take(30).collect();
    if cut.len() < letters.len() { format!("{cut}…") } else { cut }
}

/// What may stand there, each way of saying it once.
fn words(expected: &[Rule]) -> Vec<String> {
    let mut words: Vec<(u8, String)> = Vec::new();
    for rule in expected {
        let word = word(*rule);
        if !words.contains(&word) && !word.1.is_empty() {
            words.push(word);
        }
    }
    words.sort_by_key(|(rank, _)| *rank);
    words.into_iter().map(|(_, word)| word).collect()
}

fn listed(words: &[String]) -> String {
    match words {
        [one] => one.clone(),
        [most @ .., last] if words.len() <= LISTED_MAX => format!("{} or {last}", most.join(", ")),
        _ => format!("{} …", words.iter().take(LISTED_MAX).cloned().collect::<Vec<_>>().join(", ")),
    }
}

/// The human word of a rule, with a rank: what is likeliest to be meant comes first.
fn word(rule: Rule) -> (u8, String) {
    if let Some(word) = word_of(rule) {
        return (3, format!("`{word}`"));
    }
    if let Some(sign) = sign(rule) {
        return (1, format!("`{sign}`"));
    }
    let (rank, text) = thing(rule);
    (rank, text.to_owned())
}

fn sign(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::P_LBRACE => "{",
        Rule::P_RBRACE => "}",
        Rule::P_LPAREN => "(",
        Rule::P_RPAREN => ")",
        Rule::P_LBRACK => "[",
        Rule::P_RBRACK => "]",
        Rule::P_LT => "<",
        Rule::P_GT => ">",
        Rule::P_COLON => ":",
        Rule::P_COMMA => ",",
        Rule::P_ARROW => "->",
        Rule::P_FAT => "=>",
        Rule::P_EQ => "=",
        Rule::P_DOTS => "...",
        _ => return None,
    })
}

fn thing(rule: Rule) -> (u8, &'static str) {
    match rule {
        Rule::file | Rule::item => (0, "a declaration (`workflow`, `tool`, `type`, …)"),
        Rule::stmt => (0, "a statement (`let`, `call`, `if`, `return`, …)"),
        Rule::setting => (2, "a setting (`version`, `key`, `limits`, …)"),
        Rule::ty | Rule::ty_post | Rule::ty_prim => (0, "a type"),
        Rule::ident | Rule::name | Rule::binder | Rule::loop_name => (0, "a name"),
        Rule::path | Rule::callee => (0, "a name such as `payments.charge`"),
        Rule::args => (0, "arguments in `( )`"),
        Rule::params | Rule::param => (0, "parameters in `( )`"),
        Rule::arg_named | Rule::entry_field => (0, "`name: value`"),
        Rule::spread => (2, "`...value`"),
        Rule::block => (0, "a block in `{ }`"),
        Rule::record | Rule::record_ty => (0, "a record in `{ }`"),
        Rule::plain_string => (0, "a text without `${…}`"),
        Rule::string | Rule::multi => (0, "a text"),
        Rule::int => (0, "a whole number"),
        Rule::arm | Rule::pattern => (0, "a case such as `\"paid\" => …`"),
        Rule::wait_arm | Rule::event_pat => (0, "an event such as `paid(id: x)`"),
        Rule::branch => (0, "a branch such as `name: call …`"),
        Rule::tool_op => (0, "an operation such as `send(to: string) -> null`"),
        Rule::field_ty => (0, "a field such as `name: string`"),
        Rule::unclear_mode => (0, "`retry`, `fail` or `ask`"),
        Rule::test_stmt => (0, "`mock`, `at`, `run` or `expect`"),
        Rule::effect | Rule::effect_ahead => (2, "a step (`call`, `wait`, …)"),
        Rule::fails => (3, "`fails`"),
        Rule::EOI => (2, "the end of the file"),
        _ if is_value(rule) => (0, "a value"),
        _ if is_operator(rule) => (2, "an operator"),
        _ if is_clause(rule) => (2, "`timeout`, `retry`, `undo`"),
        _ => (9, ""),
    }
}

fn is_value(rule: Rule) -> bool {
    matches!(rule, Rule::expr | Rule::postfix | Rule::primary | Rule::rhs | Rule::fn_arg)
}

fn is_operator(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::sum_op
            | Rule::cmp_op
            | Rule::logic_op
            | Rule::operator_ahead
            | Rule::link_ahead
            | Rule::member
            | Rule::opt_field
            | Rule::index
            | Rule::must
    )
}

fn is_clause(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::clause_ahead | Rule::c_timeout | Rule::c_retry | Rule::c_undo | Rule::c_cache | Rule::c_unclear
    )
}
