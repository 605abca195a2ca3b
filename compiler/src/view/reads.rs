//! Which names a piece of code speaks of, by its letters alone.

use std::collections::BTreeSet;

/// The names in a piece of code that stand for values: no fields (`.x`), no names of fields and arguments (`x:`), nothing in
/// comments, and of texts only what stands in `${…}`.
pub(super) fn names(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = code;
    // What is open: `true` for a text, `false` for `${…}` or a brace in one.
    let mut open: Vec<bool> = Vec::new();
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let in_text = open.last() == Some(&true);
        let length = match c {
            '\\' if in_text => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
            '"' => {
                toggle(&mut open, in_text);
                1
            }
            '$' if in_text && rest.starts_with("${") => {
                open.push(false);
                2
            }
            _ if in_text => c.len_utf8(),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '{' => {
                open.push(false);
                1
            }
            '}' => {
                open.pop();
                1
            }
            _ if c.is_ascii_alphabetic() || c == '_' => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                let (word, behind) = rest.split_at(end);
                if before != '.' && !behind.trim_start().starts_with(':') {
                    found.insert(word.to_owned());
                }
                end
            }
            _ => c.len_utf8(),
        };
        before = rest.get(..length).and_then(|taken| taken.chars().last()).unwrap_or(c);
        rest = rest.get(length..).unwrap_or_default();
    }
    found
}

/// `"` begins a text or ends it.
fn toggle(open: &mut Vec<bool>, in_text: bool) {
    if in_text {
        open.pop();
    } else {
        open.push(true);
    }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn only_what_is_read_counts() {
        let code = r#"call ci.sh(tree: build, env: { A: a.b }, script: "x ${y + "${z}"} w \" v") // u
            t"#;
        let found = names(code);
        let words: Vec<_> = found.iter().map(String::as_str).collect();
        assert_eq!(words, ["a", "build", "call", "ci", "t", "y", "z"]);
    }
}
