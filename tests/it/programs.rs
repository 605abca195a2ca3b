//! Programs with tests in them: what each of them expects holds, and holds wherever the host dies.

use std::{
    fs,
    path::{Path, PathBuf},
};

use cairn_tests::{workspace, written};

use crate::cairn;

/// The programs of a folder, in order.
fn programs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of programs");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "cairn"));
    found.sort();
    found
}

/// Runs the tests of each program; tells all that do not hold.
#[track_caller]
fn hold_everywhere(folder: &str, at_least: usize) {
    let all = programs(&workspace().join(folder));
    assert!(all.len() >= at_least, "{folder} holds {} programs", all.len());
    let mut wrong = Vec::new();
    for path in all {
        let ran = cairn().cmd("test --crash-everywhere --json").arg(&path).run();
        let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
        let tests = answer["files"][0]["tests"].as_array().map_or(0, Vec::len);
        if ran.code != Some(0) || tests < 2 {
            wrong.push(format!(
                "{}: exit code {:?}, {tests} tests\n{}",
                path.display(),
                ran.code,
                ran.text()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_programs_of_the_examples_hold_wherever_the_host_dies() {
    hold_everywhere("examples/programs", 15);
}

#[test]
fn programs_for_odd_corners_hold_wherever_the_host_dies() {
    hold_everywhere("tests/corpus/programs", 24);
}

const HELLO: &str = r#"tool mail { send(to: string) -> null }
workflow greet(to: string) -> string { call mail.send(to) return "greeted" }
test "somebody is greeted" {
  mock mail.send => null
  run greet(to: "a@b.example")
  expect result == "greeted"
}
test "nobody answers" {
  mock mail.send => fail network
  run greet(to: "a@b.example")
  expect calls("mail.send").len() == 2
}
"#;

#[test]
fn what_does_not_hold_is_shown_with_its_place_and_value() {
    let cairn = cairn();
    let file = written(cairn.folder(), "hello.cairn", HELLO);
    let ran = cairn.cmd("test").arg(&file).run().ended(1);
    let text = ran.text();
    for part in [
        "✓ somebody is greeted",
        "✗ nobody answers",
        "this does not hold",
        "hello.cairn:11:10",
        "1 of 2 tests does not hold",
    ] {
        assert!(text.contains(part), "`{part}` is missing:\n{text}");
    }
    let ran = cairn.cmd("test --filter greeted").arg(&file).run().ended(0);
    assert!(ran.text().contains("1 test holds"), "{}", ran.text());
    assert!(!cairn.data().exists(), "a test leaves no data directory behind");
}

#[test]
fn where_nothing_can_be_run_it_says_why() {
    let cairn = cairn();
    let none = written(cairn.folder(), "none.cairn", "workflow w() { }\n");
    let ran = cairn.cmd("test").arg(&none).run().ended(2);
    assert!(ran.text().contains("there is no test here"), "{}", ran.text());
    let hello = written(cairn.folder(), "hello.cairn", HELLO);
    let ran = cairn.cmd("test --filter nowhere").arg(&hello).run().ended(2);
    assert!(ran.text().contains("no test has `nowhere` in its title"), "{}", ran.text());
    let wrong = written(cairn.folder(), "wrong.cairn", "workflow w() { call x.y() }\n");
    let ran = cairn.cmd("test").arg(&wrong).run().ended(2);
    assert!(ran.text().contains("E0203"), "{}", ran.text());
}
