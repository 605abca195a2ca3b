//! Commands that can be pasted into a POSIX shell.

/// A word as the shell has to see it: bare where that is safe, in single quotes else.
pub(crate) fn quoted(word: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(bare) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Words as a command.
pub(crate) fn command<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words.into_iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        let words = [
            "plain",
            "",
            "it's",
            "a b",
            "$HOME `x` \"y\" \\",
            "--data=/tmp/ü",
            "{\"a\": [1]}",
            "*",
            "~",
            "a;b",
        ];
        for word in words {
            let script = format!("printf %s {}", quoted(word));
            let out = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(out.stdout).unwrap(), word);
        }
        assert_eq!(command(["cairn", "send", "o1", "a b"]), "cairn send o1 'a b'");
    }
}
