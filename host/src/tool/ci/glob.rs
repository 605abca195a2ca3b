//! Which files a pattern means: `*` and `?` within a name, `**` for any folders.

/// Does a path, its names separated by `/`, fit the pattern?
pub(super) fn fits(pattern: &str, path: &str) -> bool {
    let names: Vec<&str> = path.split('/').collect();
    let wanted: Vec<&str> = pattern.trim_start_matches("./").split('/').collect();
    folders(&wanted, &names)
}

fn folders(wanted: &[&str], names: &[&str]) -> bool {
    match wanted {
        [] => names.is_empty(),
        ["**", rest @ ..] => {
            (0..=names.len()).any(|skip| names.get(skip..).is_some_and(|left| folders(rest, left)))
        }
        [first, rest @ ..] => match names {
            [name, left @ ..] => {
                let (first, name): (Vec<char>, Vec<char>) = (first.chars().collect(), name.chars().collect());
                within(&first, &name) && folders(rest, left)
            }
            [] => false,
        },
    }
}

fn within(wanted: &[char], name: &[char]) -> bool {
    match (wanted, name) {
        ([], []) => true,
        (['*', rest @ ..], _) => {
            (0..=name.len()).any(|skip| name.get(skip..).is_some_and(|left| within(rest, left)))
        }
        (['?', rest @ ..], [_, left @ ..]) => within(rest, left),
        ([one, rest @ ..], [other, left @ ..]) => one == other && within(rest, left),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_stay_within_a_name_and_two_go_through_folders() {
        for (pattern, path, truth) in [
            ("**/Cargo.lock", "Cargo.lock", true),
            ("**/Cargo.lock", "a/b/Cargo.lock", true),
            ("*.rs", "a/b.rs", false),
            ("src/**", "src/a/b.rs", true),
            ("src/**/?.rs", "src/b.rs", true),
            ("src/*/?.rs", "src/b.rs", false),
            ("./a*c", "abbc", true),
            ("a*c", "ab", false),
        ] {
            assert_eq!(fits(pattern, path), truth, "{pattern} {path}");
        }
    }
}
