//! What somebody writes who knows TypeScript, Python or YAML and not this: the message says what to write instead, and where it is certain
//! `cairn fix` writes it. The files are `tests/corpus/habits/LANGUAGE_MISTAKE.cairn`; beside each stands what is said, and what becomes of it.

use std::{fs, path::PathBuf};

use cairn_tests::{golden_at, workspace};

/// Edits may lay open what was hidden: so many times at most.
const ROUNDS: usize = 10;

/// Of the most likely mistakes, so many are mended without a question.
const MENDED: usize = 50;

fn files() -> Vec<PathBuf> {
    let folder = fs::read_dir(workspace().join("tests/corpus/habits")).expect("the folder");
    let paths = folder.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = paths.filter(|path| path.extension().is_some_and(|e| e == "cairn")).collect();
    files.sort();
    files
}

/// The text with all certain edits made, and whether nothing is wrong with it then.
fn mended(text: &str) -> (String, bool) {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let checked = cairn_compiler::check("mistake.cairn", &text);
        let edits: Vec<_> = checked.diagnostics.iter().flat_map(|found| found.edits.clone()).collect();
        if edits.is_empty() {
            return (text, checked.is_fine());
        }
        text = cairn_dsl::apply(&text, &edits);
    }
    (text, false)
}

#[test]
fn habits_of_other_languages_are_answered_with_what_to_write_instead() {
    let files = files();
    assert!(files.len() >= 60, "{} are too few", files.len());
    let mut count = 0;
    for path in files {
        let text = fs::read_to_string(&path).expect("a text");
        let checked = cairn_compiler::check("mistake.cairn", &text);
        assert!(!checked.is_fine(), "{} is right: it shows no mistake", path.display());
        let silent = checked.diagnostics.iter().find(|found| found.help.is_none());
        assert!(silent.is_none(), "{}: no help in {silent:?}", path.display());
        let (after, fine) = mended(&text);
        count += usize::from(fine);
        let said = cairn_dsl::render(&checked.source, &checked.diagnostics, false);
        let end = match (fine, after == text) {
            (true, _) => format!("mended:\n\n{after}"),
            (false, true) => "nothing of it is certain enough to be mended unasked\n".to_owned(),
            (false, false) => format!("mended in part:\n\n{after}"),
        };
        golden_at(&path.with_extension("txt"), &format!("{text}\n{said}{end}"));
    }
    assert!(count >= MENDED, "only {count} are mended");
}
