//! The programs of the language: all of them are read, and those that are said to compile become components.

use std::{
    fs,
    path::{Path, PathBuf},
};

use cairn_tests::workspace;

use crate::cairn;

#[test]
fn the_programs_of_the_language_parse() {
    let programs = programs(&workspace().join("tests/corpus/language"));
    assert_eq!(programs.len(), 14);
    for path in programs {
        let text = fs::read_to_string(&path).expect("a text");
        let parsed = cairn_dsl::parse(&text);
        assert!(parsed.diagnostics.is_empty(), "{}: {:#?}", path.display(), parsed.diagnostics);
    }
}

#[test]
fn programs_that_pass_the_checks_become_components_that_are_valid() {
    let programs = programs(&workspace().join("tests/corpus/check/pass"));
    assert!(!programs.is_empty());
    let cairn = cairn();
    for path in programs {
        let checked = cairn.cmd("check --json").arg(&path).run().ended(0).json();
        let workflows = checked["files"][0]["workflows"].as_array().expect("a list").clone();
        assert!(!workflows.is_empty(), "{}: {checked:#}", path.display());
        for workflow in workflows.iter().filter_map(|meta| meta["workflow"].as_str()) {
            cairn.cmd("build").arg(&path).args(["-o", "out.wasm", "--workflow", workflow]).run().ended(0);
            let bytes = fs::read(cairn.folder().join("out.wasm")).expect("it was built");
            let component = cairn_host::Host::inspect(&bytes);
            assert!(component.is_ok(), "{workflow} of {}: {component:?}", path.display());
        }
    }
}

#[test]
fn the_same_source_gives_the_same_bytes() {
    let cairn = cairn();
    let source = workspace().join("tests/program/order.cairn");
    let built = ["one.wasm", "two.wasm"].map(|name| {
        cairn.cmd("build").arg(&source).args(["-o", name]).run().ended(0);
        fs::read(cairn.folder().join(name)).expect("it was built")
    });
    assert!(built[0] == built[1], "an instance is pinned to the digest of its component");
}

#[test]
fn programs_in_the_documentation_compile() {
    let cairn = cairn();
    for path in ["docs/language.md", "docs/tutorial.md"] {
        let text = fs::read_to_string(workspace().join(path)).expect("a text");
        let programs: Vec<_> =
            text.split("```cairn\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert!(!programs.is_empty(), "{path} shows no program");
        for program in programs {
            fs::write(cairn.folder().join("shown.cairn"), program).expect("it can be written");
            cairn.cmd("build shown.cairn").run().ended(0);
        }
    }
}

fn programs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "cairn"));
    paths.sort();
    paths
}
