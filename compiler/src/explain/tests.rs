use std::collections::BTreeSet;
use std::path::Path;

use super::{PAGES, codes, page};
use crate::check;

/// The code blocks of a page.
fn fences(page: &str) -> Vec<&str> {
    page.split("```cairn\n").skip(1).map(|rest| rest.split("\n```").next().expect("an end")).collect()
}

#[test]
fn every_page_has_its_fault_and_its_cure() {
    let mut wrong = Vec::new();
    for (code, page) in PAGES {
        assert!(page.starts_with(&format!("# {code}: ")), "{code}");
        let [bad, good] = fences(page)[..] else { panic!("{code} needs two examples") };
        let found = check("wrong.cairn", bad);
        let codes: Vec<&str> = found.diagnostics.iter().map(|d| d.code.0).collect();
        if codes != [code] {
            wrong.push(format!(
                "{code}, the wrong one:\n{}",
                cairn_dsl::render(&found.source, &found.diagnostics, false)
            ));
        }
        let found = check("right.cairn", good);
        if !found.diagnostics.is_empty() {
            wrong.push(format!(
                "{code}, the right one:\n{}",
                cairn_dsl::render(&found.source, &found.diagnostics, false)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An edit that is offered is certain: applied to the wrong example it leaves no error.
#[test]
fn edits_mend() {
    let mut mended = 0;
    for (code, page) in PAGES {
        let Some(bad) = fences(page).into_iter().next() else { continue };
        let found = check("wrong.cairn", bad);
        let edits: Vec<_> = found.diagnostics.iter().flat_map(|d| d.edits.clone()).collect();
        if edits.is_empty() {
            continue;
        }
        let text = cairn_dsl::apply(bad, &edits);
        let again = check("mended.cairn", &text);
        assert!(again.is_fine(), "{code}:\n{}", cairn_dsl::render(&again.source, &again.diagnostics, false));
        mended += 1;
    }
    assert!(mended >= 10, "only {mended} examples have an edit");
}

/// The codes that the sources of the checker mention.
fn mentioned(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            mentioned(&path, codes);
        } else if path.extension().is_some_and(|e| e == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            let text = std::fs::read_to_string(&path).expect("a text");
            let is_code = |word: &&str| {
                word.len() == 5
                    && word.starts_with(['E', 'W'])
                    && word.bytes().skip(1).all(|b| b.is_ascii_digit())
            };
            codes.extend(text.split('"').filter(is_code).map(str::to_owned));
        }
    }
}

#[test]
fn every_code_that_is_given_has_a_page_and_no_other() {
    let mut given = BTreeSet::new();
    mentioned(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check"), &mut given);
    // Read by the report alone, given by the parser and the checker.
    assert_eq!(given, PAGES.iter().map(|(code, _)| (*code).to_owned()).collect());
    assert!(
        page("E0102").is_some() && codes().any(|code| code == "E0102"),
        "the parser's pages are among them"
    );
    assert_eq!(page("E9999"), None);
}
