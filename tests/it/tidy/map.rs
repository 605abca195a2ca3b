//! ARCHITECTURE.md shows the tree as it is.

use std::collections::BTreeSet;

use cairn_tests::workspace;

use super::files::{members, paths, text};

#[test]
fn every_member_and_every_top_folder_is_on_the_map() {
    let map = text("ARCHITECTURE.md");
    let top =
        paths().into_iter().filter_map(|path| path.split_once('/').map(|(folder, _)| folder.to_owned()));
    let folders: BTreeSet<String> = top.chain(members()).collect();
    let missing: Vec<_> = folders.iter().filter(|folder| !map.contains(&format!("{folder}/"))).collect();
    assert!(missing.is_empty(), "not in ARCHITECTURE.md: {missing:?}");
}

#[test]
fn every_path_that_a_document_names_exists() {
    let top: BTreeSet<String> =
        paths().into_iter().map(|path| path.split('/').next().unwrap_or_default().to_owned()).collect();
    let mut wrong = Vec::new();
    for document in ["ARCHITECTURE.md", "README.md", "tests/README.md", "wit/README.md"] {
        let text = text(document);
        let quoted = text.split('`').skip(1).step_by(2);
        let named = quoted.filter(|word| !word.contains(char::is_whitespace));
        for path in named.filter(|word| word.split_once('/').is_some_and(|(folder, _)| top.contains(folder)))
        {
            let path = path.trim_end_matches("/*").trim_end_matches('*');
            if !workspace().join(path).exists() {
                wrong.push(format!("{document}: `{path}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "no such path: {wrong:#?}");
}
