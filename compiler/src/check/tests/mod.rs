//! The corpus in `tests/corpus/check`, and the programs of the language in `tests/corpus/language`.

mod assigned;
mod files;
mod promises;

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Found, Loader, check, check_with};

/// Files of a folder of the corpus that end so, in order.
fn corpus(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus").join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("read {}: {e}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "cairn"));
    files.sort();
    files
}

fn rendered(path: &Path) -> (String, crate::Checked) {
    let text = fs::read_to_string(path).expect("a readable file");
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let checked = check_with(&name, &text, &Payout);
    (cairn_dsl::render(&checked.source, &checked.diagnostics, false), checked)
}

/// The one file that a program of the corpus uses.
struct Payout;

impl Loader for Payout {
    fn read(&self, _using: &str, path: &str) -> Result<Found, String> {
        let text = "workflow payout(loan_id: string, amount: int) -> int { return amount + loan_id.len() }\n\
            workflow payout_reversal(loan_id: string) { log \"${loan_id}\" }\n\
            workflow loan_monitoring(loan_id: string) { log \"${loan_id}\" }\n";
        if path != "payout.cairn" {
            return Err("there is no such file".into());
        }
        Ok(Found { name: path.to_owned(), bytes: text.as_bytes().to_vec() })
    }
}

/// Each wrong file has its messages beside it; `CAIRN_BLESS=1` writes them.
#[test]
fn wrong_files_are_told_why() {
    let files = corpus("check/fail");
    assert!(files.len() >= 45, "only {} wrong files", files.len());
    let bless = std::env::var_os("CAIRN_BLESS").is_some();
    let mut differ = Vec::new();
    for path in files {
        let (shown, checked) = rendered(&path);
        assert!(!checked.diagnostics.is_empty(), "{} is found to be right", path.display());
        let errors = !checked.is_fine();
        assert_eq!(
            errors,
            checked.workflows.is_empty(),
            "{}: a program exists if and only if there is no error",
            path.display()
        );
        let expected = path.with_extension("stderr");
        if bless {
            fs::write(&expected, &shown).expect("a writable file");
        } else if fs::read_to_string(&expected).unwrap_or_default() != shown {
            differ.push(format!("----- {}\n{shown}", path.display()));
        }
    }
    assert!(differ.is_empty(), "messages differ from those blessed:\n{}", differ.join("\n"));
}

#[test]
fn right_files_are_clean() {
    let files = corpus("check/pass");
    assert!(files.len() >= 15, "only {} right files", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let (shown, checked) = rendered(&path);
        if !checked.diagnostics.is_empty() || checked.workflows.is_empty() {
            wrong.push(format!("----- {}\n{shown}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "not clean:\n{}", wrong.join("\n"));
}

/// The programs that the language was designed with.
#[test]
fn the_programs_of_the_language_are_right() {
    let files = corpus("language");
    assert_eq!(files.len(), 14);
    for path in files {
        let (shown, checked) = rendered(&path);
        assert!(checked.is_fine() && !checked.workflows.is_empty(), "{}:\n{shown}", path.display());
    }
}

#[test]
fn programs_keep_what_is_promised_to_the_emitter() {
    let mut wrong = Vec::new();
    for path in corpus("check/pass") {
        for program in &rendered(&path).1.workflows {
            let broken = promises::broken(program);
            wrong.extend(broken.into_iter().map(|what| format!("{}: {what}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// With a line taken out (every fifth, one at a time), a file is right or wrong but never more than that: a program exists if and only if nothing is wrong,
/// it keeps its promises, and nothing is said twice.
#[test]
fn files_with_a_line_missing_are_right_or_wrong() {
    let mut right = 0;
    let mut wrong = 0;
    for path in ["check/pass", "check/fail", "language"].iter().flat_map(|folder| corpus(folder)) {
        let text = fs::read_to_string(&path).expect("a readable file");
        let lines: Vec<&str> = text.lines().collect();
        for missing in (0..lines.len()).step_by(5) {
            let rest: Vec<&str> =
                lines.iter().enumerate().filter(|(n, _)| *n != missing).map(|(_, line)| *line).collect();
            let checked = check("mutant.cairn", &rest.join("\n"));
            let name = format!("{} without line {}", path.display(), missing + 1);
            if checked.is_fine() {
                right += 1;
                let broken: Vec<String> = checked.workflows.iter().flat_map(promises::broken).collect();
                assert!(broken.is_empty(), "{name}: {}", broken.join("\n"));
            } else {
                wrong += 1;
                assert!(checked.workflows.is_empty(), "{name} has errors and a program");
                assert!(checked.diagnostics.len() <= 20, "{name}");
            }
            let mut places: Vec<_> = checked.diagnostics.iter().map(|d| (d.code, d.primary.span)).collect();
            places.dedup();
            assert_eq!(places.len(), checked.diagnostics.len(), "{name}: told twice");
        }
    }
    assert!(right > 20 && wrong > 100, "{right} right, {wrong} wrong");
}

/// What broke something once, found by chance, is told or right.
#[test]
fn what_was_found_breaks_nothing() {
    let files = corpus("found");
    assert!(!files.is_empty());
    for path in files {
        let (_, checked) = rendered(&path);
        assert_eq!(checked.is_fine(), !checked.workflows.is_empty(), "{}", path.display());
        for program in &checked.workflows {
            assert!(crate::emit(program).is_ok(), "{}", path.display());
        }
    }
}

/// In an `undo` the name of a step is its own result, also where it is a variable that had another value before.
#[test]
fn an_undo_speaks_of_its_own_step() {
    let text = "tool t { a() -> { id: string }  b(id: string) -> null }\n\
        workflow w() { var x = { id: \"old\" } set x = call t.a() undo call t.b(id: x.id) log \"${x.id}\" }";
    let checked = check("undo.cairn", text);
    assert!(checked.is_fine(), "{:?}", checked.diagnostics);
    let body = checked.workflows.iter().flat_map(|w| &w.body);
    let call = body
        .filter_map(|s| if let crate::ir::StmtKind::Call(call) = &s.kind { Some(call) } else { None })
        .next()
        .expect("a call");
    let result = call.local.expect("a result");
    let arguments = &call.undo.as_ref().expect("an undo").arguments;
    assert!(
        format!("{arguments:?}").contains(&format!("{result:?}")),
        "{arguments:?} does not speak of {result:?}"
    );
}
