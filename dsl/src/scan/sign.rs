//! Signs, ours and those of other languages.

/// Longest first.
const SIGNS: [&str; 50] = [
    "...", "===", "!==", "&&=", "||=", "??=", "**=", "<<=", ">>=", "?.", "??", "||", "&&", "==", "!=", "<=",
    ">=", "=>", "->", ":=", "+=", "-=", "*=", "/=", "%=", "++", "**", "<>", "::", "|>", "{", "}", "(", ")",
    "[", "]", "<", ">", ":", ",", ".", "?", "|", "=", "+", "-", "*", "/", "%", "!",
];

/// How long the sign is that `rest` begins with.
pub(super) fn length(rest: &str) -> Option<usize> {
    let known = SIGNS.iter().find(|sign| rest.starts_with(**sign)).map(|sign| sign.len());
    known.or_else(|| rest.starts_with([';', '&']).then_some(1))
}
