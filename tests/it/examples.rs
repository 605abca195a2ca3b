//! The examples: what their transcripts say is what happens.
//!
//! `examples/NAME/transcript.txt` is what a terminal in that folder shows: lines that begin with `$ ` are typed, what follows is
//! what came, standard error included, and `[exit code N]` where it was not 0.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use cairn_tests::{golden_at, workspace};

use crate::cairn;

/// What the transcripts call, and what it is here.
const PROGRAMS: [(&str, &str); 2] = [
    ("cairn", env!("CARGO_BIN_EXE_cairn-tested")),
    ("order-services", env!("CARGO_BIN_EXE_order-services-tested")),
];

#[test]
fn transcripts_of_the_examples_are_replayed() {
    let examples = fs::read_dir(workspace().join("examples")).expect("there are examples");
    let folders = examples.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir());
    let mut replayed = 0;
    for folder in folders {
        let path = folder.join("transcript.txt");
        let Ok(recorded) = fs::read_to_string(&path) else {
            panic!("{} has no transcript.txt", folder.display())
        };
        golden_at(&path, &replay(&folder, &recorded));
        replayed += 1;
    }
    assert!(replayed > 0, "there is an example");
}

/// What is read first is written as `cairn fmt` would write it.
#[test]
fn the_examples_are_in_the_one_style() {
    let folders = ["examples/order", "examples/ci", "examples/programs", "sdk/cairn/examples"];
    let files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(workspace().join(folder)).expect("it is there"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "cairn"))
        .collect();
    assert!(files.len() > 20, "{files:?}");
    cairn().cmd("fmt --check").args(files).run().ended(0);
}

#[test]
fn the_tour_of_the_readme_ends_as_it_says() {
    let readme = fs::read_to_string(workspace().join("README.md")).expect("it is there");
    let tour = readme
        .split("```sh\n")
        .nth(3)
        .and_then(|rest| rest.split("```").next())
        .expect("the third block of shell");
    let scratch = tempfile::Builder::new().prefix("cairn-").tempdir().expect("a temporary folder");
    let done = shell(scratch.path(), &bin(scratch.path()), tour);
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && text.ends_with("\"hello ada, says grace\"\n"), "{tour}\n{text}");
}

/// Types the commands again, in a copy of the folder and with a data directory of its own.
fn replay(folder: &Path, recorded: &str) -> String {
    let scratch = tempfile::Builder::new().prefix("cairn-").tempdir().expect("a temporary folder");
    let copy = scratch.path().join("example");
    copied(folder, &copy);
    let bin = bin(scratch.path());

    let mut text = String::new();
    for line in recorded.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let done = shell(&copy, &bin, line);
        text.push_str(&format!("$ {line}\n{}", String::from_utf8_lossy(&done.stdout)));
        if !done.status.success() {
            text.push_str(&format!("[exit code {}]\n", done.status.code().unwrap_or(-1)));
        }
    }
    text
}

/// A folder with the programs under the names that users know.
fn bin(scratch: &Path) -> PathBuf {
    let bin = scratch.join("bin");
    fs::create_dir(&bin).expect("a folder");
    for (name, program) in PROGRAMS {
        std::os::unix::fs::symlink(program, bin.join(name)).expect("a link");
    }
    bin
}

/// What a shell in that folder makes of the text, standard error included.
fn shell(folder: &Path, bin: &Path, text: &str) -> Output {
    let path = std::env::var("PATH").unwrap_or_default();
    Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{text}")])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", bin.display()))
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .env_remove("CAIRN_DATA")
        .output()
        .expect("a shell can be run")
}

fn copied(from: &Path, to: &PathBuf) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copied(&path, &target);
        } else {
            fs::copy(&path, &target).expect("it can be copied");
        }
    }
}
