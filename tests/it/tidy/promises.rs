//! The promises of ARCHITECTURE.md: all there, and each that is said to be kept is proven by a test that is named after it.

use std::collections::BTreeMap;

use regex::Regex;

use super::files::{rust, text};

/// A line of the table: `| 1 | Recorded once | kept | where | tests |`.
struct Promise {
    state: String,
    tests: Vec<String>,
}

fn table() -> BTreeMap<u32, Promise> {
    let mut promises = BTreeMap::new();
    for line in text("ARCHITECTURE.md").lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [number, _, state, _, tests] = cells.as_slice() else { continue };
        let Ok(number) = number.parse() else { continue };
        let tests = tests.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        promises.insert(number, Promise { state: (*state).to_owned(), tests });
    }
    promises
}

/// Names of all tests, and the numbers of the promises in them.
fn tests() -> BTreeMap<String, Vec<u32>> {
    let name = Regex::new(r"#\[(?:tokio::)?test[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*(?:async )?fn (\w+)")
        .expect("a pattern");
    let files = rust();
    let names = files.iter().flat_map(|file| name.captures_iter(&file.text).map(|found| found[1].to_owned()));
    names.map(|name| (name.clone(), numbers(&name))).collect()
}

/// `promises_1_2_hold` gives 1 and 2.
fn numbers(name: &str) -> Vec<u32> {
    let rest = name.strip_prefix("promises_").or_else(|| name.strip_prefix("promise_")).unwrap_or_default();
    rest.split('_').map_while(|word| word.parse().ok()).collect()
}

#[test]
fn all_eleven_stand_in_the_architecture() {
    let numbers: Vec<u32> = table().into_keys().collect();
    assert_eq!(numbers, (1..=11).collect::<Vec<_>>());
}

#[test]
fn what_is_said_to_be_kept_is_proven() {
    let tests = tests();
    for (number, promise) in table() {
        let states = ["kept", "in part", "later"];
        assert!(
            states.contains(&promise.state.as_str()),
            "promise {number} is `{}`, none of {states:?}",
            promise.state
        );
        for test in &promise.tests {
            assert!(tests.contains_key(test), "promise {number} names the test `{test}`, which is not there");
        }
        if promise.state != "later" {
            let proven = promise.tests.iter().any(|test| tests[test].contains(&number));
            assert!(proven, "promise {number} is {}: no test that it names is named after it", promise.state);
        }
    }
}

#[test]
fn the_numbers_are_read_from_the_name() {
    assert_eq!(numbers("promises_1_2_11_hold_everywhere"), [1, 2, 11]);
    assert_eq!(numbers("promise_5_an_event"), [5]);
    assert!(numbers("an_event").is_empty());
}
