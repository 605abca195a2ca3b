//! The corpus in `tests/corpus/check`, and the programs of the language in `tests/corpus/language`.

use std::fs;
use std::path::{Path, PathBuf};

use cairn_dsl::Severity;

use crate::check;

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
    let checked = check(&name, &text);
    (cairn_dsl::render(&checked.source, &checked.diagnostics, false), checked)
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

/// The programs that the language was designed with: whatever this version has not is said, and nothing else.
#[test]
fn the_programs_of_the_language_lack_only_what_is_not_compiled_yet() {
    let files = corpus("language");
    assert_eq!(files.len(), 14);
    for path in files {
        let (shown, checked) = rendered(&path);
        let other =
            checked.diagnostics.iter().filter(|d| d.code.0 != "E0190" && d.severity == Severity::Error);
        assert_eq!(other.count(), 0, "{}:\n{shown}", path.display());
    }
}
