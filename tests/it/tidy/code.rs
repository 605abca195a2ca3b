//! How the code is written.

use regex::Regex;

use super::files::{File, all, rust};
use crate::cairn;

/// A file is read in one go up to here.
const LINES_OF_A_FILE: usize = 600;
/// A function is seen in one go up to here.
const LINES_OF_A_FUNCTION: usize = 70;

#[test]
fn no_file_is_too_long() {
    let long: Vec<_> =
        rust().into_iter().filter(|file| file.text.lines().count() > LINES_OF_A_FILE).collect();
    let named: Vec<_> = long.iter().map(|file| &file.path).collect();
    assert!(named.is_empty(), "more than {LINES_OF_A_FILE} lines: {named:?}");
}

#[test]
fn no_function_is_too_long() {
    let long: Vec<String> = rust().iter().flat_map(long_functions).collect();
    assert!(long.is_empty(), "more than {LINES_OF_A_FUNCTION} lines: {long:#?}");
}

/// A function ends at the first closing brace that stands as far in as it does: rustfmt sees to that.
fn long_functions(file: &File) -> Vec<String> {
    let head = Regex::new(r"^(\s*)(?:pub(?:\([a-z]+\))? )?(?:async |const |unsafe |extern \S+ )*fn (\w+)")
        .expect("a pattern");
    let lines: Vec<&str> = file.text.lines().collect();
    let mut long = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        // What else ends otherwise: text of another language in a string.
        let Some(found) = head.captures(line).filter(|_| line.ends_with(['{', '('])) else { continue };
        let end = format!("{}}}", &found[1]);
        let declared = format!("{})", &found[1]);
        if line.ends_with('(')
            && lines[n + 1..].iter().find(|l| l.starts_with(&declared)).is_some_and(|l| l.ends_with(';'))
        {
            continue;
        }
        let length = lines[n + 1..].iter().take_while(|line| **line != end).count();
        if length > LINES_OF_A_FUNCTION {
            long.push(format!("{}:{}: `{}` has {length}", file.path, n + 1, &found[2]));
        }
    }
    long
}

#[test]
fn a_check_that_cannot_fail_is_found() {
    let canary = concat!("    let a = 1;\n    matches", "!(a, Err(E { .. }));\n");
    assert_eq!(bare_matches(canary), [2], "the check is alive");
    let fine = concat!(
        "    assert!(\n        matches",
        "!(a, Ok(_)),\n    );\n    let b =\n        matches",
        "!(a, Ok(_));\n"
    );
    assert!(bare_matches(fine).is_empty(), "and no false alarm");
    let found: Vec<String> = rust()
        .iter()
        .flat_map(|file| {
            bare_matches(&file.text).into_iter().map(move |line| format!("{}:{line}", file.path))
        })
        .collect();
    assert!(found.is_empty(), "`matches!` as a statement checks nothing: {found:?}");
}

/// Lines where a `matches!` is a statement of its own.
fn bare_matches(text: &str) -> Vec<usize> {
    let mut at = 0;
    let mut found = Vec::new();
    let mut before = ';';
    for (n, line) in text.split_inclusive('\n').enumerate() {
        let begins = line.trim_start().starts_with("matches!(") && ";{}".contains(before);
        if begins && behind_the_parentheses(&text[at..]) == Some(';') {
            found.push(n + 1);
        }
        before = line.trim_end().chars().last().unwrap_or(before);
        at += line.len();
    }
    found
}

/// The character behind the parenthesis that closes the first one.
fn behind_the_parentheses(text: &str) -> Option<char> {
    let mut depth = 0;
    let mut closed = false;
    text.chars().find(|c| {
        let now = closed;
        depth += i32::from(*c == '(') - i32::from(*c == ')');
        closed = closed || (*c == ')' && depth == 0);
        now && !c.is_whitespace()
    })
}

#[test]
fn no_test_is_switched_off_without_a_reason_and_nothing_is_unfinished() {
    let words = [
        concat!("#[ig", "nore]"),
        concat!("to", "do!("),
        concat!("unimp", "lemented!("),
        concat!("FIX", "ME"),
    ];
    let has = |file: &File| words.iter().any(|word| file.text.contains(word));
    let found: Vec<_> = rust().into_iter().filter(has).map(|file| file.path).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn nothing_speaks_of_one_machine() {
    let places =
        [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("index.cr", "ates.io")];
    let mut found = Vec::new();
    for file in all() {
        for (n, line) in file.text.lines().enumerate() {
            if places.iter().any(|place| line.contains(place)) {
                found.push(format!("{}:{}: {}", file.path, n + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_code_that_is_reported_has_a_page() {
    let code = Regex::new(r#""([EW][01][0-9]{3})""#).expect("a pattern");
    let reported = |file: &File| {
        let from = ["dsl/src/", "compiler/src/"].iter().any(|room| file.path.starts_with(room));
        from && !file.path.contains("/explain/") && !file.path.ends_with("tests.rs")
    };
    let files: Vec<File> = rust().into_iter().filter(reported).collect();
    let codes: std::collections::BTreeSet<&str> = files
        .iter()
        .flat_map(|file| code.captures_iter(&file.text))
        .filter_map(|found| found.get(1))
        .map(|m| m.as_str())
        .collect();
    assert!(codes.len() > 20, "more codes than these are reported: {codes:?}");
    let cairn = cairn();
    let without: Vec<_> =
        codes.iter().filter(|code| cairn.cmd("explain").arg(code).run().code != Some(0)).collect();
    assert!(without.is_empty(), "no page: {without:?}");
}
