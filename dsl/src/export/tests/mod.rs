mod earley;

use crate::parse::tests::programs;
use earley::Recogniser;

#[test]
fn what_is_laid_out_is_accepted() {
    let recogniser = Recogniser::new(&super::gbnf());
    for (name, text) in programs() {
        let text = crate::format(&text).unwrap();
        assert_eq!(recogniser.reach(&text), None, "{name}");
    }
    assert!(recogniser.takes(include_str!("../../format/after.cairn")));
}

#[test]
fn what_is_no_program_is_not_accepted() {
    let recogniser = Recogniser::new(&super::gbnf());
    assert!(recogniser.takes("workflow w(a: int) -> int { return a + 1 }\n"));
    assert!(recogniser.takes("// nothing\n"));
    for wrong in [
        "workflow w(a: int) -> int { return a + }",
        "workflow w(a: int) -> int { return a + 1",
        "workflow w(a int) { }",
        "workflow w() { let let = 1 }",
        "workflow w() { letx = 1 }",
        "workflow w() { let x = call }",
        "workflow w() { let x = 'a' }",
        "workflow w() { let x = 1; }",
        "workflow w() { let x = \"${\" }",
        "workflow w() { let x = \"a\\q\" }",
        "workflow w() { let x = 007 }",
        "workflow w() { call a.b }",
        "workflow w() { match x { } }",
        "tool t",
        "const x = [1, 2",
        "return 1",
    ] {
        assert!(!recogniser.takes(wrong), "{wrong}");
        assert!(!crate::parse(wrong).diagnostics.is_empty(), "{wrong}");
    }
    for right in [
        "let lets = 1",
        "let returned = \"a $b \\${c} ${ {a: \"x\"}.a }\"",
        "let x = \"\"\"a \" \"\" $b \\${c}\"\"\"",
    ] {
        let text = format!("workflow w() {{ {right} }}");
        assert_eq!(recogniser.reach(&text), None, "{text}");
        assert_eq!(crate::parse(&text).diagnostics, [], "{text}");
    }
}

/// Lark refuses a grammar that names a rule twice, or one that is not there.
#[test]
fn every_rule_that_the_lark_grammar_names_is_in_it() {
    let grammar = super::lark();
    let mut heads = std::collections::BTreeSet::new();
    let mut named = std::collections::BTreeSet::new();
    for line in grammar.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("//")) {
        let body = match line.split_once(": ") {
            Some((head, body))
                if head.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') =>
            {
                assert!(heads.insert(head.to_owned()), "`{head}` is there twice");
                body
            }
            _ => line,
        };
        named.extend(rules_of(body));
    }
    assert!(heads.contains("root"), "{grammar}");
    let missing: Vec<&String> = named.difference(&heads).collect();
    assert!(missing.is_empty(), "named and not there: {missing:?}");
}

/// The rules that the right side of a rule names: words outside of texts and of patterns between slashes.
fn rules_of(body: &str) -> Vec<String> {
    let mut rules = Vec::new();
    let mut letters = body.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '"' || letter == '/' {
            let mut escaped = false;
            let mut class = false;
            for inner in letters.by_ref() {
                match inner {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    '[' if letter == '/' => class = true,
                    ']' => class = false,
                    _ if inner == letter && !class => break,
                    _ => {}
                }
            }
        } else if letter.is_ascii_alphabetic() || letter == '_' {
            let mut name = letter.to_string();
            while let Some(next) = letters.next_if(|next| next.is_ascii_alphanumeric() || *next == '_') {
                name.push(next);
            }
            rules.push(name);
        }
    }
    rules
}

#[test]
fn both_notations_have_the_same_rules() {
    let heads = |text: &str, sign: &str| {
        let lines =
            text.lines().filter_map(|line| line.split_once(sign)).map(|(name, _)| name.replace('-', "_"));
        lines.collect::<Vec<_>>()
    };
    let gbnf = heads(&super::gbnf(), " ::= ");
    assert_eq!(gbnf.first().map(String::as_str), Some("root"));
    assert!(gbnf.len() > 150, "{}", gbnf.len());
    assert_eq!(gbnf, heads(&super::lark(), ": "));
}

/// The reserved words are told by their letters in the grammar: none is lost, and none is gained.
#[test]
fn the_reserved_words_are_those_of_the_reference() {
    let words = [
        "as", "ask", "break", "call", "catch", "continue", "do", "else", "emit", "expose", "fail", "false",
        "finally", "for", "if", "in", "let", "lock", "log", "loop", "match", "null", "parallel", "race",
        "restart", "return", "run", "set", "sleep", "spawn", "true", "try", "var", "wait", "while", "yield",
    ];
    assert_eq!(words.len(), 36);
    let recogniser = Recogniser::new(&super::gbnf());
    for word in words {
        for (text, free) in [(word.to_owned(), false), (format!("{word}s"), true), (format!("{word}_"), true)]
        {
            let program = format!("const {text} = 1");
            assert_eq!(crate::parse(&program).diagnostics.is_empty(), free, "{program}");
            assert_eq!(recogniser.takes(&program), free, "{program}");
        }
        let shorter = &word[..word.len() - 1];
        let program = format!("const {shorter} = 1");
        assert_eq!(crate::parse(&program).diagnostics.is_empty(), !words.contains(&shorter), "{program}");
    }
}
