//! Where the probe of a language comes from.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use cairn_tests::{Cairn, workspace};

use crate::{cairn, guests};

/// A language whose probe is there, and a directory in which all of its runs are: large components are compiled once.
pub(super) struct Language {
    pub(super) name: &'static str,
    pub(super) cairn: Cairn,
    pub(super) probe: PathBuf,
}

/// They have toolchains of their own, which are fetched.
pub(crate) const OTHERS: [&str; 6] = ["python", "js", "ts", "c", "zig", "go"];

/// All of the table.
pub(super) const LANGUAGES: [&str; 8] = ["cairn", "rust", "python", "js", "ts", "c", "zig", "go"];

/// Is this one of them to be tried? `CAIRN_LANGUAGES` names those that are, or says `all`.
pub(crate) fn wanted(name: &str) -> bool {
    let wanted = std::env::var("CAIRN_LANGUAGES").unwrap_or_default();
    let is = wanted == "all" || wanted.split(',').any(|wanted| wanted == name);
    if !is {
        println!("skipped: CAIRN_LANGUAGES does not name {name}");
    }
    is
}

impl Language {
    /// None where it is not to be tried here; says so.
    pub(super) fn built(name: &str) -> Option<Self> {
        let name = LANGUAGES.into_iter().find(|known| *known == name).expect("a language of the table");
        let probe = match name {
            "cairn" => workspace().join("tests/program/probe.cairn"),
            _ => folder(name, &["probe"])?.join("probe.wasm"),
        };
        Some(Self { name, cairn: cairn(), probe })
    }
}

/// Where the examples of a language are, built; none where it is not to be tried here.
pub(super) fn examples(name: &str) -> Option<PathBuf> {
    match name {
        "cairn" => Some(workspace().join("sdk/cairn/examples")),
        _ => folder(name, &["hello", "order", "poll", "fan_out", "approval"]),
    }
}

/// Builds examples of a language that makes components.
fn folder(name: &str, examples: &[&str]) -> Option<PathBuf> {
    if name == "rust" {
        return guests::built().map(Path::to_owned);
    }
    if !wanted(name) {
        return None;
    }
    // One library for both: TypeScript goes another way through it.
    let library = if name == "ts" { "js" } else { name };
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests").join(library);
    // They share toolchains, and two cores.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let ran = Command::new(workspace().join("sdk").join(library).join("build"))
        .arg(&out)
        .args(examples)
        .env("CAIRN", env!("CARGO_BIN_EXE_cairn-tested"))
        .output()
        .expect("bash is there");
    let said = [ran.stdout, ran.stderr].concat();
    assert!(ran.status.success(), "{name} cannot be built:\n{}", String::from_utf8_lossy(&said));
    Some(if library == "js" { out.join(name) } else { out })
}
