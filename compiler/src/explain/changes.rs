//! The pages of what `cairn compat` tells: each with a workflow before and after.

/// The code and its page, by code.
pub(super) const CHANGES: [(&str, &str); 9] = [
    ("E1101", include_str!("E1101.md")),
    ("E1102", include_str!("E1102.md")),
    ("E1103", include_str!("E1103.md")),
    ("E1104", include_str!("E1104.md")),
    ("E1105", include_str!("E1105.md")),
    ("E1106", include_str!("E1106.md")),
    ("E1107", include_str!("E1107.md")),
    ("E1108", include_str!("E1108.md")),
    ("E1109", include_str!("E1109.md")),
];

#[cfg(test)]
mod tests {
    use super::CHANGES;
    use crate::{check, view::compare};

    #[test]
    fn the_change_that_a_page_shows_is_told_by_its_code() {
        for (code, page) in CHANGES {
            let programs = page.split("```cairn\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
            let checked: Vec<_> = programs.map(|text| check("w.cairn", text)).collect();
            let [old, new] = checked.as_slice() else { panic!("{code} needs a before and an after") };
            for one in [old, new] {
                let said = cairn_dsl::render(&one.source, &one.diagnostics, false);
                assert!(one.is_fine(), "{code}: {said}");
            }
            let compared = compare((old, &old.workflows[0]), (new, &new.workflows[0]));
            assert!(compared.changes.iter().any(|change| change.code == code), "{code}: {compared:?}");
        }
    }
}
