use std::path::{Path, PathBuf};

use pest::Parser;
use proptest::prelude::*;
use proptest::sample::Index;

use super::trivia::{Table, leaves};
use super::{WIDTH, format};
use crate::grammar::{Grammar, Rule};
use crate::parse::tests::programs;
use crate::walk::Matches;

/// Every text in the tree that the grammar takes.
fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<PathBuf> =
        ["tests/corpus", "examples", "compiler/src"].map(|name| root.join(name)).into();
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "cairn") {
                texts.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    texts.retain(|(_, text)| Grammar::parse(Rule::file, text).is_ok());
    texts
}

/// The tree without its spans.
fn meaning(text: &str) -> String {
    let (items, _) = crate::parse::read_as_written(text).unwrap_or_else(|| panic!("not read: {text}"));
    let shown = format!("{items:?}");
    let mut parts = shown.split("Span { start: ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| whole + part.split_once('}').map_or(part, |(_, rest)| rest))
}

fn comments(text: &str) -> Vec<String> {
    let matches = Matches::of(Grammar::parse(Rule::file, text).unwrap());
    let file = matches.first().unwrap();
    Table::of(text, &file).comments().map(str::to_owned).collect()
}

/// Same meaning, same comments, and a fixed point.
fn check(text: &str) -> String {
    let made = format(text).unwrap_or_else(|why| panic!("{why:?}: {text}"));
    assert_eq!(meaning(text), meaning(&made), "{text}\n======\n{made}");
    assert_eq!(comments(text), comments(&made), "{text}\n======\n{made}");
    assert_eq!(format(&made).unwrap(), made, "{text}");
    assert!(
        made.lines().all(|line| line.trim_end() == line || made.contains("\"\"\"")),
        "blanks at ends: {made}"
    );
    made
}

#[test]
fn every_text_keeps_its_meaning_and_its_comments() {
    let texts = texts();
    assert!(texts.len() > 60, "{}", texts.len());
    for (name, text) in texts {
        let made = check(&text);
        let long: Vec<&str> = made.lines().filter(|line| line.chars().count() > WIDTH).collect();
        let wide = |line: &str| line.split(' ').any(|word| word.len() > WIDTH);
        let unbreakable =
            |line: &&str| line.contains('"') || line.trim_start().starts_with("//") || wide(line);
        assert!(long.iter().all(unbreakable), "{name}: {long:#?}");
    }
}

#[test]
fn the_style_is_held_to_a_snapshot() {
    let shown = format(include_str!("before.txt")).unwrap();
    assert_eq!(shown, include_str!("after.cairn"));
}

#[test]
fn what_cannot_be_read_is_told() {
    let told = format("workflow w( {").unwrap_err();
    assert_eq!(told, crate::parse("workflow w( {").diagnostics);
    assert!(!told.is_empty());
    let deep = "workflow w() { let x = ".to_owned() + &"(".repeat(3_000);
    assert_eq!(format(&deep).unwrap_err().first().map(|diagnostic| diagnostic.code.0), Some("E0131"));
}

#[test]
fn the_text_of_many_lines_is_moved_and_not_changed() {
    for text in [
        "const x = \"\"\"\n        a\n          b ${c}\n\n            \n        \\${d} \\n\n  \"\"\"",
        "const x = \"\"\"one\n    two\"\"\"",
        "const x = \"\"\"\r\n  a\r\n  b\r\n\"\"\"",
        "const x = \"\"\"\n  ${a}\n    b\n\"\"\"",
        "const x = \"\"\"\n   \n     \n\"\"\"",
        "const x = \"\"\"   \"\"\"",
        "const x = { a: { b: \"\"\"\n\tx\n\t\ty\n\"\"\" } }",
        "const x = \"\"\"\n  ${ {a:1,\n b:2} }\n    b\n\"\"\"",
        "const x = \"\"\"${ a }\n  b\n ${c}\"\"\"",
    ] {
        check(text);
    }
}

/// What may stand between two tokens; a number makes the comments differ.
fn gap(kind: usize, number: usize) -> String {
    match kind {
        0..=5 => " ".to_owned(),
        6 => "\n".to_owned(),
        7 => "\n\n \n\t".to_owned(),
        8 => format!(" // {number}\n"),
        9 => format!("\n// {number}\n"),
        10 => format!(" //{number}\n\n  // and\n\n"),
        _ => "\r\n".to_owned(),
    }
}

/// The tokens of a program with other things between them.
fn scattered(text: &str, gaps: &[Index], commas: bool) -> String {
    let matches = Matches::of(Grammar::parse(Rule::file, text).unwrap());
    let file = matches.first().unwrap();
    let mut made = String::new();
    for (number, (rule, start, end)) in leaves(&file).into_iter().enumerate() {
        if commas && rule == Rule::P_COMMA {
            continue;
        }
        made.push_str(&text[start..end]);
        let kind = gaps[number % gaps.len()].index(12);
        made.push_str(if rule == Rule::doc { "\n" } else { "" });
        made.push_str(&gap(kind, number));
    }
    made
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_stands_between_tokens_is_kept_or_laid_out(
        program in 0..14_usize,
        gaps in proptest::collection::vec(any::<Index>(), 1..400),
        commas in any::<bool>(),
    ) {
        let text = scattered(&programs().swap_remove(program).1, &gaps, commas);
        prop_assume!(Grammar::parse(Rule::file, &text).is_ok());
        check(&text);
    }

    #[test]
    fn any_tokens_are_laid_out_without_panic(
        words in proptest::collection::vec(prop::sample::select(&crate::parse::tests::WORDS[..]), 0..60),
    ) {
        for text in [words.join(" "), format!("workflow w() {{\n{}\n}}", words.join("\n"))] {
            if Grammar::parse(Rule::file, &text).is_ok() {
                check(&text);
            } else {
                prop_assert!(format(&text).is_err_and(|told| !told.is_empty()));
            }
        }
    }
}
