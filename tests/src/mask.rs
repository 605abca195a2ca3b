//! What differs from run to run is masked, so that a text can be compared.

use std::sync::LazyLock;

use regex::Regex;

use crate::workspace;

/// Patterns and what stands in their place, in this order.
static MASKS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        (r"/\S*?/cairn-[A-Za-z0-9]{6}", "FOLDER"),
        (r"sha256:[0-9a-f]{64}", "sha256:DIGEST"),
        (r"sha256:[0-9a-f]{6,}(…|\.\.\.)?", "sha256:DIGEST"),
        (r"\b[0-9a-f]{12,64}\b", "DIGEST"),
        (r"127\.0\.0\.1:[0-9]+", "127.0.0.1:PORT"),
        (r"\b20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]+)?Z?", "TIME"),
        (r"\b[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]+)?\b", "TIME"),
        (r"\b1[0-9]{12}\b", "MILLIS"),
        (r"\b(process|pid) [0-9]+", "$1 N"),
        (r"\b(message|as message) [0-9a-f-]{8,}", "$1 ID"),
        (r"\b[0-9]+(\.[0-9]+)? (ms|s|min|h|d) ago\b", "AGO"),
        (r" *\+?\b[0-9]+(\.[0-9]+)? (ms|s|min|h|d)\b", " SPAN"),
        (r"(?m)^( *[0-9]+) +0 ", "$1 SPAN "),
        (r"\bjust now\b|\((in SPAN|now|due)\)", "AGO"),
    ]
    .map(|(pattern, mask)| (Regex::new(pattern).expect("a pattern that reads"), mask))
    .into()
});

/// What sets the width of its column, and so the spaces around it.
static WIDE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("SPAN|AGO|TIME|STARTED").expect("a pattern that reads"));
static SPACES: LazyLock<Regex> = LazyLock::new(|| Regex::new("(\\S) {2,}").expect("a pattern that reads"));

/// `text` with times, digests, ports, process ids and folders masked.
#[must_use]
pub fn mask(text: &str) -> String {
    let tree = workspace().to_string_lossy();
    let text = text.replace(&*tree, "TREE");
    let masked =
        MASKS.iter().fold(text, |text, (pattern, mask)| pattern.replace_all(&text, *mask).into_owned());
    let narrow = |line: &str| {
        if WIDE.is_match(line) { SPACES.replace_all(line, "$1  ").into_owned() } else { line.to_owned() }
    };
    masked.split('\n').map(narrow).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn what_differs_from_run_to_run_is_masked_and_the_rest_is_not() {
        let digest = "0123456789abcdef".repeat(4);
        assert_eq!(
            mask(&format!("order@sha256:{digest} at http://127.0.0.1:4711/a")),
            "order@sha256:DIGEST at http://127.0.0.1:PORT/a"
        );
        assert_eq!(mask("o1 finished in 1.2 s, 14 items"), "o1 finished in SPAN, 14 items");
        assert_eq!(mask("2026-01-31T00:00:00.123Z and 14:03:22"), "TIME and TIME");
        assert_eq!(mask("/tmp/cairn-aB3dE6/data/lock"), "FOLDER/data/lock");
        assert_eq!(mask("  3   +12 ms   item  ended"), mask("  3  +1.2 s  item  ended"));
        assert_eq!(mask("  0  0      start"), mask("  0  0  start"));
        assert_eq!(mask("started  TIME (just now)"), mask("started  TIME (3 s ago)"));
    }
}
