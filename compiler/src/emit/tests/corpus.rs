//! Programs that the checker takes become components that are valid.

use std::path::Path;

use super::valid;
use crate::check;

#[test]
fn every_program_of_the_corpus_is_emitted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus/check/pass");
    let files = std::fs::read_dir(folder).expect("the corpus is there");
    let paths =
        files.flatten().map(|file| file.path()).filter(|path| path.extension().is_some_and(|e| e == "cairn"));
    let mut programs = 0;
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("it can be read");
        for program in check("t.cairn", &text).workflows {
            valid(&program);
            programs += 1;
        }
    }
    assert!(programs > 10, "{programs}");
}
