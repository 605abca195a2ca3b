//! Upper and lower case of ASCII and the Latin letters, by Unicode's simple case mapping. Other scripts stay as they are: the
//! whole table would be a third of the runtime.

/// The upper-case letter.
pub fn upper(c: char) -> char {
    let mapped = match c {
        'a'..='z' => return c.to_ascii_uppercase(),
        '\u{b5}' => 0x39c,
        '\u{df}' | '\u{f7}' | '\u{138}' | '\u{149}' => return c,
        '\u{e0}'..='\u{fe}' => c as u32 - 32,
        '\u{ff}' => 0x178,
        '\u{131}' => 0x49,
        '\u{17f}' => 0x53,
        '\u{1e9b}' => 0x1e60,
        _ if is_pair(c, true) => c as u32 - 1,
        _ => return c,
    };
    char::from_u32(mapped).unwrap_or(c)
}

/// The lower-case letter.
pub fn lower(c: char) -> char {
    let mapped = match c {
        'A'..='Z' => return c.to_ascii_lowercase(),
        '\u{d7}' => return c,
        '\u{c0}'..='\u{de}' => c as u32 + 32,
        '\u{130}' => 0x69,
        '\u{178}' => 0xff,
        '\u{1e9e}' => 0xdf,
        _ if is_pair(c, false) => c as u32 + 1,
        _ => return c,
    };
    char::from_u32(mapped).unwrap_or(c)
}

/// In Latin Extended-A and Extended Additional the cases stand side by side; where the upper one is even, and where it is odd.
fn is_pair(c: char, lower: bool) -> bool {
    let odd = c as u32 % 2 == 1;
    match c {
        '\u{130}' | '\u{131}' => false,
        '\u{100}'..='\u{137}' | '\u{14a}'..='\u{177}' | '\u{1e00}'..='\u{1e95}' | '\u{1ea0}'..='\u{1eff}' => {
            odd == lower
        }
        '\u{139}'..='\u{148}' | '\u{179}'..='\u{17e}' => odd != lower,
        _ => false,
    }
}
