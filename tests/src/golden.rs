//! Texts that stay as they were recorded, until somebody says that the new one is right.

use std::{fs, path::Path};

use crate::{mask, workspace};

/// Compares `text`, masked, with the recorded `tests/golden/NAME.txt`; with `CAIRN_BLESS=1` it is recorded instead.
///
/// # Panics
/// If they differ, or none is recorded.
#[track_caller]
pub fn golden(name: &str, text: &str) {
    golden_at(&workspace().join("tests/golden").join(format!("{name}.txt")), &mask(text));
}

/// [`golden`] at any path. What is recorded there is masked too, before it is compared: so it may show a real run.
///
/// # Panics
/// If they differ, or none is recorded.
#[track_caller]
pub fn golden_at(path: &Path, text: &str) {
    let recorded = fs::read_to_string(path).unwrap_or_default();
    let (old, new) = (mask(&recorded), mask(text));
    if old == new {
        return;
    }
    if std::env::var_os("CAIRN_BLESS").is_some_and(|v| v == "1") {
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder can be made");
        fs::write(path, text).unwrap_or_else(|e| panic!("writing {}: {e}", path.display()));
        return;
    }
    panic!(
        "{} is another text (CAIRN_BLESS=1 records the new one)\n{}",
        path.strip_prefix(workspace()).unwrap_or(path).display(),
        difference(&old, &new)
    );
}

/// The lines in which two texts differ: what both begin and end with is left out.
fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let front = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = |lines: &[&str]| lines.len() - front;
    let back = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(rest(&old).min(rest(&new)))
        .take_while(|(a, b)| a == b)
        .count();
    let middle = |lines: &[&str], sign: &str| {
        let lines = lines.get(front..lines.len() - back).unwrap_or_default();
        lines.iter().map(|line| format!("{sign} {line}\n")).collect::<String>()
    };
    format!("from line {}:\n{}{}", front + 1, middle(&old, "-"), middle(&new, "+"))
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn shows_only_the_lines_that_differ() {
        assert_eq!(difference("a\nb\nc\nd\n", "a\nx\nd\n"), "from line 2:\n- b\n- c\n+ x\n");
        assert_eq!(difference("a\n", "a\na\n"), "from line 2:\n+ a\n");
    }
}
