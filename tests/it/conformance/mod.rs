//! A workflow behaves the same in whatever language it is written: the probe of each language (`sdk/conformance.md`) goes through one table.
//!
//! Cairn and Rust are tried always, Rust where its target is installed. The others need toolchains of their own: they are tried if
//! `CAIRN_LANGUAGES` names them (`python,js,ts,c,zig,go` or `all`), and built from source by `sdk/LANGUAGE/build`.

mod blocks;
mod calls;
mod ends;
mod events;
mod guest;
mod journals;
mod language;
mod saga;
mod says;
mod steps;
mod time;
mod undo;
mod values;

use std::panic::{AssertUnwindSafe, catch_unwind};

use guest::Guest;
use language::Language;
pub(crate) use language::{OTHERS, wanted};

/// A line of the table.
struct Behaviour {
    /// What holds, in words.
    says: &'static str,
    /// The case of the probe that shows it.
    case: &'static str,
    /// Tries it; panics if it does not hold.
    holds: fn(&Guest),
    /// Languages in which there is no such thing, and why.
    except: &'static [(&'static str, &'static str)],
}

const fn behaviour(says: &'static str, case: &'static str, holds: fn(&Guest)) -> Behaviour {
    Behaviour { says, case, holds, except: &[] }
}

impl Behaviour {
    const fn except(mut self, languages: &'static [(&'static str, &'static str)]) -> Self {
        self.except = languages;
        self
    }
}

fn table() -> impl Iterator<Item = &'static Behaviour> {
    let parts: [&[Behaviour]; 10] = [
        values::TABLE,
        calls::TABLE,
        time::TABLE,
        events::TABLE,
        steps::TABLE,
        undo::TABLE,
        blocks::TABLE,
        says::TABLE,
        ends::TABLE,
        saga::TABLE,
    ];
    parts.into_iter().flatten()
}

/// Tries all of the table; what does not hold is told together.
fn conforms(language: &str) {
    let Some(language) = Language::built(language) else { return };
    let (mut tried, mut wrong) = (0, Vec::new());
    for (number, behaviour) in table().enumerate() {
        if let Some((_, why)) = behaviour.except.iter().find(|(of, _)| *of == language.name) {
            println!("{}: not {}: {why}", language.name, behaviour.case);
            continue;
        }
        tried += 1;
        let guest = Guest::new(&language, &format!("{}-{number}", behaviour.case), behaviour.case);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (behaviour.holds)(&guest))) {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
            wrong.push(format!("{}: {}\n{}", behaviour.case, behaviour.says, said.unwrap_or_default()));
        }
    }
    println!("{}: {tried} behaviours tried, {} do not hold", language.name, wrong.len());
    assert!(wrong.is_empty(), "{}: {} of {tried}\n\n{}", language.name, wrong.len(), wrong.join("\n\n"));
}

#[test]
fn the_table_has_what_it_should_and_each_case_is_described() {
    let described =
        std::fs::read_to_string(cairn_tests::workspace().join("sdk/conformance.md")).expect("a page");
    for behaviour in table() {
        assert!(
            described.contains(&format!("| `{}` |", behaviour.case)),
            "{} is not on the page",
            behaviour.case
        );
    }
    for line in described.lines().filter_map(|line| line.strip_prefix("| `")) {
        let case = line.split('`').next().unwrap_or_default();
        assert!(table().any(|behaviour| behaviour.case == case), "{case} is not in the table");
    }
    assert!(table().count() >= 40);
}

#[test]
fn a_workflow_in_cairn_does_what_the_table_says() {
    conforms("cairn");
}

#[test]
fn a_workflow_in_rust_does_what_the_table_says() {
    conforms("rust");
}

#[test]
fn a_workflow_in_python_does_what_the_table_says() {
    conforms("python");
}

#[test]
fn a_workflow_in_javascript_does_what_the_table_says() {
    conforms("js");
}

#[test]
fn a_workflow_in_typescript_does_what_the_table_says() {
    conforms("ts");
}

#[test]
fn a_workflow_in_c_does_what_the_table_says() {
    conforms("c");
}

#[test]
fn a_workflow_in_zig_does_what_the_table_says() {
    conforms("zig");
}

#[test]
fn a_workflow_in_go_does_what_the_table_says() {
    conforms("go");
}
