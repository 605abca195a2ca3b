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
        let (name, probe) = match name {
            "cairn" => ("cairn", workspace().join("tests/program/probe.cairn")),
            "rust" => ("rust", guests::built()?.join("probe.wasm")),
            other => {
                let name = OTHERS.into_iter().find(|known| *known == other).expect("a language of the table");
                (name, built(name)?)
            }
        };
        Some(Self { name, cairn: cairn(), probe })
    }
}

/// Builds the probe of a language that has a toolchain of its own.
fn built(name: &'static str) -> Option<PathBuf> {
    Some(made(name, &["probe"])?.join("probe.wasm"))
}

/// Builds the examples that the languages have in common; gives where they are.
pub(super) fn examples(name: &'static str) -> Option<PathBuf> {
    made(name, &["hello", "order", "poll", "fan_out", "approval"])
}

fn made(name: &'static str, examples: &[&str]) -> Option<PathBuf> {
    if !wanted(name) {
        return None;
    }
    // One library for both: TypeScript goes another way through it.
    let folder = workspace().join("sdk").join(if name == "ts" { "js" } else { name });
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests").join(folder.file_name().expect("a name"));
    // They share toolchains, and two cores.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let ran = Command::new(folder.join("build"))
        .arg(&out)
        .args(examples)
        .env("CAIRN", env!("CARGO_BIN_EXE_cairn-tested"))
        .output()
        .expect("bash is there");
    let said = [ran.stdout, ran.stderr].concat();
    assert!(ran.status.success(), "{name} cannot be built:\n{}", String::from_utf8_lossy(&said));
    Some(match name {
        "js" | "ts" => out.join(name),
        _ => out,
    })
}
