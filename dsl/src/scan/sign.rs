//! Signs, ours and those of other languages.

/// Longest first.
const LONG: [&str; 30] = [
    "...", "===", "!==", "&&=", "||=", "??=", "**=", "<<=", ">>=", "?.", "??", "||", "&&", "==", "!=", "<=",
    ">=", "=>", "->", ":=", "+=", "-=", "*=", "/=", "%=", "++", "**", "<>", "::", "|>",
];

/// How long the sign is that `rest` begins with.
pub(super) fn length(rest: &str) -> Option<usize> {
    match rest.as_bytes().first()? {
        // Most of them, and nothing longer begins with these.
        b'{' | b'}' | b'(' | b')' | b'[' | b']' | b',' | b';' => Some(1),
        b'<' | b'>' | b':' | b'.' | b'?' | b'|' | b'=' | b'+' | b'-' | b'*' | b'/' | b'%' | b'!' | b'&' => {
            let long = LONG.iter().find(|sign| rest.starts_with(**sign));
            Some(long.map_or(1, |sign| sign.len()))
        }
        _ => None,
    }
}
