use std::path::Path;

use super::parse;

/// The programs of the corpus: name and text.
pub(crate) fn programs() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus/language");
    let mut programs: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "cairn"))
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    programs.sort();
    programs
}

#[test]
fn every_program_of_the_corpus_is_read() {
    let programs = programs();
    assert_eq!(programs.len(), 14);
    for (name, text) in programs {
        let parsed = parse(&text);
        assert_eq!(parsed.diagnostics, [], "{name}");
    }
}
