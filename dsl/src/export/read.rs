//! The grammar file, as forms.

use pest_meta::ast::{Expr, Rule, RuleType};
use pest_meta::parser;

use super::avoid;
use super::form::Form;

/// Name and form of each rule of the grammar, blanks still implicit.
pub(super) fn rules(grammar: &str) -> Vec<(String, Form)> {
    // The same text is compiled into the parser, so it can be read: a fault in it is no rule at all, and a test sees that.
    let pairs = parser::parse(parser::Rule::grammar_rules, grammar).ok();
    let rules = pairs.and_then(|pairs| parser::consume_rules(pairs).ok()).unwrap_or_default();
    rules.iter().flat_map(|rule| one(rule, &rules)).collect()
}

fn one(rule: &Rule, all: &[Rule]) -> Vec<(String, Form)> {
    match rule.name.as_str() {
        "file" => {
            vec![("root".to_owned(), Form::Many { of: Box::new(Form::rule("item")), least: 0, spaced: true })]
        }
        "WHITESPACE" | "rest_of_line" | "reserved" => Vec::new(),
        // What is only looked at.
        name if name.ends_with("_ahead") => Vec::new(),
        "ident" => avoid::names_but("ident", &words(all)),
        // Both end where their line does, and the line has to end.
        "doc" => vec![(rule.name.clone(), Form::seq(vec![Form::text("///"), line(), Form::text("\n")]))],
        _ if let Some(avoided) = avoiding(&rule.expr) => avoid::texts_but(&rule.name, &avoided),
        _ => {
            let spaced = !matches!(rule.ty, RuleType::Atomic | RuleType::CompoundAtomic);
            vec![(rule.name.clone(), form(&rule.expr, spaced))]
        }
    }
}

/// The texts of a rule that is nothing but `!texts ~ ANY`, once and then as often as one likes.
fn avoiding(expr: &Expr) -> Option<Vec<String>> {
    match list(expr).as_slice() {
        [Expr::NegPred(not), Expr::Ident(any), Expr::Rep(_)] if any == "ANY" => Some(texts(not)),
        _ => None,
    }
}

/// The rest of a line.
pub(super) fn line() -> Form {
    Form::none_of(['\n']).many()
}

fn words(all: &[Rule]) -> Vec<String> {
    all.iter().find(|rule| rule.name == "reserved").map(|rule| texts(&rule.expr)).unwrap_or_default()
}

/// The texts that are meant, where they can be counted.
fn texts(expr: &Expr) -> Vec<String> {
    match expr {
        Expr::Str(text) => vec![text.clone()],
        Expr::PosPred(_) => vec![String::new()],
        Expr::Choice(one, other) => [texts(one), texts(other)].concat(),
        Expr::Seq(one, other) => {
            let ends = texts(other);
            texts(one).iter().flat_map(|start| ends.iter().map(move |end| format!("{start}{end}"))).collect()
        }
        _ => Vec::new(),
    }
}

fn form(expr: &Expr, spaced: bool) -> Form {
    let many = |of: &Expr, least| Form::Many { of: Box::new(form(of, spaced)), least, spaced };
    match expr {
        Expr::Str(text) => Form::text(text),
        Expr::Insens(text) => {
            Form::Either(vec![Form::text(&text.to_lowercase()), Form::text(&text.to_uppercase())])
        }
        Expr::Range(from, to) => Form::one_of(&[(letter(from), letter(to))]),
        Expr::Ident(name) => named(name),
        // What has to follow is taken along: where it is asked for it may stand in any case.
        Expr::PosPred(of) => form(of, spaced),
        Expr::Seq(..) => sequence(expr, spaced),
        Expr::Choice(..) => Form::Either(choice(expr).into_iter().map(|way| form(way, spaced)).collect()),
        Expr::Opt(of) => form(of, spaced).maybe(),
        Expr::Rep(of) => many(of, 0),
        Expr::RepOnce(of) => many(of, 1),
        Expr::RepExact(of, times) => Form::Seq { parts: vec![form(of, spaced); *times as usize], spaced },
        // The grammar has no others.
        _ => Form::text(""),
    }
}

fn letter(text: &str) -> char {
    text.chars().next().unwrap_or_default()
}

fn named(name: &str) -> Form {
    match name {
        "ASCII_DIGIT" => Form::one_of(&[('0', '9')]),
        "ASCII_NONZERO_DIGIT" => Form::one_of(&[('1', '9')]),
        "ASCII_ALPHA" => Form::one_of(&[('A', 'Z'), ('a', 'z')]),
        "ASCII_ALPHANUMERIC" => Form::one_of(&[('0', '9'), ('A', 'Z'), ('a', 'z')]),
        "ASCII_HEX_DIGIT" => Form::one_of(&[('0', '9'), ('A', 'F'), ('a', 'f')]),
        "ANY" => Form::none_of([]),
        _ => Form::rule(name),
    }
}

/// `!x ~ ANY` is a letter with which no `x` begins; any other look ahead for what must not follow is left out.
fn sequence(expr: &Expr, spaced: bool) -> Form {
    let mut parts = Vec::new();
    let mut avoided = None;
    let list = list(expr);
    for (number, part) in list.iter().copied().enumerate() {
        match (part, avoided.take()) {
            // What is only looked at comes again, unless nothing comes.
            (Expr::PosPred(_), _) if number + 1 < list.len() => {}
            (Expr::NegPred(of), _) => avoided = Some(texts(of)),
            (Expr::Ident(name), Some(texts)) if name == "ANY" => parts.push(avoid::any_but(&texts)),
            (part, _) => match form(part, spaced) {
                // Parts that may all be missing may as well stand here: so each is asked for its own blanks.
                Form::Maybe(of) if all_may_miss(&of) => match *of {
                    Form::Seq { parts: inner, .. } => parts.extend(inner),
                    of => parts.push(of.maybe()),
                },
                part => parts.push(part),
            },
        }
    }
    if parts.len() == 1 { parts.remove(0) } else { Form::Seq { parts, spaced } }
}

fn all_may_miss(form: &Form) -> bool {
    let may_miss = |part: &Form| matches!(part, Form::Maybe(_) | Form::Many { least: 0, .. });
    matches!(form, Form::Seq { parts, .. } if parts.iter().all(may_miss))
}

fn list(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Seq(one, other) => [list(one), list(other)].concat(),
        _ => vec![expr],
    }
}

fn choice(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Choice(one, other) => [choice(one), choice(other)].concat(),
        _ => vec![expr],
    }
}
