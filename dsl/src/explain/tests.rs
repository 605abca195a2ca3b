use std::collections::BTreeSet;
use std::path::Path;

use super::{codes, page};
use crate::parse;

/// The code blocks of a page.
fn fences(page: &str) -> Vec<&str> {
    page.split("```cairn\n").skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

#[test]
fn every_page_has_its_fault_and_its_cure() {
    for code in codes() {
        let page = page(code).unwrap();
        assert!(page.starts_with(&format!("# {code}: ")), "{code}");
        let fences = fences(page);
        if code == "E0199" {
            assert!(fences.is_empty(), "our own fault has no example: an example would be mended instead");
            continue;
        }
        let [wrong, right] = fences.as_slice() else { panic!("{code}: {} fences", fences.len()) };
        let found: Vec<_> = parse(wrong).diagnostics.iter().map(|diagnostic| diagnostic.code.0).collect();
        assert_eq!(found, [code], "{wrong}");
        assert_eq!(parse(right).diagnostics, [], "{code}: {right}");
    }
}

/// The codes that the sources of this crate mention.
fn mentioned(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            mentioned(&path, codes);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && path.file_name().unwrap() != "tests.rs"
        {
            let text = std::fs::read_to_string(&path).unwrap();
            let quoted = text.split("\"E01").skip(1).filter_map(|rest| rest.get(..3));
            codes.extend(quoted.filter(|end| end.ends_with('"')).map(|end| format!("E01{}", &end[..2])));
        }
    }
}

#[test]
fn every_code_that_is_given_has_a_page_and_no_other() {
    let mut given = BTreeSet::new();
    for folder in ["parse", "mend", "walk"] {
        mentioned(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder), &mut given);
    }
    assert_eq!(given, codes().map(str::to_owned).collect());
    assert_eq!(page("E9999"), None);
}
