//! What differs from run to run is masked, so that a text can be compared.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;

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
    ]
    .map(|(pattern, mask)| (Regex::new(pattern).expect("a pattern that reads"), mask))
    .into()
});

/// `text` with times, digests, ports, process ids and folders masked.
#[must_use]
pub fn mask(text: &str) -> String {
    MASKS
        .iter()
        .fold(Cow::Borrowed(text), |text, (pattern, mask)| {
            Cow::Owned(pattern.replace_all(&text, *mask).into_owned())
        })
        .into_owned()
}
