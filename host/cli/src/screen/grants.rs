//! What a workflow is not allowed yet, and the command that would allow it.

use super::shell;

/// The command that was given, with further flags (`--allow exec=git`) at its end, in one line to paste.
pub(crate) fn with_flags(words: &[String], flags: &[String]) -> String {
    let program = std::iter::once("cairn");
    let given = words.iter().skip(1).map(String::as_str);
    let more = flags
        .iter()
        .flat_map(|flag| flag.split_once(' ').map_or([flag.as_str(), ""], |(name, value)| [name, value]));
    shell::command(program.chain(given).chain(more.filter(|word| !word.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_the_same_with_the_flags_added() {
        let words = ["/opt/cairn", "run", "my order.cairn", "--input", "{\"n\": 1}"].map(str::to_owned);
        let flags = ["--allow exec=git", "--bind users=http:https://…"].map(str::to_owned);
        assert_eq!(
            with_flags(&words, &flags),
            "cairn run 'my order.cairn' --input '{\"n\": 1}' --allow exec=git --bind 'users=http:https://…'"
        );
    }
}
