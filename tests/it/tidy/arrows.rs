//! Who may know whom.

use std::collections::BTreeSet;

use super::files::{members, rust, text};

/// One heavy dependency, one room (and the tests, who see all).
const ROOMS: [(&str, &str); 11] = [
    ("pest", "dsl"),
    ("pest_derive", "dsl"),
    ("codespan-reporting", "dsl"),
    ("wasm-encoder", "compiler"),
    ("wit-component", "compiler"),
    ("wit-parser", "compiler"),
    ("lsp-server", "lsp"),
    ("lsp-types", "lsp"),
    ("wasmtime", "host"),
    ("fjall", "host/journal"),
    ("clap", "host/cli"),
];

/// All arrows between rooms; whatever is not here is forbidden, and who is not here knows none. Tests see all.
const ARROWS: [(&str, &[&str]); 10] = [
    ("dsl", &[]),
    ("cron", &[]),
    ("compiler", &["cairn-dsl", "cairn-cron"]),
    ("lsp", &["cairn-dsl", "cairn-compiler"]),
    ("host/replay", &[]),
    ("tests/oracle", &["cairn-dsl", "cairn-compiler"]),
    ("tests/simulation", &["cairn-compiler", "cairn-host", "cairn-oracle"]),
    ("host/journal", &["cairn-replay"]),
    ("host", &["cairn-replay", "cairn-journal", "cairn-cron"]),
    ("host/cli", &["cairn-dsl", "cairn-compiler", "cairn-lsp", "cairn-host"]),
];

/// Dependencies of a member in this section of its manifest.
fn dependencies(member: &str, section: &str) -> BTreeSet<String> {
    let manifest = text(&format!("{member}/Cargo.toml"));
    let lines = manifest.lines().skip_while(|line| *line != section).skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| line.split_once(['.', ' ', '=']).map(|(name, _)| name.to_owned()))
        .filter(|n| n != "#")
        .collect()
}

fn both(member: &str) -> BTreeSet<String> {
    &dependencies(member, "[dependencies]") | &dependencies(member, "[dev-dependencies]")
}

#[test]
fn a_heavy_dependency_has_one_room() {
    for member in members().iter().filter(|member| *member != "tests") {
        let found = both(member);
        for (name, room) in ROOMS.iter().filter(|(_, room)| room != member) {
            assert!(!found.contains(*name), "{member} depends on {name}, which belongs to {room}");
        }
    }
    for (name, room) in ROOMS {
        assert!(both(room).contains(name), "{room} no longer depends on {name}: the rule is out of date");
    }
}

#[test]
fn rooms_know_only_those_they_may() {
    for member in members().iter().filter(|member| *member != "tests") {
        let allowed = ARROWS.iter().find(|(room, _)| room == member).map_or(&[][..], |(_, allowed)| allowed);
        let ours =
            dependencies(member, "[dependencies]").into_iter().filter(|name| name.starts_with("cairn"));
        let wrong: Vec<_> = ours.filter(|name| !allowed.contains(&name.as_str())).collect();
        assert!(wrong.is_empty(), "{member} must not know {wrong:?}");
    }
}

#[test]
fn replay_depends_on_nothing() {
    assert_eq!(dependencies("host/replay", "[dependencies]"), BTreeSet::new());
}

#[test]
fn compiler_and_host_do_not_name_each_other() {
    for (room, other) in
        [("compiler/", "cairn_host"), ("host/src/", "cairn_compiler"), ("host/src/", "cairn_dsl")]
    {
        let named = rust().into_iter().find(|file| file.path.starts_with(room) && file.text.contains(other));
        assert!(named.is_none(), "{} names {other}", named.map(|file| file.path).unwrap_or_default());
    }
}

#[test]
fn every_crate_has_the_lints_of_the_workspace() {
    for member in members() {
        let manifest = text(&format!("{member}/Cargo.toml"));
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{member}/Cargo.toml: `[lints] workspace = true`"
        );
    }
}
