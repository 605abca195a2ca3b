//! Versions agree wherever they stand.

use std::collections::BTreeSet;

use super::files::{all, members, text};
use crate::cairn;

/// The value of `name = "…"` at the beginning of a line.
fn value(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(&format!("{name} = ")))?;
    line.split('"').nth(1).map(str::to_owned)
}

#[test]
fn one_version_for_all() {
    let version = value(&text("Cargo.toml"), "version").expect("the workspace has a version");
    for member in members() {
        let manifest = text(&format!("{member}/Cargo.toml"));
        assert!(manifest.contains("version.workspace = true"), "{member} has a version of its own");
    }
    let said = cairn().cmd("--version").run().ended(0).stdout;
    assert!(said.contains(&version), "`cairn --version` says {said}");
}

#[test]
fn the_wasm_tools_move_together() {
    let manifest = text("Cargo.toml");
    let tools = ["wasm-encoder", "wasmparser", "wit-component", "wit-parser"];
    let versions: BTreeSet<_> =
        tools.iter().map(|tool| value(&manifest, tool).expect("it is pinned")).collect();
    assert_eq!(versions.len(), 1, "{versions:?}");
    assert!(versions.iter().all(|version| version.starts_with('=')), "exactly: {versions:?}");
}

#[test]
fn one_version_of_the_world() {
    let files = all().into_iter().filter(|file| file.path.starts_with("wit/") && file.path.ends_with(".wit"));
    let packages: BTreeSet<_> =
        files.filter_map(|file| file.text.lines().next().map(str::to_owned)).collect();
    assert_eq!(packages.len(), 1, "{packages:?}");
}

#[test]
fn the_world_that_is_embedded_is_the_one_in_wit() {
    let elsewhere: Vec<_> = all()
        .into_iter()
        .filter(|file| file.path.ends_with(".wit") && !file.path.starts_with("wit/"))
        .filter(|file| file.text.contains("package cairn:workflow"))
        .map(|file| file.path)
        .collect();
    assert!(elsewhere.is_empty(), "the world has one place: {elsewhere:?}");
    for room in ["compiler/src/", "host/src/"] {
        let named = all().into_iter().any(|file| file.path.starts_with(room) && file.text.contains("/wit"));
        assert!(named, "{room} does not read the world's files");
    }
}
